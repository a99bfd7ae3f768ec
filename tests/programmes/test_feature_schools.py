"""特色学校 from the call to the register, the real way: every move by the office whose it is."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.engine.applications import actions as applying
from kechuang.engine.applications.batch import MoveRefused
from kechuang.engine.applications.items import items_of, verify_items
from kechuang.engine.applications.perform import perform
from kechuang.engine.awards.actions import award_call
from kechuang.engine.decisions.actions import finalise_decision, propose_decision, rank_round, replay_decision
from kechuang.engine.honours.models import Honour
from kechuang.engine.honours.queries import progress_on, register_on
from kechuang.engine.publicity.actions import close_notice, draft_notice, publish_notice
from kechuang.engine.reviews import actions as reviews
from kechuang.engine.reviews.actions.visits import record_visit, sign_visit
from kechuang.engine.reviews.models import DefenceSlot
from kechuang.programmes.feature_schools import programme
from kechuang.programmes.feature_schools.programme import FEATURE_SCHOOLS, RUBRIC
from tests.factories.engine import a_call, a_ground, a_reviewer, an_actor, scored

pytestmark = pytest.mark.django_db
CODE = "feature_schools"
MONDAY = datetime(2026, 9, 7, 9, tzinfo=timezone.get_default_timezone())


class Selection:
    """A call with one school's application; `share` of every item's points for its self-evaluation."""

    def __init__(self, **changes):
        self.ground = a_ground()
        self.call = a_call(self.ground, plan=replace(FEATURE_SCHOOLS, **changes), programme_code=CODE)
        self.city = an_actor("city_officer", self.ground.org)
        self.district = an_actor("district_officer", self.ground.districts[0])

    def applies(self, school, share=0.9):
        by = an_actor("school_officer", school)
        draft = applying.begin_application(self.call, school, by=by)
        answers = {"abstract": "以人工智能为特色", "discipline": "through", "classes": "36", "full_time": "2", "weekly_lessons": "1.2",
                   "clubs_list": [["机器人社", "40", "王老师"]]}  # fmt: skip
        for item in RUBRIC.criteria:
            answers |= {f"{item.code}_points": str(item.points * share), f"{item.code}_words": "见材料"}
        draft, errors = applying.save_answers(draft, answers, version=draft.version, by=by)
        assert errors == {}
        return applying.submit_application(draft, by=by, signs={"truth": ""})

    def verifies(self, application, share=0.9, **gates):
        marks = {item.code: item.points * share for item in RUBRIC.criteria}
        met = {gate.code: True for gate in RUBRIC.gates} | gates
        return verify_items(application, marks, gates=met, by=self.district)

    def visited(self, entry, expert):
        found = {item.code: {"answer": "yes", "note": ""} for item in entry.round.plan.checklist}
        visit = record_visit(entry, visited_on=clock.today(), found=found, by=expert)
        sign_visit(visit, "panel", by=expert)
        return sign_visit(visit, "host", by=an_actor("school_officer", entry.application.org))


@pytest.fixture
def selection():
    with clock.travel(MONDAY):
        yield Selection()


def test_district_scores_every_item_beside_the_self_evaluation(selection):
    application = selection.applies(selection.ground.schools[0])
    assert application.state == "endorsed"

    with pytest.raises(MoveRefused, match="还没有逐项核分"):
        perform(application, "recommend", by=selection.district)
    with pytest.raises(Refused, match="超过 10%"):
        selection.verifies(application, 0.7)
    selection.verifies(application, 0.9)

    row = next(item for item in items_of(application) if item.code == "curriculum")
    assert (row.own, row.verified, row.points, row.own_words) == (18.0, 18.0, 20, "见材料")
    assert perform(application, "recommend", by=selection.district).state == "recommended"


def test_school_without_the_weekly_lesson_is_not_recommended(selection):
    application = selection.applies(selection.ground.schools[0])
    selection.verifies(application, weekly_lesson=False)

    with pytest.raises(MoveRefused, match="每周至少一节科创课"):
        perform(application, "recommend", by=selection.district)


def test_school_below_the_points_is_not_recommended(selection):
    application = selection.applies(selection.ground.schools[0], share=0.7)
    selection.verifies(application, 0.7)

    with pytest.raises(MoveRefused, match="不到 75 分"):
        perform(application, "recommend", by=selection.district)


def test_a_districts_own_selection_scores_the_items_before_it_screens(selection):
    """There is no tier of recommendation: what the district found is asked for where it decides first."""
    east = selection.ground.districts[0]
    selection.call = a_call(selection.ground, plan=FEATURE_SCHOOLS, programme_code=CODE, org=east)
    application = selection.applies(selection.ground.schools[0])
    assert application.state == "recommended"

    with pytest.raises(MoveRefused, match="还没有逐项核分"):
        perform(application, "screen", by=selection.district)
    selection.verifies(application)
    assert perform(application, "screen", by=selection.district).state == "screened"
    with pytest.raises(Refused, match="现在不能核分"):
        selection.verifies(application)


def test_an_office_scores_the_items_only_where_it_decides(selection):
    application = selection.applies(selection.ground.schools[0])
    far = an_actor("district_officer", selection.ground.districts[1])
    marks = {item.code: item.points for item in RUBRIC.criteria}

    with pytest.raises(PermissionDenied):
        verify_items(application, marks, by=far)
    with pytest.raises(PermissionDenied):
        verify_items(application, marks, by=an_actor("school_officer", selection.ground.schools[0]))


def test_from_call_to_register(selection):
    """Three schools: a strong one with a district title of a year, a strong one without, a fair one."""
    first, second, third = selection.ground.schools[:3]
    far = an_actor("district_officer", selection.ground.districts[1])
    with clock.travel(MONDAY - timedelta(days=500)):
        Honour.objects.create(programme_code=CODE, call=selection.call, number="TSXX2025-0001", org=first, level="district",
                              title="区级科技创新教育特色学校", created_at=clock.now()).events.create(
            kind="granted", on=clock.today(), level="district", holder=first, until=date(2028, 4, 1), recorded_at=clock.now())  # fmt: skip
    shares = {first: 0.95, second: 0.95, third: 0.8}
    entries = {school: selection.applies(school, share) for school, share in shares.items()}
    for school, entry in entries.items():
        by = far if school == third else selection.district
        marks = {item.code: item.points * shares[school] for item in RUBRIC.criteria}
        verify_items(entry, marks, gates={gate.code: True for gate in RUBRIC.gates}, by=by)
        perform(perform(entry, "recommend", by=by), "screen", by=selection.city)

    round = reviews.open_round(selection.call, "visit", by=selection.city, seed=1)
    experts = [a_reviewer(selection.ground, fields=["through", "primary", "middle"], stages=[]) for _n in range(3)]
    reviews.create_panel(round, name="考察一组", room="赴校", reviewers=experts, by=selection.city)
    reviews.build_timetable(round, start=clock.now() + timedelta(days=1), by=selection.city)
    assert DefenceSlot.objects.filter(panel__round=round).count() == 3
    scored(round, lambda row: shares[row.entry.application.org])
    with pytest.raises(Refused, match="没有双方签字"):
        reviews.close_round(round, by=selection.city)
    for entry in round.entries.all():
        selection.visited(entry, selection.city)
    round = reviews.close_round(round, by=selection.city)

    rank_round(round, by=selection.city)
    decision = finalise_decision(propose_decision(round, "award", by=selection.city), by=selection.city)
    assert {line.application.org: line.prize for line in decision.lines.all()} == {
        first: "city",
        second: "district",
        third: "district",
    }
    assert replay_decision(decision).ok
    notice = publish_notice(draft_notice(decision, by=selection.city), by=selection.city)
    with clock.travel(MONDAY + timedelta(days=30)):
        award_call(close_notice(notice, by=selection.city), by=selection.city)

        found = {one.holder: (one.number, one.level, one.state) for one in register_on(CODE, clock.today())}
        before = {one.holder: one.level for one in register_on(CODE, MONDAY.date())}
        assert found == {
            first.name: ("TSXX2025-0001", "city", "valid"), second.name: ("TSXX2026-0001", "district", "valid"),
            third.name: ("TSXX2026-0002", "district", "valid"),
        }  # fmt: skip
        assert before == {first.name: "district"}
        district, city = progress_on(CODE, clock.today())
        assert (district.held, district.denominator.n, city.held) == (3, 4, 1)


def test_declaration_is_short():
    assert len(Path(programme.__file__).read_text(encoding="utf-8").splitlines()) <= 120
