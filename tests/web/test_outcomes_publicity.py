"""Notices and objections in the office: drafts, days, lines, and reconsideration by people who did not decide first."""

from datetime import date

import pytest
from django.urls import reverse

from kechuang.base import clock
from kechuang.base.models import Holiday
from kechuang.engine.models import Decision, Objection, PublicNotice, Reconsideration
from kechuang.engine.publicity.actions import draft_notice
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Membership
from tests.factories.orgs import actor_for, an_officer, has_agreed
from tests.web.outcome_scenes import (
    AFTER,
    DAY,
    a_judged_round,
    an_objection,
    decided,
    published,
    see,
    send,
    signed_in,
    statuses,
)

pytestmark = pytest.mark.django_db
FINDING = "经核查原始记录与设计手册，数据来源清楚，异议所述情况不属实。"


@pytest.fixture(autouse=True)
def september(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with clock.travel(DAY):
        yield


@pytest.fixture
def scene():
    return a_judged_round()


@pytest.fixture
def notice(scene):
    return published(scene)


# --- notices -----------------------------------------------------------------------------------------------------


def test_a_final_decision_waits_for_its_notice_and_is_drafted_once(scene):
    decision, office = decided(scene), scene.office()

    waiting = see(office, "office_notices").context["undrafted"]
    send(office, "notice_draft", decision=decision.pk)
    page = send(office, "notice_draft", decision=decision.pk)

    assert waiting == [decision]
    assert PublicNotice.objects.count() == 1
    assert "公示从 9月7日 周一开始，到 9月14日 周一（含当日）期满" in page.content.decode()


def test_words_and_days_of_a_draft_are_edited(scene):
    notice, office = draft_notice(decided(scene), by=actor_for(scene.decider)), scene.office()

    page = send(
        office,
        "office_notice",
        notice.number,
        title="拟获奖名单公示",
        body="现予公示。",
        contact="请来信。",
        working_days=7,
    )

    notice.refresh_from_db()
    assert (notice.title, notice.working_days) == ("拟获奖名单公示", 7)
    assert "公示草稿已保存" in page.content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"title": ""}, "title"), ({"working_days": 0}, "working_days"), ({"working_days": "多"}, "working_days")],
)
def test_a_draft_with_a_mistake_is_refused_and_stays_as_it_was(scene, wrong, field):
    notice, office = draft_notice(decided(scene), by=actor_for(scene.decider)), scene.office()
    words = {"title": "新标题", "body": "正文", "contact": "来信", "working_days": 5} | wrong

    page = office.post(reverse("office_notice", args=[notice.number]), words)

    stored = PublicNotice.objects.get()
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    assert (stored.title, stored.working_days) == (notice.title, notice.working_days)


def test_the_preview_shows_masked_names_of_those_who_agreed_and_nobody_elses(scene):
    has_agreed(scene.pupils[0], "publicity")
    notice = draft_notice(decided(scene), by=actor_for(scene.decider))

    text = see(scene.office(), "notice_preview", notice.number).content.decode()

    name = scene.pupils[0].name
    assert f"{name[0]}*" in text and "参赛学生" in text
    assert name not in text
    assert notice.lines.count() == 0


def test_publishing_freezes_the_list_and_the_days(scene):
    notice = draft_notice(decided(scene), by=actor_for(scene.decider))

    page = send(scene.office(), "notice_publish", notice.number)

    notice.refresh_from_db()
    assert (notice.state, f"{notice.ends_on}", notice.lines.count()) == ("open", "2026-09-14", 3)
    assert "公示期到 2026-09-14（含当日）才满" in page.content.decode()


def test_a_missing_holiday_table_is_told_before_publishing_and_nothing_is_published(scene):
    notice = draft_notice(decided(scene), by=actor_for(scene.decider))
    Holiday.objects.filter(date__year=2026).delete()

    page = see(scene.office(), "office_notice", notice.number)
    tried = send(scene.office(), "notice_publish", notice.number)

    notice.refresh_from_db()
    assert "系统里还没有 2026 年的节假日安排" in page.content.decode()
    assert f'href="{reverse("holidays")}"' in page.content.decode()
    assert "系统里还没有 2026 年的节假日安排" in tried.content.decode()
    assert (notice.state, notice.lines.count()) == ("draft", 0)


