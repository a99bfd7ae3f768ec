"""The counts that moves keep: always equal to a recount, folded or not, and healed when something went round them."""

import pytest

from kechuang.engine.applications import actions, tallies
from kechuang.engine.applications.models import Application, Tally
from kechuang.engine.applications.perform import perform
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from tests.factories.engine import a_call, a_ground, an_actor, an_application
from tests.factories.orgs import a_teacher, actor_for

pytestmark = pytest.mark.django_db


def counts(call, path):
    return {state: n for state, n in tallies.by_state([call], [path])[call.pk].items() if n}


@pytest.fixture
def ground():
    return a_ground()


def test_moves_keep_the_counts_of_city_district_and_school(ground):
    call = a_call(ground)
    near, far = ground.schools[0], ground.schools[2]
    entry = an_application(call, near, state="submitted")
    an_application(call, far, state="submitted")

    perform(entry, "endorse", by=an_actor(Role.SCHOOL_OFFICER, near))

    assert counts(call, ground.org.path) == {"submitted": 1, "endorsed": 1}
    assert counts(call, ground.districts[0].path) == {"endorsed": 1}
    assert counts(call, near.path) == {"endorsed": 1}
    assert counts(call, far.path) == {"submitted": 1}
    assert tallies.differences(call) == {}


def test_a_draft_is_counted_from_its_first_moment_and_follows_its_discipline(ground):
    call = a_call(ground)
    teacher = actor_for(a_teacher(ground.schools[0]))
    draft = actions.begin_application(call, ground.schools[0], by=teacher)

    changes = {"stage": "senior", "discipline": "PH"}
    actions.save_answers(draft, changes, version=draft.version, by=teacher)

    assert tallies.by_division([call], ["draft"]) == {
        (call.pk, ground.districts[0].pk, ""): 1,
        (call.pk, ground.districts[0].pk, "senior.PH"): 1,
    }
    assert tallies.differences(call) == {}


def test_folding_changes_no_count(ground):
    call = a_call(ground)
    for school in ground.schools:
        entry = an_application(call, school, state="submitted")
        perform(entry, "endorse", by=Actor.system())
    before, rows = counts(call, ground.org.path), Tally.objects.count()

    tallies.fold(call.pk)
    an_application(call, ground.schools[0], state="endorsed")
    tallies.fold(call.pk)

    assert rows > Tally.objects.count()
    assert (before, counts(call, ground.org.path)) == ({"endorsed": 4}, {"endorsed": 5})
    assert tallies.differences(call) == {}


def test_what_went_round_the_moves_is_found_and_healed(ground):
    call = a_call(ground)
    entry = an_application(call, ground.schools[0], state="submitted")
    Application.objects.filter(pk=entry.pk).update(org=ground.schools[2])

    wrong = tallies.heal(call)

    assert wrong == 4
    assert counts(call, ground.districts[1].path) == {"submitted": 1}
    assert counts(call, ground.districts[0].path) == {}
    assert tallies.heal(call) == 0


def test_counts_by_school_belong_to_one_district(ground):
    call = a_call(ground)
    an_application(call, ground.schools[0], state="submitted")
    an_application(call, ground.schools[2], state="submitted")

    found = tallies.by_school([call], ground.districts[0].pk)[call.pk]

    assert {pk: dict(states) for pk, states in found.items()} == {ground.schools[0].pk: {"submitted": 1}}
