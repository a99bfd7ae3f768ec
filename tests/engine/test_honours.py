"""The life of an honour: from the award to the dated register, through checks, renewal, mergers and revocation."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.models import AuditEntry
from kechuang.engine.applications import actions as applying
from kechuang.engine.applications.perform import perform
from kechuang.engine.awards.actions import revoke_award
from kechuang.engine.awards.models import Award
from kechuang.engine.calls.models import Call
from kechuang.engine.enums import CertificateState
from kechuang.engine.honours import actions, rules
from kechuang.engine.honours.models import Honour, HonourEvent
from kechuang.engine.honours.prizes import lower_title_for_a_year
from kechuang.engine.honours.queries import progress_on, register_on, schools_on
from kechuang.engine.honours.rules import Row, standing
from kechuang.engine.programme.declaration import HonourLevel, Prize, PrizePlan, Target
from kechuang.engine.programme.validation import problems
from kechuang.orgs.actions import merge_orgs, rename_org
from kechuang.orgs.actor import Actor
from tests.factories.engine import TITLES, a_call, a_ground, a_title_plan, an_actor
from tests.factories.orgs import a_campus

pytestmark = pytest.mark.django_db

PLAN = a_title_plan()
CODE = "innovation_contest"
"""The code under which the factory's calls stand; the engine goes by the declaration."""


def at(monkeypatch, day):
    monkeypatch.setattr(
        clock,
        "now",
        lambda: datetime.combine(day, datetime.min.time(), timezone.get_default_timezone()) + timedelta(hours=9),
    )


class Scene:
    def __init__(self):
        self.ground = a_ground()
        self.call = a_call(
            self.ground,
            plan=PLAN,
            closes_at=None,
            opens_at=datetime(2023, 1, 1, tzinfo=timezone.get_default_timezone()),
        )
        self.city = an_actor("city_officer", self.ground.org)
        self.district = an_actor("district_officer", self.ground.districts[0])

    def grants(self, school, prize="district"):
        officer = an_actor("school_officer", school)
        draft = applying.begin_application(self.call, school, by=officer)
        draft, _errors = applying.save_answers(
            draft, {"abstract": "概况", "plan": "三年规划"}, version=draft.version, by=officer
        )
        perform(applying.submit_application(draft, by=officer), "grant", by=self.city, prize=prize)
        return Honour.objects.get(org=school)


@pytest.fixture
def scene(monkeypatch):
    """A grant in March 2024."""
    at(monkeypatch, date(2024, 3, 1))
    return Scene()


# --- rules -------------------------------------------------------------------------------------------------------


def test_standing_folds_the_rows_of_a_day():
    rows = [
        Row("granted", date(2024, 3, 1), "district", 7, date(2027, 2, 28)),
        Row("rectify", date(2025, 5, 1), due_on=date(2025, 8, 1), reason="课时不足"),
        Row("rectified", date(2025, 7, 1)),
        Row("promoted", date(2026, 1, 1), "city", until=date(2028, 12, 31)),
    ]

    found = [
        standing(rows, day)
        for day in (date(2024, 2, 1), date(2024, 12, 31), date(2025, 6, 1), date(2026, 6, 1), date(2029, 1, 1))
    ]

    assert [one and (one.state, one.level, one.due_on) for one in found] == [
        None, ("valid", "district", None), ("rectifying", "district", date(2025, 8, 1)), ("valid", "city", None), ("expired", "city", None),
    ]  # fmt: skip


def test_years_end_on_the_day_before():
    assert rules.years_later(date(2024, 3, 1), 3) == date(2027, 2, 28)
    assert rules.years_later(date(2024, 2, 29), 3) == date(2027, 2, 28)
    assert rules.years_later(date(2024, 3, 1), 0) is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"levels": (HonourLevel("gold", "金", "Gold"),)}, "称号的每个等级对应一个奖项，每个奖项只对应一个等级。"),
        ({"levels": (HonourLevel("city", "市", "City", "moon"),)}, "称号的级别只能是市级或区级。"),
        ({"years": 99}, "称号的有效期应为 0 至 20 年（0 为长期有效）。"),
        ({"targets": (Target("city", share=0.3),)}, "目标须写明等级，并且只写数量或者只写比例；写比例的还要写明分母。"),
    ],
)
def test_honour_that_makes_no_sense_is_told(changes, sentence):
    plan = replace(PLAN, honour=replace(TITLES, **({"targets": ()} | changes)))

    assert [text % params for text, params in problems(plan)] == [sentence]