def test_a_notice_closes_after_its_days_and_not_over_an_objection(scene, notice):
    objection = an_objection(notice, scene.entries[0])
    early = send(scene.office(), "notice_close", notice.number)
    with clock.travel(AFTER):
        waiting = send(scene.office(), "notice_close", notice.number)
        send(scene.colleague(), "objection", objection.number, finding=FINDING, effect="keep")
        ended = send(scene.office(), "notice_close", notice.number)

    notice.refresh_from_db()
    assert "才满" in early.content.decode()
    assert "还有 1 件异议没有答复" in waiting.content.decode()
    assert "公示已结束" in ended.content.decode()
    assert notice.state == "closed"


# --- objections --------------------------------------------------------------------------------------------------


def test_the_queue_shows_age_due_date_and_what_is_late(scene, notice):
    an_objection(notice, scene.entries[0])
    with clock.travel(AFTER):
        page = see(scene.office(), "objections")

    (row,) = page.context["rows"]
    assert row[1:] == (8, -1)
    assert "1 件已超过答复期限" in page.content.decode()


def test_one_is_taken_and_its_history_says_by_whom(scene, notice):
    objection = an_objection(notice, scene.entries[0])

    page = send(scene.colleague(), "objection_take", objection.number)

    objection.refresh_from_db()
    assert (objection.state, objection.handler) == ("in_handling", scene.other.user)
    assert page.context["history"][1]["by"] == scene.other.name


def test_evidence_is_read_by_those_who_handle_it_alone(scene, notice):
    objection = an_objection(notice, scene.entries[0])
    stored = objection.evidence.get().stored

    got = statuses(scene, "objection_evidence", objection.number, stored.public_id)
    strange = see(scene.office(), "objection_evidence", objection.number, "0" * 20)

    assert {who for who, status in got.items() if status == 200} == {"city"}
    assert strange.status_code == 404


def test_who_decided_reads_why_not_and_cannot_answer(scene, notice):
    objection = an_objection(notice, scene.entries[0])

    page = see(scene.office(), "objection", objection.number)
    tried = scene.office().post(reverse("objection", args=[objection.number]), {"finding": FINDING, "effect": "keep"})

    assert "这件异议不能由您复核" in page.content.decode()
    assert (tried.status_code, Reconsideration.objects.count()) == (422, 0)
    assert Objection.objects.get().state == "received"


def test_an_expert_of_the_entry_who_is_also_an_officer_may_not_answer(scene, notice):
    expert = scene.reviewers[0].person
    Membership.objects.create(person=expert, org=scene.city.org, role=Role.CITY_OFFICER, since=date(2020, 1, 1))
    objection = an_objection(notice, scene.entries[0])

    tried = signed_in(expert).post(
        reverse("objection", args=[objection.number]), {"finding": FINDING, "effect": "keep"}
    )

    assert (tried.status_code, Reconsideration.objects.count()) == (422, 0)
    assert "按回避规定不能复核" in tried.content.decode()


def test_a_colleague_keeps_the_result_and_the_letter_is_written(scene, notice):
    objection = an_objection(notice, scene.entries[0])

    page = send(scene.colleague(), "objection", objection.number, finding=FINDING, effect="keep")
    letter = see(scene.colleague(), "objection_letter", objection.number).content.decode()

    objection.refresh_from_db()
    assert objection.state == "dismissed"
    assert "答复函已生成" in page.content.decode()
    assert "赵大明" in letter and FINDING in letter and "异议不成立，维持原公示结果。" in letter


