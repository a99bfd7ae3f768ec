"""Who may make which move from which state: the table below, crossed with everybody, through the buttons and through the writer."""

from dataclasses import dataclass

import pytest

from kechuang.engine.applications.batch import MoveRefused
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.perform import available_moves, perform
from kechuang.engine.workflow.library import TWO_TIER
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from tests.factories.engine import a_call, an_application
from tests.factories.orgs import a_city, a_guardian, a_pupil, a_school, a_teacher, actor_for, an_expert, an_officer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TEAM = {"pupil", "teacher"}
SCHOOL = {"school"}
RECOMMENDERS = {"district", "city"}
CITY = {"city"}

MATRIX: dict[tuple[str, str], set[str]] = {
    ("draft", "submit"): TEAM,
    ("draft", "take_in"): CITY,
    ("draft", "withdraw"): TEAM,
    ("submitted", "decline"): SCHOOL,
    ("submitted", "disqualify"): CITY,
    ("submitted", "endorse"): SCHOOL,
    ("submitted", "return"): SCHOOL,
    ("submitted", "withdraw"): TEAM,
    ("returned", "disqualify"): CITY,
    ("returned", "submit"): TEAM,
    ("returned", "withdraw"): TEAM,
    ("not_endorsed", "reopen"): SCHOOL,
    ("endorsed", "disqualify"): CITY,
    ("endorsed", "pass_over"): RECOMMENDERS,
    ("endorsed", "recommend"): RECOMMENDERS,
    ("endorsed", "send_back"): RECOMMENDERS,
    ("endorsed", "unendorse"): SCHOOL,
    ("endorsed", "withdraw"): TEAM,
    ("not_recommended", "reconsider"): RECOMMENDERS,
    ("recommended", "ask_completion"): CITY,
    ("recommended", "disqualify"): CITY,
    ("recommended", "reject"): CITY,
    ("recommended", "screen"): CITY,
    ("recommended", "unrecommend"): RECOMMENDERS,
    ("recommended", "withdraw"): TEAM,
    ("incomplete", "complete"): TEAM,
    ("incomplete", "disqualify"): CITY,
    ("incomplete", "withdraw"): TEAM,
    ("rejected", "rescreen"): CITY,
    ("screened", "begin_review"): CITY,
    ("screened", "disqualify"): CITY,
    ("screened", "rescreen"): CITY,
    ("screened", "withdraw"): TEAM,
    ("in_review", "disqualify"): CITY,
    ("in_review", "pass"): CITY,
    ("in_review", "propose"): CITY,
    ("in_review", "shortlist"): CITY,
    ("in_defence", "disqualify"): CITY,
    ("in_defence", "pass"): CITY,
    ("in_defence", "propose"): CITY,
    ("in_publicity", "award"): CITY,
    ("in_publicity", "disqualify"): CITY,
    ("in_publicity", "pass"): CITY,
    ("not_awarded", "propose"): CITY,
    ("not_awarded", "shortlist"): CITY,
    ("awarded", "revoke"): CITY,
}

PEOPLE = {
    "pupil", "teacher", "other_teacher", "guardian", "school", "other_school", "district", "other_district", "city", "expert",
}  # fmt: skip


@dataclass
class Scene:
    application: Application
    actors: dict[str, Actor]


@pytest.fixture
def scene(request: pytest.FixtureRequest) -> Scene:
    """An entry of the own school in the state that the test names, to a call of the city."""
    city = a_city()
    school, neighbour = a_school(city.east), a_school(city.east)
    pupil, teacher = a_pupil(school, grade=11), a_teacher(school)
    entry = an_application(a_call(city), school, state=request.param, members=[pupil], advisers=[teacher])
    people = {
        "pupil": pupil,
        "teacher": teacher,
        "other_teacher": a_teacher(school),
        "guardian": a_guardian(pupil),
        "school": an_officer(Role.SCHOOL_OFFICER, school),
        "other_school": an_officer(Role.SCHOOL_OFFICER, neighbour),
        "district": an_officer(Role.DISTRICT_OFFICER, city.east),
        "other_district": an_officer(Role.DISTRICT_OFFICER, city.west),
        "city": an_officer(Role.CITY_OFFICER, city.org),
        "expert": an_expert(city.org),
    }
    return Scene(entry, {who: actor_for(person) for who, person in people.items()})


STATES = sorted({state for move in TWO_TIER.moves for state in (*move.source, move.target)})
FORBIDDEN = "您没有权限"


def test_the_table_names_every_move_from_every_state():
    assert set(MATRIX) == {(state, move.name) for move in TWO_TIER.moves for state in move.source}


@pytest.mark.parametrize("scene", STATES, indirect=True, ids=str)
def test_buttons_are_those_of_the_table(scene: Scene):
    state = scene.application.state
    by_hand = {move.name for move in TWO_TIER.moves if move.by_hand}

    offered = {
        who: {move.name for move in available_moves(scene.application, actor)} for who, actor in scene.actors.items()
    }

    expected = {
        who: {m for (s, m), may in MATRIX.items() if s == state and m in by_hand and who in may} for who in PEOPLE
    }
    assert offered == expected


@pytest.mark.parametrize("scene", STATES, indirect=True, ids=str)
def test_the_writer_refuses_everybody_else(scene: Scene):
    """For those in the table a move may still fail on a guard, which says what is missing; never on the right to make it."""
    state = scene.application.state
    for move in TWO_TIER.moves_from(state):
        answers = {who: answer(scene.application, move.name, actor) for who, actor in scene.actors.items()}

        refused = {who for who, sentence in answers.items() if sentence.startswith(FORBIDDEN)}
        assert refused == PEOPLE - MATRIX[state, move.name], move.name


def answer(application: Application, move: str, actor: Actor) -> str:
    """The sentence of the refusal, or nothing; the entry is put back."""
    before = {"state": application.state, "version": application.version, "state_since": application.state_since}
    try:
        perform(Application.objects.get(pk=application.pk), move, by=actor, reason="材料不全")
    except MoveRefused as refusal:
        return refusal.sentence
    Application.objects.filter(pk=application.pk).update(**before)
    return ""