def test_prizes_by_points_go_downwards():
    wrong = replace(
        PLAN, prizes=PrizePlan((Prize("district", "区", "D", least=75), Prize("city", "市", "C", least=85)), cap=1)
    )

    assert "按分数定等级时，等级由高到低排列，最低分也要由高到低。" in [
        text % params for text, params in problems(wrong)
    ]


# --- life --------------------------------------------------------------------------------------------------------


def test_award_begins_an_honour_with_number_and_validity(scene):
    honour = scene.grants(scene.ground.schools[0])

    assert (honour.number, honour.title, honour.state) == ("KCRY2024-0001", "区级示范校", "valid")
    assert honour.valid_until == date(2027, 2, 28)
    assert [event.kind for event in honour.events.all()] == ["granted"]
    assert AuditEntry.objects.filter(action="record_honour").count() == 1


def test_district_checks_its_schools_and_the_city_alone_revokes(scene, monkeypatch):
    honour = scene.grants(scene.ground.schools[0])
    far = an_actor("district_officer", scene.ground.districts[1])
    at(monkeypatch, date(2025, 3, 1))

    with pytest.raises(PermissionDenied):
        actions.record_honour(honour, "check_passed", by=far)
    with pytest.raises(PermissionDenied):
        actions.revoke_honour(honour, by=scene.district, reason="弄虚作假")
    assert actions.record_honour(honour, "check_failed", by=scene.district, reason="没有年度报告").state == "failed"
    with pytest.raises(Refused, match="整改期限"):
        actions.record_honour(honour, "rectify", by=scene.district, reason="补齐")
    rectifying = actions.record_honour(honour, "rectify", by=scene.district, reason="补齐", due_on=date(2025, 6, 1))
    assert (rectifying.state, rectifying.due_on) == ("rectifying", date(2025, 6, 1))
    assert actions.record_honour(honour, "rectified", by=scene.district).state == "valid"


def test_rows_stand_in_the_order_of_their_days(scene):
    honour = scene.grants(scene.ground.schools[0])

    with pytest.raises(Refused, match="早于上一条记录"):
        actions.record_honour(honour, "warned", by=scene.city, reason="迟交", on=date(2024, 2, 1))
    with pytest.raises(Refused, match="不能晚于今天"):
        actions.record_honour(honour, "warned", by=scene.city, reason="迟交", on=date(2024, 9, 1))
    with pytest.raises(Refused, match="写明依据"):
        actions.record_honour(honour, "warned", by=scene.city)


def test_revocation_stays_public_and_takes_the_certificate_along(scene, monkeypatch):
    honour = scene.grants(scene.ground.schools[0])
    at(monkeypatch, date(2025, 5, 1))

    actions.revoke_honour(honour, by=scene.city, reason="材料造假", document="示教〔2025〕5号")

    award = Award.objects.get()
    assert (award.state, award.certificates.get().state) == ("revoked", CertificateState.REVOKED)
    now, then = register_on(CODE, date(2025, 5, 1)), register_on(CODE, date(2024, 12, 31))
    assert [(one.state, one.reason) for one in now] == [("revoked", "材料造假")]
    assert [one.state for one in then] == ["valid"]
    assert HonourEvent.objects.filter(kind="revoked").count() == 1
    with pytest.raises(Refused):
        actions.record_honour(honour, "check_passed", by=scene.city)


def test_revoked_award_takes_its_honour_along(scene):
    honour = scene.grants(scene.ground.schools[0])

    revoke_award(Award.objects.get(), reason="撤回认定", by=scene.city)

    honour.refresh_from_db()
    assert honour.state == "revoked"


def test_second_grant_goes_on_with_the_old_file(scene, monkeypatch):
    school = scene.ground.schools[0]
    first = scene.grants(school)
    at(monkeypatch, date(2025, 6, 1))
    Award.objects.get().application.__class__.objects.filter(org=school).update(state="not_awarded")

    again = scene.grants(school, "city")

    assert (again.pk, again.number, again.level, again.valid_until) == (
        first.pk,
        first.number,
        "city",
        date(2028, 5, 31),
    )
    assert [event.kind for event in again.events.all()] == ["granted", "promoted"]
    assert actions.record_honour(again, "downgraded", by=scene.city, reason="未达标").title == "区级示范校"
    with pytest.raises(Refused, match="最低的等级"):
        actions.record_honour(again, "downgraded", by=scene.city, reason="未达标")


