"""Who may open the pages of an application, and what stands on them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from kechuang.base import clock
from kechuang.engine.applications.actions import add_member, begin_application
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.perform import perform
from kechuang.engine.reviews.models import DefenceSlot, Panel, ReviewRound, RoundEntry
from kechuang.orgs.actions.consents import withdraw_consent
from tests.factories.engine import COMMENT, a_reviewer, a_round, scored
from tests.factories.orgs import a_guardian, a_pupil, actor_for, an_officer
from tests.web.applicant_scene import a_draft, a_paper, a_ready, a_scene, a_submitted, everybody, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TEAM = {"pupil", "teacher", "guardian"}
FILLERS = {"pupil", "teacher"}
OFFICES = {"school", "district", "city", "inspector"}

OWN_LIST = 9
"""Queries of the own list, however many applications stand on it."""

DRAFT_PAGES = {
    "application": TEAM,
    "application_edit": FILLERS,
    "application_review": FILLERS,
    "application_preview": FILLERS,
    "application_progress": FILLERS,
    "application_people": FILLERS,
    "application_disciplines": FILLERS,
}
SENT_PAGES = {
    "application": TEAM | OFFICES,
    "application_sent": TEAM | OFFICES,
    "application_receipt": TEAM | OFFICES,
    "application_preview": FILLERS,
}


def readers(application, people, names):
    found = {}
    for name in names:
        url = reverse(name, args=[application.public_id])
        statuses = {who: signed_in(person).get(url).status_code for who, person in people.items()}
        assert statuses["anonymous"] == 302
        assert set(statuses.values()) <= {200, 302, 403, 404}
        found[name] = {who for who, status in statuses.items() if status == 200}
    return found


def test_draft_is_for_its_team_alone():
    scene = a_scene()
    draft = a_draft(scene)
    people = everybody(scene) | {"guardian": a_guardian(scene.pupil)}

    assert readers(draft, people, DRAFT_PAGES) == DRAFT_PAGES


def test_submitted_application_is_read_by_team_and_its_offices():
    scene = a_scene()
    sent = a_submitted(scene)
    people = everybody(scene) | {"guardian": a_guardian(scene.pupil)}

    assert readers(sent, people, SENT_PAGES) == SENT_PAGES


def test_names_of_officials_are_for_officials():
    scene = a_scene()
    sent = a_submitted(scene)
    officer = an_officer("school_officer", scene.school)
    perform(sent, "endorse", by=actor_for(officer))
    url = reverse("application", args=[sent.public_id])

    for_office = signed_in(officer).get(url).content.decode()
    for_team = signed_in(scene.pupil).get(url).content.decode()

    assert officer.user.username in for_office
    assert officer.user.username not in for_team
    assert "审核通过并报送" in for_team


def test_inspector_sees_masked_names():
    scene = a_scene()
    scene.pupil.name = "欧阳小三"
    scene.pupil.save()
    sent = a_submitted(scene)
    url = reverse("application", args=[sent.public_id])

    for_school = signed_in(an_officer("school_officer", scene.school)).get(url).content.decode()
    for_inspector = signed_in(an_officer("inspector", scene.city.org)).get(url).content.decode()

    assert "欧阳小三" in for_school
    assert "欧阳小三" not in for_inspector
    assert "欧**三" in for_inspector


def test_moves_on_the_page_are_those_the_reader_may_make():
    scene = a_scene()
    sent = a_submitted(scene)
    url = reverse("application", args=[sent.public_id])

    offered = {
        who: {move.name for move in signed_in(person).get(url).context["moves"]}
        for who, person in {
            "pupil": scene.pupil,
            "school": an_officer("school_officer", scene.school),
            "district": an_officer("district_officer", scene.city.east),
            "guardian": a_guardian(scene.pupil),
        }.items()
    }

    assert offered == {
        "pupil": {"withdraw"},
        "school": {"return", "endorse", "decline"},
        "district": set(),
        "guardian": set(),
    }


def test_officer_returns_with_a_reason_and_the_team_reads_it():
    scene = a_scene()
    sent = a_submitted(scene)
    officer = signed_in(an_officer("school_officer", scene.school))
    move = reverse("application_move", args=[sent.public_id, "return"])

    assert "理由" in officer.get(move).content.decode()
    officer.post(move, {"reason": ""})
    sent.refresh_from_db()
    assert sent.state == "submitted"
    officer.post(move, {"reason": "请补充原始数据。"})
    sent.refresh_from_db()
    assert sent.state == "returned"
    assert (
        "请补充原始数据。"
        in signed_in(scene.pupil).get(reverse("application_edit", args=[sent.public_id])).content.decode()
    )


def test_move_without_the_right_changes_nothing():
    scene = a_scene()
    sent = a_submitted(scene)
    move = reverse("application_move", args=[sent.public_id, "endorse"])

    response = signed_in(scene.pupil).post(move, follow=True)

    sent.refresh_from_db()
    assert sent.state == "submitted"
    assert "您没有权限" in response.content.decode()


def test_collective_move_cannot_be_made_by_hand():
    scene = a_scene()
    sent = a_submitted(scene)

    response = signed_in(an_officer("city_officer", scene.city.org)).post(
        reverse("application_move", args=[sent.public_id, "award"])
    )

    assert response.status_code == 404


def test_withdrawing_asks_once_more_and_frees_the_pupil():
    scene = a_scene()
    sent = a_submitted(scene)
    client = signed_in(scene.pupil)
    move = reverse("application_move", args=[sent.public_id, "withdraw"])

    assert client.get(move).status_code == 200
    client.post(move)

    sent.refresh_from_db()
    assert sent.state == "withdrawn"
    assert not sent.members.filter(is_live=True).exists()


def test_papers_are_shown_in_the_page():
    scene = a_scene()
    sent = a_submitted(scene)
    paper = sent.attachments.first().stored

    page = signed_in(scene.pupil).get(reverse("application", args=[sent.public_id])).content.decode()

    assert f'<iframe src="{reverse("file", args=[paper.public_id])}"' in page


def test_own_list_costs_the_same_with_more_rows(django_assert_num_queries):
    scene = a_scene()
    client = signed_in(scene.teacher)
    _drafts_of_teacher(scene, 1)
    client.get(reverse("applications"))  # the session and what is read once
    with django_assert_num_queries(OWN_LIST):
        client.get(reverse("applications"))
    _drafts_of_teacher(scene, 2)
    with django_assert_num_queries(OWN_LIST):
        response = client.get(reverse("applications"))
    assert len(response.context["rows"]) == 3


def _drafts_of_teacher(scene, n):
    for _n in range(n):
        draft = begin_application(scene.call, scene.school, by=actor_for(scene.teacher))
        add_member(draft, a_pupil(scene.school), by=actor_for(scene.teacher))
        Application.objects.filter(pk=draft.pk).update(title="作品")


def test_own_list_says_the_next_step():
    scene = a_scene()
    client = signed_in(scene.pupil)
    assert "还没有申报" in client.get(reverse("applications")).content.decode()

    ready = a_ready(scene)
    assert "内容已齐全" in client.get(reverse("applications")).content.decode()
    ready.attachments.all().delete()
    assert "还差 2 项" in client.get(reverse("applications")).content.decode()


def test_own_list_says_who_must_still_agree():
    scene = a_scene()
    ready = a_ready(scene)
    withdraw_consent(scene.pupil, "entering", by=actor_for(scene.pupil))

    (row,) = signed_in(scene.pupil).get(reverse("applications")).context["rows"]
    assert "还差 1 份同意" in row.next_step
    assert row.url == reverse("application_review", args=[ready.public_id])
    assert row.lacks == (f"{scene.pupil.name} 的参赛同意",)


def test_preview_hides_who_it_is_and_warns_of_what_still_tells():
    scene = a_scene()
    draft = a_ready(scene)
    Application.objects.filter(pk=draft.pk).update(title=f"{scene.school.name}的鸟")
    draft.attachments.all().delete()
    a_paper(draft, "report", f"报告-{scene.pupil.name}.pdf")

    response = signed_in(scene.pupil).get(reverse("application_preview", args=[draft.public_id]))

    found = {(trace.label, trace.word) for trace in response.context["traces"]}
    assert ("作品名称", scene.school.name) in found
    assert (f"文件名“报告-{scene.pupil.name}.pdf”", scene.pupil.name) in found
    entry = response.context["entry"]
    shown = {answer.code for answer in entry.answers}
    assert "adult_help" not in shown
    assert "method" in shown
    assert [paper.name for paper in entry.files] == ["研究报告 1"]


def test_preview_of_the_open_round_names_school_and_team():
    scene = a_scene()
    draft = a_ready(scene)
    blind_round = next(one for one in scene.call.plan.rounds if one.blind)
    open_rounds = [one for one in scene.call.plan.rounds if not one.blind]
    client, url = signed_in(scene.pupil), reverse("application_preview", args=[draft.public_id])

    assert client.get(url, {"round": blind_round.code}).context["entry"].members == ()
    for one in open_rounds:
        entry = client.get(url, {"round": one.code}).context["entry"]
        assert (entry.school, entry.members) == (scene.school.name, (scene.pupil.name,))


def test_edit_page_of_a_sent_application_leads_to_its_page():
    scene = a_scene()
    sent = a_submitted(scene)

    response = signed_in(scene.pupil).get(reverse("application_edit", args=[sent.public_id]))

    assert response.url == reverse("application", args=[sent.public_id])


def test_pupil_of_the_same_school_is_a_stranger():
    scene = a_scene()
    sent = a_submitted(scene)
    mate = a_pupil(scene.school, grade=8)

    assert signed_in(mate).get(reverse("application", args=[sent.public_id])).status_code == 404
    assert signed_in(mate).get(reverse("file", args=[sent.attachments.first().stored.public_id])).status_code == 404


def test_defence_is_announced_with_time_and_room():
    scene = a_scene()
    sent = a_submitted(scene)
    Application.objects.filter(pk=sent.pk).update(state="in_defence")
    round = ReviewRound.objects.create(call=scene.call, number=2, code="defence")
    entry = RoundEntry.objects.create(round=round, application=sent, alias="D001")
    panel = Panel.objects.create(round=round, name="第一组", room="科学馆 203")
    starts = clock.now() + timedelta(days=3)
    DefenceSlot.objects.create(panel=panel, entry=entry, starts_at=starts, ends_at=starts + timedelta(minutes=15))
    url = reverse("application", args=[sent.public_id])

    assert "科学馆 203" in signed_in(scene.pupil).get(url).content.decode()
    Application.objects.filter(pk=sent.pk).update(state="in_review")
    assert "科学馆 203" not in signed_in(scene.pupil).get(url).content.decode()


def test_feedback_is_read_after_the_decision_and_not_before():
    scene = a_scene()
    sent = a_submitted(scene)
    Application.objects.filter(pk=sent.pk).update(
        state="screened", stage="senior", discipline="PH", division="senior.PH"
    )
    expert = a_reviewer(scene.city)
    scored(a_round(scene.call, [expert], assigned=True))
    url = reverse("application", args=[sent.public_id])

    assert "继续加油" not in signed_in(scene.pupil).get(url).content.decode()
    Application.objects.filter(pk=sent.pk).update(state="not_awarded")
    page = signed_in(scene.pupil).get(url).content.decode()
    assert "继续加油" in page
    assert expert.person.name not in page
    assert COMMENT not in page
