"""The proposal of subsidies: by grade, for whom the report is accepted and the title valid."""

from dataclasses import replace
from datetime import date

import pytest

from kechuang.base import clock
from kechuang.engine.honours.actions import record_honour, revoke_honour
from kechuang.engine.honours.models import Honour
from kechuang.engine.tenure.actions.reports import decide_report, save_report, submit_report
from kechuang.engine.tenure.models import Report
from kechuang.engine.tenure.queries.subsidies import proposal, subsidised
from kechuang.engine.tenure.rules import why_no_subsidy
from tests.engine.test_reports import DAY, Scene
from tests.factories.engine import TITLES, YEARLY, an_actor

pytestmark = pytest.mark.django_db
CODE = "innovation_contest"
"""Under which a_call enters its calls."""
PAID = replace(
    TITLES,
    levels=(replace(TITLES.levels[0], subsidy=20_000), replace(TITLES.levels[1], subsidy=8_000)),
    reports=(YEARLY,),
)


@pytest.fixture
def scene(monkeypatch):
    monkeypatch.setattr("tests.engine.test_reports.TITLES", PAID)
    with clock.travel(DAY):
        made = Scene(YEARLY)
        made.school = made.ground.schools[2]
        made.clerk = an_actor("school_officer", made.school)
        made.grant("city")
    return made


def accept_all(scene, day):
    with clock.travel(day):
        for report in Report.objects.filter(number=1):
            clerk = an_actor("school_officer", report.honour.org)
            saved, _e = save_report(report, {"visits": "9", "best": "好"}, version=report.version, by=clerk)
            decide_report(submit_report(saved, by=clerk), accept=True, by=scene.city)


def test_rule_says_why_not():
    assert why_no_subsidy("valid", "有效", [("accepted", "已通过")], reports_wanted=True) == ""
    assert why_no_subsidy("valid", "有效", [], reports_wanted=False) == ""
    assert why_no_subsidy("valid", "有效", [], reports_wanted=True) == "本年度没有到期的年度报告"
    assert why_no_subsidy("warned", "警示中", [("accepted", "已通过")], reports_wanted=True) == "称号状态：警示中"
    told = [("accepted", "已通过"), ("due", "待填报")]
    assert why_no_subsidy("valid", "有效", told, reports_wanted=True) == "年度报告：待填报"


def test_proposal_sums_by_level_and_says_why_the_others_are_not_in_it(scene):
    before = proposal(scene.city, CODE, 2025, date(2025, 1, 5))
    assert (before.total, {line.why_not for line in before.lines}) == (0, {"年度报告：待填报"})

    accept_all(scene, date(2025, 2, 1))
    after = proposal(scene.city, CODE, 2025, date(2025, 6, 1))
    assert [(one.level.prize, one.n, one.amount) for one in after.sums] == [
        ("city", 1, 20_000),
        ("district", 1, 8_000),
    ]
    assert (after.total, [line.level.prize for line in after.lines]) == (28_000, ["city", "district"])
    assert proposal(scene.district, CODE, 2025, date(2025, 6, 1)).total == 8_000
    assert list(subsidised()) == ["practice_bases", CODE]


def test_warned_holder_falls_out_and_a_past_year_stays_as_it_was(scene):
    accept_all(scene, date(2025, 2, 1))
    honour = Honour.objects.get(level="city")
    with clock.travel(date(2025, 9, 1)):
        record_honour(honour, "warned", reason="没有开放", by=scene.city)
        now = proposal(scene.city, CODE, 2025, clock.today())
        assert (now.total, [line.why_not for line in now.lines]) == (8_000, ["", "称号状态：警示中"])
    with clock.travel(date(2026, 2, 1)):
        revoke_honour(honour, reason="仍未整改", by=scene.city)
        assert proposal(scene.city, CODE, 2025, clock.today()).total == 8_000
        assert [line.honour.org for line in proposal(scene.city, CODE, 2026, clock.today()).lines] == [
            scene.ground.schools[0]
        ]


def test_proposal_costs_the_same_for_more_holders(scene, django_assert_num_queries):
    with django_assert_num_queries(7):
        proposal(scene.city, CODE, 2025, date(2025, 6, 1))
    with clock.travel(DAY):
        for school in (scene.ground.schools[1], scene.ground.schools[3]):
            scene.school, scene.clerk = school, an_actor("school_officer", school)
            scene.grant("district")

    with django_assert_num_queries(7):
        found = proposal(scene.city, CODE, 2025, date(2025, 6, 1))
    assert len(found.lines) == 4
