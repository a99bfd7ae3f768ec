"""The partner who says yes first, and the agreement that begins with the honour."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.models import Message
from kechuang.engine.applications import actions as applying
from kechuang.engine.applications.batch import MoveRefused
from kechuang.engine.applications.perform import perform
from kechuang.engine.applications.queries import gaps
from kechuang.engine.honours.actions import revoke_honour
from kechuang.engine.honours.models import Honour
from kechuang.engine.partnerships.actions import (
    answer_partner,
    ask_partner,
    ask_renewal,
    end_agreement,
    withdraw_partner,
)
from kechuang.engine.partnerships.duties import remind_of_ends
from kechuang.engine.partnerships.models import Agreement, Partnership
from kechuang.engine.partnerships.queries import candidates, circle_of, circles, ending, waiting_for
from kechuang.engine.partnerships.rules import is_running
from kechuang.engine.programme.declaration import PartnerPlan
from kechuang.engine.programme.validation import problems
from tests.factories.engine import a_call, a_ground, a_title_plan, an_actor
from tests.factories.orgs import a_partner

pytestmark = pytest.mark.django_db
PARTNER = PartnerPlan(("museum", "school"), "合作场馆", years=3)
DAY = date(2026, 3, 2)


class Scene:
    """A school with a complete draft in a call that wants a museum beside it, and a museum that can answer."""

    def __init__(self):
        self.ground = a_ground()
        self.plan = a_title_plan(partner=PARTNER)
        self.call = a_call(self.ground, plan=self.plan, closes_at=None)
        self.city = an_actor("city_officer", self.ground.org)
        self.museum = a_partner(self.ground.org, "museum", name="示范科技馆")
        self.officer = an_actor("partner_officer", self.museum)
        self.school = self.ground.schools[0]
        self.clerk = an_actor("school_officer", self.school)
        self.draft = self.begin(self.school, self.clerk)

    def begin(self, school, by):
        draft = applying.begin_application(self.call, school, by=by)
        return applying.save_answers(draft, {"abstract": "概况", "plan": "规划"}, version=draft.version, by=by)[0]

    def ask(self, **facts):
        return ask_partner(self.draft, self.museum, **{"years": 3, "purpose": "共建课程", "by": self.clerk} | facts)

    def granted(self):
        answer_partner(self.ask(), yes=True, by=self.officer)
        perform(applying.submit_application(self.draft, by=self.clerk), "grant", by=self.city, prize="district")
        return Honour.objects.get(org=self.school)


@pytest.fixture
def scene():
    with clock.travel(DAY):
        yield Scene()


def test_nobody_submits_before_the_partner_says_yes(scene):
    assert [gap.text for gap in gaps(scene.draft)] == ["请一个单位担任合作场馆"]
    with pytest.raises(MoveRefused, match="请一个单位担任合作场馆"):
        applying.submit_application(scene.draft, by=scene.clerk)

    row = scene.ask()
    assert [gap.text for gap in gaps(scene.draft)] == ["等“示范科技馆”确认合作"]
    assert [one.pk for one in waiting_for(scene.officer)] == [row.pk]
    assert waiting_for(scene.clerk) == []
    with pytest.raises(MoveRefused, match="等“示范科技馆”确认合作"):
        applying.submit_application(scene.draft, by=scene.clerk)

    answer_partner(row, yes=True, by=scene.officer)
    assert gaps(scene.draft) == []
    assert applying.submit_application(scene.draft, by=scene.clerk).state == "recommended"


def test_only_the_partner_asked_answers_and_a_no_says_why(scene):
    row = scene.ask()

    with pytest.raises(PermissionDenied):
        answer_partner(row, yes=True, by=scene.clerk)
    with pytest.raises(PermissionDenied):
        answer_partner(row, yes=True, by=scene.city)
    with pytest.raises(Refused, match="请写明不能合作的原因"):
        answer_partner(row, yes=False, by=scene.officer)
    answer_partner(row, yes=False, reason="今年名额已满", by=scene.officer)
    assert answer_partner(row, yes=False, reason="再说一次", by=scene.officer).reason == "今年名额已满"
    with pytest.raises(Refused, match="不能再答复"):
        answer_partner(row, yes=True, by=scene.officer)

    assert Message.objects.filter(user=scene.clerk.user, kind="partnership.declined").count() == 1
    assert scene.ask().state == "asked"


def test_one_partner_at_a_time_of_the_right_kind_and_with_somebody_who_answers(scene):
    firm, empty = a_partner(scene.ground.org, "enterprise"), a_partner(scene.ground.org, "museum", name="示范天文馆")

    assert candidates(PARTNER, scene.school, "示范科技") == [scene.museum]
    assert candidates(PARTNER, scene.school, "天文") == candidates(PARTNER, scene.school, " ") == []
    for partner, words in ((firm, "不能担任合作场馆"), (empty, "还没有能答复的管理员"), (scene.school, "不能担任")):
        with pytest.raises(Refused, match=words):
            ask_partner(scene.draft, partner, years=3, purpose="课程", by=scene.clerk)
    with pytest.raises(Refused, match="合作年限应为 3 至 20 年"):
        scene.ask(years=2)
    with pytest.raises(Refused, match="请写明双方各做什么"):
        scene.ask(purpose=" ")
    scene.ask()
    with pytest.raises(Refused, match="要换一个，请先撤回"):
        scene.ask()
    assert withdraw_partner(scene.draft, by=scene.clerk).state == "withdrawn"
    assert withdraw_partner(scene.draft, by=scene.clerk) is None
    assert scene.ask().state == "asked"
    with pytest.raises(PermissionDenied):
        withdraw_partner(scene.draft, by=an_actor("school_officer", scene.ground.schools[1]))


def test_lead_school_stands_beside_another_school(scene):
    lead = scene.ground.schools[2]
    head = an_actor("school_officer", lead)

    row = ask_partner(scene.draft, lead, years=4, purpose="开放实验室", by=scene.clerk)

    assert candidates(PARTNER, scene.school, lead.name) == [lead]
    assert answer_partner(row, yes=True, by=head).state == "confirmed"


def test_agreement_begins_with_the_honour_and_ends_with_it(scene):
    honour = scene.granted()

    agreement = honour.agreements.get()
    assert (agreement.since, agreement.until) == (DAY, date(2029, 3, 1))
    assert circle_of(scene.museum).holders == 1
    assert [circle.partner for circle in circles(honour.programme_code, DAY)] == [scene.museum]
    assert circles(honour.programme_code, DAY - timedelta(days=1)) == []
    with clock.travel(date(2027, 1, 5)):
        revoke_honour(honour, reason="材料造假", by=scene.city)
        agreement.refresh_from_db()
        assert (agreement.ended_on, agreement.end_reason) == (date(2027, 1, 5), "材料造假")
        assert circle_of(scene.museum).holders == 0


def test_both_sides_are_told_before_the_end_and_may_go_on(scene):
    honour = scene.granted()
    agreement = honour.agreements.get()
    with pytest.raises(Refused, match="到期前 90 天"):
        ask_renewal(agreement, years=3, purpose="继续", by=scene.clerk)

    with clock.travel(date(2029, 1, 10)):
        assert (remind_of_ends(), remind_of_ends()) == (2, 0)
        assert [ending(who, clock.today()) for who in (scene.officer, scene.clerk)] == [[agreement], [agreement]]
        with pytest.raises(PermissionDenied):
            ask_renewal(agreement, years=3, purpose="继续", by=scene.officer)
        row = ask_renewal(agreement, years=3, purpose="继续", by=scene.clerk)
        answer_partner(row, yes=True, by=scene.officer)
        following = honour.agreements.exclude(pk=agreement.pk).get()
        assert (following.since, following.until) == (date(2029, 3, 2), date(2032, 3, 1))
        assert ending(scene.officer, clock.today()) == []
    with clock.travel(date(2029, 6, 1)):
        assert circle_of(scene.museum).agreements == [following]


def test_either_side_ends_an_agreement_and_says_why(scene):
    agreement = scene.granted().agreements.get()

    with pytest.raises(PermissionDenied):
        end_agreement(agreement, reason="无", by=an_actor("school_officer", scene.ground.schools[1]))
    with pytest.raises(Refused, match="请写明终止的原因"):
        end_agreement(agreement, reason=" ", by=scene.officer)
    with clock.travel(DAY + timedelta(days=100)):
        ended = end_agreement(agreement, reason="场馆改造", by=scene.officer)
        assert not is_running(ended.since, ended.until, ended.ended_on, clock.today())
        with pytest.raises(Refused, match="不在有效期内"):
            end_agreement(agreement, reason="又一次", by=scene.officer)
    assert Message.objects.filter(user=scene.clerk.user, kind="agreement.ended").count() == 1


def test_partnership_is_read_by_its_two_sides_and_agreements_by_the_offices_above_as_well(scene):
    scene.granted()
    district, far = (an_actor("district_officer", one) for one in scene.ground.districts[:2])

    seen = [Partnership.objects.visible_to(who).count() for who in (scene.officer, scene.clerk, district, scene.city)]
    assert seen == [1, 1, 0, 0]
    seen = [
        Agreement.objects.visible_to(who).count() for who in (scene.officer, scene.clerk, district, scene.city, far)
    ]
    assert seen == [1, 1, 1, 1, 0]


def test_declaration_with_a_nonsense_partner_is_refused():
    plan = a_title_plan(partner=PARTNER)

    def said(**changes):
        return [text for text, _params in problems(replace(plan, **changes))]

    assert said() == []
    assert "合作单位须写明名称和哪些类型的单位可以担任。" in said(partner=PartnerPlan(("circus",), "馆", 3))
    assert "合作协议的最短年限应为 1 至 20 年。" in said(partner=PartnerPlan(("museum",), "馆", 0))
    assert "有合作单位的项目须授予称号，协议与称号同时开始。" in said(honour=None)
