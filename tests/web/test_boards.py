"""The boards: the day of the defence, the round on the wall, the ceremony, and the chair's page."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from kechuang.base import clock
from kechuang.engine.decisions.actions import finalise_decision, propose_decision
from kechuang.engine.models import Assignment, DefenceSlot, PublicNotice, RoundReviewer, Score
from kechuang.engine.publicity.actions import close_notice, draft_notice, publish_notice
from kechuang.engine.reviews.actions.day import delay_defence, finish_defence, set_chair, start_defence
from kechuang.engine.reviews.queries.expected import expected
from kechuang.orgs.actor import Actor
from tests.factories.engine import closed, scored
from tests.web.review_scenes import SYSTEM, a_defence, a_scene, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    settings.TOTP_ROLES = []


def slots_of(scene) -> list[DefenceSlot]:
    return list(DefenceSlot.objects.filter(panel__round=scene.round).order_by("starts_at").select_related("entry"))


def expectations(scene, now):
    return [(one.state, one.late) for one in expected(slots_of(scene), now)]


def test_unmarked_rooms_go_by_the_clock():
    scene = a_defence()
    first = slots_of(scene)[0]

    assert [state for state, _late in expectations(scene, first.starts_at + timedelta(minutes=1))] == [
        "inside",
        "waiting",
        "waiting",
    ]
    assert expectations(scene, first.starts_at + timedelta(days=1))[-1] == ("done", 0)


def test_a_late_start_moves_everybody_after_it():
    scene = a_defence()
    first = slots_of(scene)[0]
    with clock.travel(first.starts_at + timedelta(minutes=10)):
        start_defence(first, by=SYSTEM)

        assert expectations(scene, clock.now()) == [("inside", 10), ("waiting", 10), ("waiting", 10)]


def test_a_told_delay_moves_it_and_what_follows_and_can_be_taken_back():
    scene = a_defence()
    second = slots_of(scene)[1]
    before = second.starts_at - timedelta(hours=2)

    delay_defence(second, 15, by=SYSTEM)
    delayed = expectations(scene, before)
    delay_defence(second, 0, by=SYSTEM)

    assert delayed == [("waiting", 0), ("waiting", 15), ("waiting", 15)]
    assert expectations(scene, before) == [("waiting", 0)] * 3


def test_one_room_holds_one_team_and_the_steward_is_told_so():
    scene = a_defence()
    officer, (first, second, _third) = scene.officer(), slots_of(scene)
    address = reverse("defence_day", args=scene.args)
    officer.post(address, {"slot": first.pk, "act": "start"})

    refused = officer.post(address, {"slot": second.pk, "act": "start"}, follow=True)
    finish_defence(first, by=SYSTEM)
    officer.post(address, {"slot": second.pk, "act": "start"})

    assert f"{first.entry.alias} 还没有结束" in refused.content.decode()
    second.refresh_from_db()
    assert second.started_at is not None


def test_experts_mark_their_own_room_and_no_other():
    scene = a_defence(panels=2, entries=5)
    mine, other = scene.round.panels.order_by("pk")
    expert = signed_in(mine.reviewers.first().person)
    slot = mine.slots.order_by("starts_at").first() or DefenceSlot.objects.filter(panel__round=scene.round).first()

    answers = [expert.get(reverse("own_room", args=[panel.pk])).status_code for panel in (mine, other)]
    foreign = other.slots.first()

    assert answers == [200, 404]
    if foreign is not None:
        assert expert.post(reverse("own_room", args=[mine.pk]), {"slot": foreign.pk, "act": "start"}).status_code == 404
    assert slot is not None


def test_the_board_says_who_is_late_without_script_and_with():
    scene = a_defence()
    first = slots_of(scene)[0]
    with clock.travel(first.starts_at + timedelta(minutes=10)):
        start_defence(first, by=SYSTEM)
        page = scene.officer().get(reverse("defence_board", args=scene.args)).content.decode()
        part = scene.officer().get(reverse("defence_board", args=scene.args), headers={"HX-Request": "true"})

    assert '<meta http-equiv="refresh" content="30">' in page
    assert "比原定晚 10 分钟" in page
    assert part.templates[0].name == "rounds/_rooms.html"


def test_a_team_reads_when_it_will_really_go_in():
    scene = a_defence()
    first, _second, third = slots_of(scene)
    pupil = third.entry.application.members.get().person
    with clock.travel(first.starts_at + timedelta(minutes=10)):
        start_defence(first, by=SYSTEM)
        page = signed_in(pupil).get(reverse("application", args=[third.entry.application.public_id])).content.decode()

    assert "比原定晚 10 分钟" in page
    assert "前面还有 2 件。" in page


@pytest.mark.parametrize("entries", [1, 3])
def test_the_live_round_costs_a_fixed_number_of_queries(entries, django_assert_num_queries):
    scene = a_scene(entries=entries)
    officer = scene.officer()
    address = reverse("round_live", args=scene.args)
    officer.get(address)

    with django_assert_num_queries(9):
        page = officer.get(address)

    assert (page.context["progress"].entries, page.context["left"], page.context["percent"]) == (
        entries,
        3 * entries,
        0,
    )
    assert {line.name for line in page.context["late"]} == {r.person.name for r in scene.reviewers}


def test_the_chair_sees_who_is_strict_and_what_to_discuss_and_nobody_else_does():
    scene = a_scene(entries=4)
    scored(scene.round, lambda row: 0.5 if row.reviewer_id == scene.reviewers[1].pk else 0.9)
    address = reverse("chair_round", args=[scene.round.pk])
    before = scene.expert().get(address).status_code
    set_chair(scene.round, scene.reviewers[0].pk, by=SYSTEM)

    page = scene.expert().get(address)

    assert (before, scene.expert(1).get(address).status_code) == (404, 404)
    assert len(page.context["discussed"]) == 4
    assert scene.reviewers[1].person.name in page.context["chart"].says
    set_chair(scene.round, scene.reviewers[2].pk, by=SYSTEM)
    assert RoundReviewer.objects.get(round=scene.round, is_chair=True).reviewer == scene.reviewers[2]


def test_the_chair_does_not_see_the_scores_of_what_they_have_still_to_score():
    scene = a_scene(entries=2)
    scored(scene.round, lambda row: 0.5 if row.reviewer_id == scene.reviewers[1].pk else 0.9)
    mine = Assignment.objects.filter(round=scene.round, reviewer=scene.reviewers[0]).first()
    Score.objects.filter(assignment=mine).update(total=Decimal(90))
    Assignment.objects.filter(pk=mine.pk).update(state="draft", submitted_at=None)
    set_chair(scene.round, scene.reviewers[0].pk, by=SYSTEM)

    page = scene.expert().get(reverse("chair_round", args=[scene.round.pk]))

    assert mine.entry.alias not in [one.alarm.alias for one in page.context["discussed"]]
    assert len(page.context["discussed"]) == 1


def test_the_ceremony_waits_for_the_end_of_the_notice_and_goes_from_the_last_prize_to_the_first():
    scene = a_defence(entries=8)
    officer, address = scene.officer(), reverse("ceremony", args=[scene.call.slug])
    closed(scored(scene.round, lambda row: 0.95 - 0.01 * row.entry_id % 0.3))
    by = Actor.of(scene.organiser.user)
    decision = finalise_decision(propose_decision(scene.round, "award", {"group_by": "stage"}, by=by), by=by)
    notice = publish_notice(draft_notice(decision, by=by), by=by)
    early = officer.get(address)
    with clock.travel(clock.end_of(notice.ends_on) + timedelta(hours=10)):
        close_notice(notice, by=by)

    title, first = officer.get(address), officer.get(address, {"step": 1})
    last = officer.get(address, {"step": title.context["last"]})

    assert (early.status_code, early["Location"]) == (302, reverse("office_call", args=[scene.call.slug]))
    assert (title.context["before"], title.context["after"], first.context["before"]) == (None, 1, 0)
    order = [prize.name for prize in scene.call.plan.prizes.prizes]
    assert order.index(first.context["slide"].title) > order.index(last.context["slide"].title)
    assert last.context["after"] is None
    shown = {line.title for line in last.context["slide"].lines}
    assert shown <= set(PublicNotice.objects.get(pk=notice.pk).lines.values_list("title", flat=True))