def test_renewal_starts_from_what_was_answered(scene):
    school = scene.ground.schools[0]
    honour = scene.grants(school)
    officer = an_actor("school_officer", school)
    later = a_call(scene.ground, plan=PLAN, closes_at=None)

    draft = actions.begin_renewal(honour, later, by=officer, client_token="renewal-token-0001")

    assert (draft.answers, draft.abstract, draft.state) == ({"plan": "三年规划"}, "概况", "draft")
    assert actions.begin_renewal(honour, later, by=officer, client_token="renewal-token-0001") == draft


def test_city_title_asks_for_a_district_title_of_a_year(scene, monkeypatch):
    first, second = scene.ground.schools[:2]
    entry = scene.grants(first).events.get().award.application
    other = applying.begin_application(scene.call, second, by=an_actor("school_officer", second))
    ids = [entry.pk, other.pk]

    at(monkeypatch, date(2025, 2, 1))
    assert lower_title_for_a_year(scene.call, "city", ids) == set(ids)
    at(monkeypatch, date(2025, 4, 1))
    assert lower_title_for_a_year(scene.call, "city", ids) == {other.pk}


# --- the register ------------------------------------------------------------------------------------------------


def test_register_answers_for_a_day_through_a_renaming_and_a_merger(scene, monkeypatch):
    school, heir = scene.ground.schools[:2]
    old_name = school.name
    honour = scene.grants(school)
    at(monkeypatch, date(2024, 10, 1))
    rename_org(school, "示范新名学校", by=Actor.system(), on=date(2024, 9, 1))
    at(monkeypatch, date(2025, 9, 1))
    merge_orgs([school], heir, by=Actor.system(), on=date(2025, 8, 1))

    def line(day):
        return [(one.holder, one.state, one.successor) for one in register_on(CODE, day)]

    assert line(date(2024, 2, 29)) == []
    assert line(date(2024, 6, 30)) == [(old_name, "valid", "")]
    assert line(date(2024, 12, 31)) == [("示范新名学校", "valid", "")]
    assert line(date(2025, 8, 31)) == [("示范新名学校", "unsettled", heir.name)]
    with pytest.raises(Refused, match="承接单位"):
        actions.pass_on_honour(honour, scene.ground.schools[2], by=scene.city, reason="合并")
    passed = actions.pass_on_honour(honour, heir, by=scene.city, reason="合并后由新校承接", on=date(2025, 8, 15))
    assert (passed.org, passed.number) == (heir, honour.number)
    assert line(date(2025, 8, 31)) == [(heir.name, "valid", "")]
    assert line(date(2024, 12, 31)) == [("示范新名学校", "valid", "")]


def test_what_is_internal_is_not_on_the_public_register(scene):
    honour = scene.grants(scene.ground.schools[0])
    actions.record_honour(honour, "warned", by=scene.city, reason="内部提醒")
    day = date(2024, 3, 1)

    assert [(one.state, one.reason) for one in register_on(CODE, day, public=False)] == [("warned", "内部提醒")]
    assert [(one.state, one.reason) for one in register_on(CODE, day)] == [("valid", "")]


def test_target_has_a_dated_denominator_that_counts_a_campus_with_its_school(scene, monkeypatch):
    first, second = scene.ground.schools[:2]
    a_campus(first)
    scene.grants(first, "city")
    scene.grants(second)
    monkeypatch.setattr("kechuang.engine.honours.queries.granting", lambda: {CODE: PLAN})

    share, count = progress_on(CODE, date(2024, 3, 1))

    assert (schools_on(date(2024, 3, 1)).n, share.held, share.wanted, share.percent) == (4, 2, 2, 50.0)
    assert (count.held, count.wanted, count.denominator) == (1, 2, None)
    assert share.denominator.left_out["校区"] == 1


# --- plaques -----------------------------------------------------------------------------------------------------


def test_plaque_is_made_handed_over_and_returned(scene):
    honour = scene.grants(scene.ground.schools[0])

    plaque = actions.make_plaque(honour, by=scene.district)
    with pytest.raises(Refused, match="先收回"):
        actions.make_plaque(honour, by=scene.district)
    with pytest.raises(Refused, match="签收人"):
        actions.hand_over_plaque(plaque, receiver=" ", by=scene.district)
    handed = actions.hand_over_plaque(plaque, receiver="陈校长", by=scene.district)
    returned = actions.return_plaque(handed, by=scene.district)

    assert (plaque.serial, handed.receiver, returned.state) == ("KCRY2024-0001-1", "陈校长", "returned")
    with pytest.raises(Refused, match="已经收回"):
        actions.return_plaque(returned, by=scene.district)
    assert Call.objects.count() == 1