def test_a_colleague_strikes_an_entry_and_the_list_is_published_anew(scene, notice):
    objection = an_objection(notice, scene.entries[0])

    send(scene.colleague(), "objection", objection.number, finding=FINDING, effect="strike")
    page = see(scene.colleague(), "office_notice", notice.number)

    newer = PublicNotice.objects.get(replaces=notice)
    assert (page.context["notice"].state, newer.state, newer.decision.version) == ("superseded", "open", 2)
    assert [version.number for version in page.context["versions"]] == [notice.number, newer.number]
    assert scene.call.applications.get(pk=scene.entries[0].pk).state == "disqualified"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"finding": "", "effect": "keep"}, "finding"),
        ({"finding": FINDING}, "effect"),
        ({"finding": FINDING, "effect": "change_prize"}, "new_prize"),
    ],
)
def test_an_incomplete_finding_is_refused_with_nothing_written(scene, notice, data, field):
    objection = an_objection(notice, scene.entries[0])

    page = scene.colleague().post(reverse("objection", args=[objection.number]), data)

    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    assert (Reconsideration.objects.count(), Decision.objects.count()) == (0, 1)


def test_a_prize_over_the_cap_is_refused_and_nothing_is_half_done(scene, notice):
    """The fourth entry would make four prizes of five entries; the cap is three."""
    objection = an_objection(notice, scene.entries[3])

    page = scene.colleague().post(
        reverse("objection", args=[objection.number]),
        {"finding": FINDING, "effect": "change_prize", "new_prize": "third"},
    )

    assert page.status_code == 422
    assert "超过上限 3 件" in page.content.decode()
    assert (Reconsideration.objects.count(), Decision.objects.count(), PublicNotice.objects.count()) == (0, 1, 1)


def test_an_objection_to_no_entry_in_particular_can_only_be_answered(scene, notice):
    objection = an_objection(notice, None)

    page = see(scene.colleague(), "objection", objection.number)

    assert [value for value, _label in page.context["form"].fields["effect"].choices] == ["keep"]


def test_there_is_no_letter_before_the_answer(scene, notice):
    objection = an_objection(notice, scene.entries[0])

    page = scene.office().get(reverse("objection_letter", args=[objection.number]), follow=True)

    assert "还没有复核意见" in page.content.decode()


# --- who may, and how many queries -------------------------------------------------------------------------------


def test_each_office_sees_its_own_notices_and_objections_only(scene, notice):
    objection = an_objection(notice, scene.entries[0])
    refused = {"anonymous": 302, "pupil": 403, "teacher": 403, "other_teacher": 403, "guardian": 403, "school": 403, "other_school": 403,
               "expert": 403, "inspector": 403}  # fmt: skip
    lists = refused | {"district": 200, "other_district": 200, "city": 200}
    rows = refused | {"district": 404, "other_district": 404, "city": 200}

    for name, args, expected in (
        ("office_notices", [], lists), ("objections", [], lists), ("office_notice", [notice.number], rows), ("objection", [objection.number], rows)
    ):  # fmt: skip
        assert statuses(scene, name, *args) == expected, name
    assert not see(signed_in(scene.people["district"]), "objections").context["rows"]


def test_another_citys_officer_finds_nothing(notice):
    stranger = a_judged_round()

    assert see(stranger.office(), "office_notice", notice.number).status_code == 404


def test_the_queue_asks_the_same_number_of_queries_for_one_and_three(scene, notice, django_assert_max_num_queries):
    asked = []
    office = scene.office()
    for entry in (scene.entries[0], scene.entries[1], scene.entries[2]):
        an_objection(notice, entry)
        for name in ("objections", "office_notices"):
            with django_assert_max_num_queries(14) as queries:
                see(office, name)
            asked.append((name, len(queries)))

    assert len(set(asked[2:])) == 2 and asked[2:4] == asked[4:6]


def test_an_officer_of_the_city_who_had_no_part_answers_for_a_district(scene):
    """The named second officer of the demo: the office is above, the decision was another's."""
    notice = published(scene)
    objection = an_objection(notice, scene.entries[1])
    third = an_officer(Role.CITY_OFFICER, scene.city.org)

    send(signed_in(third), "objection", objection.number, finding=FINDING, effect="change_prize", new_prize="third")

    assert Reconsideration.objects.get().decided_by == third.user
    assert Decision.objects.get(state="final").lines.get(application=scene.entries[1]).prize == "third"
