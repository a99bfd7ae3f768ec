from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.engine.calls.actions import (
    cancel_call,
    clone_call,
    create_call,
    edit_call,
    edit_declaration,
    extend_step,
    publish_call,
    set_quotas,
)
from kechuang.engine.models import Call, QuotaLine
from kechuang.engine.programme import codec
from kechuang.engine.programme.declaration import Question, Section
from tests.factories.engine import a_ground, an_actor

pytestmark = pytest.mark.django_db
NOON = timezone.make_aware(datetime(2026, 3, 2, 12))


@pytest.fixture
def ground():
    return a_ground()


@pytest.fixture
def officer(ground):
    return an_actor("city_officer", ground.org)


@pytest.fixture
def draft(ground, officer):
    return create_call("innovation_contest", ground.org, by=officer, title="科技创新大赛（2026）", year=2026)


def with_dates(plan, start=NOON):
    return replace(
        plan,
        steps=tuple(
            replace(step, opens_at=start.isoformat(), closes_at=(start + timedelta(days=10 * (n + 1))).isoformat())
            for n, step in enumerate(plan.steps)
        ),
    )


def ready(draft, officer):
    return edit_call(
        draft, by=officer, plan=with_dates(draft.plan), approval_number="深教规〔2026〕1 号",
        approval_from=date(2026, 1, 1), approval_until=date(2026, 12, 31),
    )  # fmt: skip


def published(draft, officer):
    with clock.travel(NOON):
        return publish_call(ready(draft, officer), by=officer)


def test_draft_has_its_own_copy_of_the_declaration(draft):
    assert draft.plan.code == "innovation_contest"
    assert draft.slug == "innovation-contest-2026-" + draft.org.code.lower()
    assert draft.state == "draft"


def test_school_officer_may_not_draft_a_call(ground):
    with pytest.raises(PermissionDenied):
        create_call(
            "innovation_contest", ground.org, by=an_actor("school_officer", ground.schools[0]), title="x", year=2026
        )


def test_nothing_is_published_without_number_and_dates(draft, officer):
    with pytest.raises(Refused) as refused, clock.travel(NOON):
        publish_call(draft, by=officer)

    assert "没有批准文号，不能发布" in refused.value.sentence
    assert "请填写申报开始和截止时间" in refused.value.sentence
    assert Call.objects.get().state == "draft"


def test_nothing_is_published_outside_the_validity_of_its_number(draft, officer):
    call = ready(draft, officer)

    with pytest.raises(Refused, match="不在批准文号的有效期内"), clock.travel(date(2027, 1, 5)):
        publish_call(call, by=officer)


def test_publishing_freezes(draft, officer):
    call = published(draft, officer)

    assert call.declaration_digest == codec.digest(call.declaration)
    with pytest.raises(Refused, match="设置已冻结"):
        edit_call(call, by=officer, title="另一个名字")
    assert Call.objects.get().title == "科技创新大赛（2026）"


def test_a_contest_is_held_once_a_year(draft, officer, ground):
    published(draft, officer)
    second = create_call("innovation_contest", ground.org, by=officer, title="再来一次", year=2026)

    with pytest.raises(Refused, match="同一竞赛每年只能举办一次"), clock.travel(NOON):
        publish_call(ready(second, officer), by=officer)


def test_a_fee_is_refused_wherever_it_is_written(draft, officer):
    question = Question("fee", "请上传报名费缴费凭证", "file")

    with pytest.raises(Refused, match="不得以任何名义收费"):
        edit_call(
            draft, by=officer, plan=replace(draft.plan, form=(*draft.plan.form, Section("fee", "其他", (question,))))
        )

    assert "fee" not in {section["code"] for section in Call.objects.get().declaration["form"]}


def test_a_newer_version_is_not_overwritten(draft, officer):
    edit_call(draft, by=officer, version=draft.version, title="甲")

    with pytest.raises(Refused, match="刚刚被别人修改过"):
        edit_call(draft, by=officer, version=draft.version, title="乙")

    assert Call.objects.get().title == "甲"


def test_a_declaration_that_makes_no_sense_is_refused_with_every_reason(draft, officer):
    data = codec.to_json(draft.plan)
    data["prizes"]["prizes"][0]["share"] = 0.5
    data["rubrics"][0]["criteria"][0]["points"] = 1

    with pytest.raises(Refused) as refused:
        edit_declaration(draft, data, by=officer)

    assert "合计应为 100%" in refused.value.sentence
    assert "应为 100 分" in refused.value.sentence


def test_a_declaration_of_the_wrong_shape_is_refused(draft, officer):
    with pytest.raises(Refused, match="结构不正确"):
        edit_declaration(draft, {"code": 1}, by=officer)


def test_clone_takes_settings_and_quotas_without_dates_and_number(draft, officer, ground):
    call = published(draft, officer)
    set_quotas(call, {(ground.districts[0].pk, ""): 7}, by=officer)

    clone = clone_call(call, by=officer, year=2027)

    assert (clone.title, clone.year, clone.approval_number, clone.state) == ("科技创新大赛（2027）", 2027, "", "draft")
    assert all(step.closes_at == "" for step in clone.plan.steps)
    assert QuotaLine.objects.get(call=clone).places == 7


def test_a_published_deadline_only_moves_later_and_for_a_reason(draft, officer):
    call = published(draft, officer)
    closes = call.closes_at

    with pytest.raises(Refused, match="只能延后"):
        extend_step(call, "apply", closes - timedelta(hours=1), by=officer, reason="台风")
    with pytest.raises(Refused, match="写明延期理由"):
        extend_step(call, "apply", closes + timedelta(days=1), by=officer, reason=" ")
    extend_step(call, "apply", closes + timedelta(days=1), by=officer, reason="台风停课")

    assert Call.objects.get().closes_at == closes + timedelta(days=1)


def test_quotas_of_an_unknown_division_are_refused_whole(draft, officer, ground):
    set_quotas(draft, {(ground.districts[0].pk, ""): 5}, by=officer)

    with pytest.raises(Refused, match="没有的组别"):
        set_quotas(draft, {(ground.districts[0].pk, "senior.XX"): 5}, by=officer)

    assert QuotaLine.objects.get().division == ""


def test_cancelling_needs_a_reason(draft, officer):
    with pytest.raises(Refused, match="写明取消的理由"):
        cancel_call(draft, by=officer, reason="")


def test_a_district_runs_its_own_contest_without_the_tier_of_recommendation(ground):
    district = an_actor("district_officer", ground.districts[0])

    call = create_call("innovation_contest", ground.districts[0], by=district, title="区赛", year=2026)

    assert call.workflow.move("endorse").target == "recommended"
    assert "endorsed" not in call.workflow.states
