"""From a final decision to a notice that stood for its working days, with objections answered by others."""

from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from PIL import Image

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.files import FileRefused
from kechuang.base.models import AuditEntry, Holiday, Mail, Message
from kechuang.engine.applications.models import Movement
from kechuang.engine.decisions.models import Decision
from kechuang.engine.publicity import queries
from kechuang.engine.publicity.actions import (
    close_notice,
    decide_objection,
    draft_notice,
    edit_notice,
    file_objection,
    publish_notice,
    take_objection,
    withdraw_objection,
)
from kechuang.engine.publicity.actions.objections import ObjectionRefused
from kechuang.engine.publicity.models import Objection, PublicNotice
from kechuang.orgs.actions.consents import withdraw_consent
from kechuang.orgs.actor import Actor
from tests.engine.honours import DAY, answer, make_actor, make_competition, make_guardian

pytestmark = [pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _monday(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with clock.travel(DAY):
        yield


@pytest.fixture
def competition():
    return make_competition(pupils=("张小三", "李四"), consents=("publicity",))


@pytest.fixture
def notice(competition):
    return publish_notice(draft_notice(competition.decision, by=competition.officer), by=competition.officer)


GOOD = {
    "name": "举报甲",
    "document_no": "11010519491231002X",
    "unit": "示范第二实验学校",
    "phone": "0755-25921234",
    "statement": "该作品与去年的作品内容相同，附对比材料。",
    "signed": True,
}


def picture(name="证据.png"):
    data = BytesIO()
    Image.new("RGB", (20, 20), "red").save(data, "PNG")
    data.name = name
    data.seek(0)
    return data


# --- the notice --------------------------------------------------------------------------------------------------


def test_a_notice_runs_for_working_days_and_skips_mid_autumn(notice):
    assert (notice.state, notice.starts_on, notice.ends_on) == ("open", date(2026, 9, 21), date(2026, 9, 29))


def test_a_notice_over_national_day_counts_the_worked_saturday(competition):
    with clock.travel(date(2026, 9, 30)):
        notice = publish_notice(draft_notice(competition.decision, by=competition.officer), by=competition.officer)

    assert notice.ends_on == date(2026, 10, 13)  # 8, 9, the worked Saturday 10, 12, 13


def test_a_notice_into_a_year_without_table_is_refused_whole(competition):
    draft = draft_notice(competition.decision, by=competition.officer)

    with clock.travel(date(2026, 12, 30)), pytest.raises(Refused, match="2027 年的节假日安排"):
        publish_notice(draft, by=competition.officer)

    draft.refresh_from_db()
    assert (draft.state, draft.lines.count()) == ("draft", 0)


def test_a_notice_into_the_new_year_counts_once_the_table_is_entered(competition):
    Holiday.objects.create(date=date(2027, 1, 1), kind="holiday", name="元旦")
    draft = draft_notice(competition.decision, by=competition.officer)

    with clock.travel(date(2026, 12, 30)):
        notice = publish_notice(draft, by=competition.officer)

    assert notice.ends_on == date(2027, 1, 7)


def test_lines_are_frozen_with_masked_names(competition, notice):
    lines = list(notice.lines.values_list("order", "prize_name", "title", "school", "names"))

    assert lines == [
        (1, "一等奖", "红树林监测系统1", "示范第一实验学校", "张*三、李*"),
        (2, "二等奖", "红树林监测系统2", "示范第一实验学校", "张*三、李*"),
        (3, "三等奖", "红树林监测系统3", "示范第一实验学校", "张*三、李*"),
    ]
    competition.entries[0].title = "改名之后"
    competition.entries[0].save()
    assert notice.lines.first().title == "红树林监测系统1"


def test_lines_do_not_name_who_did_not_consent(db):
    competition = make_competition(pupils=("张小三", "李四"))
    answer(competition.entries[0].members.first().person, "publicity")

    notice = publish_notice(draft_notice(competition.decision, by=competition.officer), by=competition.officer)

    assert [line.names for line in notice.lines.all()] == ["张*三、参赛学生", "参赛学生", "参赛学生"]


def test_a_withdrawn_consent_takes_the_name_off_the_published_page(competition, notice):
    pupil = competition.entries[0].members.first().person
    assert notice.lines.first().names == "张*三、李*"

    withdraw_consent(pupil, "publicity", by=make_guardian(pupil, competition.school))

    assert [line.names for line in notice.lines.all()] == ["参赛学生、李*", "张*三、李*", "张*三、李*"]


def test_drafting_twice_gives_one_draft_and_publishing_twice_is_refused(competition):
    draft = draft_notice(competition.decision, by=competition.officer)
    assert draft_notice(competition.decision, by=competition.officer) == draft

    publish_notice(draft, by=competition.officer)

    with pytest.raises(Refused, match="已经发布过"):
        publish_notice(draft, by=competition.officer)
    with pytest.raises(Refused, match="已经公示过"):
        draft_notice(competition.decision, by=competition.officer)
    with pytest.raises(Refused, match="内容不能再改"):
        edit_notice(draft, by=competition.officer, title="换一个标题")


def test_a_draft_can_be_edited(competition):
    draft = draft_notice(competition.decision, by=competition.officer)
    assert draft.title == "关于第41届示范市青少年科技创新大赛拟获奖名单的公示"

    edit_notice(draft, by=competition.officer, title="公示", working_days=7)

    notice = publish_notice(draft, by=competition.officer)
    assert (notice.title, notice.ends_on) == ("公示", date(2026, 10, 8))


def test_a_proposal_is_not_published(competition):
    competition.decision.state, competition.decision.decided_at = "proposal", None
    competition.decision.save()
    draft = draft_notice(competition.decision, by=competition.officer)

    with pytest.raises(Refused, match="还没有最终确定"):
        publish_notice(draft, by=competition.officer)


def test_only_who_publishes_notices_may(competition):
    outsider = make_actor("校管", competition.school, "school_officer")

    with pytest.raises(PermissionDenied):
        draft_notice(competition.decision, by=outsider)


def test_the_public_sees_published_notices_only(competition):
    draft = draft_notice(competition.decision, by=competition.officer)
    assert list(queries.published_notices()) == []
    with pytest.raises(PublicNotice.DoesNotExist):
        queries.notice_page(draft)

    notice = publish_notice(draft, by=competition.officer)

    page = queries.notice_page(queries.published_notice(notice.number))
    assert (page.noindex, page.takes_objections, page.replaced_by, page.struck) == (True, True, None, [])
    assert [(d.stage, d.discipline, d.count) for d in page.divisions] == [("junior", "计算机科学与信息技术", 3)]
    assert [(g.name, [line.title for line in g.lines]) for g in page.divisions[0].prizes] == [
        ("一等奖", ["红树林监测系统1"]), ("二等奖", ["红树林监测系统2"]), ("三等奖", ["红树林监测系统3"]),
    ]  # fmt: skip
    narrowed = queries.notice_page(notice, "系统2")
    assert [line.title for line in narrowed.divisions[0].prizes[0].lines] == ["红树林监测系统2"]


def test_the_page_costs_the_same_for_many_lines(competition, notice, django_assert_num_queries):
    found = queries.published_notice(notice.number)

    with django_assert_num_queries(1):
        queries.notice_page(found)


def test_publishing_tells_the_teams(competition, notice):
    told = Message.objects.filter(kind="notice.published")

    assert told.count() == sum(entry.members.count() for entry in competition.awarded)
    assert "2026-09-29" in told.first().body


# --- objections --------------------------------------------------------------------------------------------------


def test_anyone_objects_and_gets_a_number_a_code_and_a_day(competition, notice):
    objection = file_objection(notice, **GOOD, application=competition.entries[0], evidence=[picture()])

    assert objection.number == "YY2026-000001"
    assert objection.due_on == date(2026, 9, 29)
    assert (objection.state, objection.title, objection.evidence.count()) == ("received", "红树林监测系统1", 1)
    assert queries.follow_objection(objection.follow_code.lower().replace("-", " ")) == objection
    assert queries.follow_objection("AAAA-BBBB-CCCC-DDDD") is None


def test_the_objector_is_stored_encrypted(notice):
    objection = file_objection(notice, **GOOD)

    raw = (
        Objection.objects.filter(pk=objection.pk)
        .extra(select={"raw": "name || document_no || phone || unit"})
        .values_list("raw", flat=True)[0]
    )
    assert all(text not in raw for text in ("举报甲", "11010519491231002X", "0755-25921234", "示范第二实验学校"))
    assert Objection.objects.get(pk=objection.pk).name == "举报甲"
    assert "举报甲" not in str(list(AuditEntry.objects.values_list("detail", "by_name", "reason")))


def test_the_same_token_gives_the_same_objection(notice):
    first = file_objection(notice, **GOOD, client_token="t1")
    again = file_objection(notice, **GOOD, client_token="t1")
    other = file_objection(notice, **GOOD, client_token="t2")

    assert (again, other.number) == (first, "YY2026-000002")
    assert Objection.objects.count() == 2


def test_an_incomplete_objection_names_the_fields_and_takes_no_number(notice):
    with pytest.raises(ObjectionRefused) as refused:
        file_objection(notice, **GOOD | {"document_no": "", "signed": False})

    assert list(refused.value.problems) == ["document_no", "signed"]
    assert file_objection(notice, **GOOD).number == "YY2026-000001"


def test_evidence_is_checked_by_content_and_nothing_is_half_saved(notice):
    fake = BytesIO(b"<html>not a picture</html>")
    fake.name = "证据.png"

    with pytest.raises(FileRefused):
        file_objection(notice, **GOOD, evidence=[picture(), fake])
    with pytest.raises(ObjectionRefused, match="最多 5 个"):
        file_objection(notice, **GOOD, evidence=[picture() for _n in range(6)])

    assert Objection.objects.count() == 0


def test_objections_come_too_late_after_the_last_day(notice):
    with clock.travel(date(2026, 9, 29)):
        assert file_objection(notice, **GOOD).state == "received"

    with clock.travel(date(2026, 9, 30)), pytest.raises(Refused, match="公示期内"):
        file_objection(notice, **GOOD)


def test_an_entry_of_another_call_is_not_objected_to_here(notice, competition):
    stranger = competition.entries[0].__class__.objects.create(
        public_id="X", call=competition.call, org=competition.school
    )

    with pytest.raises(ObjectionRefused, match="不在这份公示"):
        file_objection(notice, **GOOD, application=stranger)


def test_the_objector_may_withdraw_with_the_code(notice):
    objection = file_objection(notice, **GOOD)

    with pytest.raises(Refused, match="查询码不对"):
        withdraw_objection(objection, follow_code="AAAA-AAAA-AAAA-AAAA")

    assert withdraw_objection(objection, follow_code=objection.follow_code).state == "withdrawn"


def test_a_notice_closes_after_its_days_and_its_objections(competition, notice):
    objection = file_objection(notice, **GOOD)

    with pytest.raises(Refused, match="2026-09-29"):
        close_notice(notice, by=competition.officer)
    with clock.travel(date(2026, 9, 30)):
        with pytest.raises(Refused, match="1 件异议"):
            close_notice(notice, by=competition.officer)
        decide_objection(objection, finding="查无实据。", effect="keep", by=competition.other)
        assert close_notice(notice, by=competition.officer).state == "closed"


def test_taking_up_shows_who_handles_it(competition, notice):
    objection = file_objection(notice, **GOOD)

    taken = take_objection(objection, by=competition.officer)

    assert (taken.state, taken.handler) == ("in_handling", competition.officer.user)
    assert list(queries.objections_for(competition.officer)) == [objection]
    assert list(queries.objections_for(make_actor("校管", competition.school, "school_officer"))) == []


def test_objections_past_their_day_are_overdue(competition, notice):
    objection = file_objection(notice, **GOOD)
    assert list(queries.overdue(competition.officer)) == []

    with clock.travel(date(2026, 9, 30)):
        assert list(queries.overdue(competition.officer)) == [objection]


# --- reconsideration ---------------------------------------------------------------------------------------------


def test_the_first_deciders_may_not_reconsider(competition, notice):
    objection = file_objection(notice, **GOOD, application=competition.entries[0])
    recommender = make_actor("推荐人", competition.city, "city_officer")
    Movement.objects.create(
        application=competition.entries[0], move="recommend", source="endorsed", target="recommended", at=clock.now(),
        by=recommender.user, by_label="推荐人",
    )  # fmt: skip

    for actor in (competition.decider, competition.expert, recommender):
        with pytest.raises(Refused, match="回避"):
            decide_objection(objection, finding="维持。", effect="keep", by=actor)
        assert "回避" in queries.why_may_not_reconsider(objection, actor)

    assert queries.why_may_not_reconsider(objection, competition.other) == ""
    assert decide_objection(objection, finding="维持。", effect="keep", by=competition.other).effect == "keep"


def test_the_expert_of_another_entry_may_reconsider(competition, notice):
    objection = file_objection(notice, **GOOD, application=competition.entries[1])

    assert queries.why_may_not_reconsider(objection, competition.expert) == ""


def test_the_system_itself_may_not_reconsider(competition, notice):
    objection = file_objection(notice, **GOOD)

    with pytest.raises(Refused, match="登录"):
        decide_objection(objection, finding="维持。", effect="keep", by=Actor.system())


def test_dismissing_keeps_everything_and_answers(competition, notice):
    objection = file_objection(notice, **GOOD | {"email": "a@example.cn"}, application=competition.entries[0])

    result = decide_objection(objection, finding="两件作品方法不同。", effect="keep", by=competition.other)

    objection.refresh_from_db()
    assert (objection.state, objection.answered_at, result.amended) == ("dismissed", DAY, None)
    assert result.letter.startswith("举报甲：")
    assert "异议不成立" in result.letter
    assert list(Mail.objects.filter(address="a@example.cn").values_list("subject", flat=True).order_by("pk")) == [
        f"异议受理回执 {objection.number} / Receipt of objection {objection.number}",
        f"异议答复函 {objection.number} / Answer to objection {objection.number}",
    ]  # fmt: skip
    assert queries.current_notice(notice) == notice
    with pytest.raises(Refused, match="已经办结"):
        decide_objection(objection, finding="再看一次。", effect="keep", by=competition.other)


def test_striking_disqualifies_amends_and_republishes(competition, notice):
    struck = competition.entries[0]
    objection = file_objection(notice, **GOOD, application=struck)

    with clock.travel(date(2026, 9, 23)):
        result = decide_objection(objection, finding="与往届作品相同。", effect="strike", by=competition.other)

    struck.refresh_from_db()
    notice.refresh_from_db()
    new = queries.current_notice(notice)
    assert (struck.state, objection.__class__.objects.get().state) == ("disqualified", "upheld")
    assert (notice.state, new.state, new.replaces, new.ends_on) == ("superseded", "open", notice, date(2026, 10, 8))
    assert new.decision == result.amended == Decision.objects.get(state="final")
    assert result.amended.version == 2
    page = queries.notice_page(new)
    assert [line.title for d in page.divisions for g in d.prizes for line in g.lines] == [
        "红树林监测系统2",
        "红树林监测系统3",
    ]
    assert [(line.title, line.names, line.prize_name) for line in page.struck] == [("红树林监测系统1", "", "")]
    old_page = queries.notice_page(queries.published_notice(notice.number))
    assert (old_page.replaced_by, old_page.takes_objections) == (new, False)
    assert list(queries.current_notices()) == [new]


def test_changing_a_prize_republishes_with_the_new_prize(competition, notice):
    objection = file_objection(notice, **GOOD, application=competition.entries[1])

    result = decide_objection(
        objection, finding="应为一等奖。", effect="change_prize", new_prize="first", by=competition.other
    )

    new = queries.current_notice(notice)
    assert list(new.lines.values_list("title", "prize_name")) == [
        ("红树林监测系统1", "一等奖"), ("红树林监测系统2", "一等奖"), ("红树林监测系统3", "三等奖"),
    ]  # fmt: skip
    assert "调整为一等奖" in result.letter
    competition.entries[1].refresh_from_db()
    assert competition.entries[1].state == "in_publicity"


def test_an_entry_left_out_may_be_given_a_prize(competition, notice):
    left_out = competition.entries[3]
    objection = file_objection(notice, **GOOD, application=left_out)

    decide_objection(
        objection, finding="漏计一名专家的评分。", effect="change_prize", new_prize="third", by=competition.other
    )

    left_out.refresh_from_db()
    assert left_out.state == "in_publicity"
    assert queries.current_notice(notice).lines.count() == 4


def test_a_failed_reconsideration_leaves_nothing_behind(competition, notice):
    objection = file_objection(notice, **GOOD, application=competition.entries[1])

    with pytest.raises(Refused, match="调整后的奖项"):
        decide_objection(
            objection, finding="应为特等奖。", effect="change_prize", new_prize="tenth", by=competition.other
        )

    objection.refresh_from_db()
    assert (objection.state, queries.current_notice(notice), Decision.objects.count()) == ("received", notice, 1)


def test_objections_to_a_replaced_notice_still_hold_up_the_new_one(competition, notice):
    first = file_objection(notice, **GOOD, application=competition.entries[0])
    second = file_objection(notice, **GOOD, application=competition.entries[1])
    decide_objection(first, finding="与往届作品相同。", effect="strike", by=competition.other)
    new = queries.current_notice(notice)

    with clock.travel(date(2026, 10, 20)):
        with pytest.raises(Refused, match="1 件异议"):
            close_notice(new, by=competition.officer)
        decide_objection(second, finding="查无实据。", effect="keep", by=competition.other)
        assert close_notice(new, by=competition.officer).state == "closed"


def test_whoever_struck_one_entry_may_look_at_another_but_not_at_the_same_again(competition, notice):
    first = file_objection(notice, **GOOD, application=competition.entries[0])
    decide_objection(first, finding="维持。", effect="keep", by=competition.other)

    again = file_objection(notice, **GOOD, application=competition.entries[0])
    other = file_objection(notice, **GOOD, application=competition.entries[1])

    assert "回避" in queries.why_may_not_reconsider(again, competition.other)
    assert queries.why_may_not_reconsider(other, competition.other) == ""


def test_who_may_not_reconsider_may_not_answer(competition, notice):
    objection = file_objection(notice, **GOOD)

    with pytest.raises(PermissionDenied):
        decide_objection(
            objection, finding="维持。", effect="keep", by=make_actor("校管", competition.school, "school_officer")
        )
