"""What the organiser does to a round, by form: good ones say what came of it, bad ones say why and change nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kechuang.base import clock
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.models import AuditEntry, Job
from kechuang.engine.models import Assignment, Conflict, DefenceSlot, Panel, ReviewRound
from kechuang.engine.reviews.actions import invite_reviewers
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from tests.factories.engine import a_call, a_ground, a_reviewer, an_application, closed, scored
from tests.factories.orgs import an_officer
from tests.web.review_scenes import a_defence, a_scene, signed_in

pytestmark = pytest.mark.django_db


def said(response):
    """The sentences the page shows after the act."""
    return " ".join(str(message) for message in response.context["messages"])


def act(scene, name, /, **data):
    return scene.officer().post(reverse(name, args=scene.args), data, follow=True)


# --- opening, staffing, assigning --------------------------------------------------------------------------------


def test_a_planned_round_is_opened_from_its_page():
    city = a_ground()
    call = a_call(city)
    an_application(call, city.schools[0])
    officer = signed_in(an_officer(Role.CITY_OFFICER, city.org))
    address = [call.slug, "preliminary"]

    assert "启动评审" in officer.get(reverse("round", args=address)).content.decode()
    response = officer.post(
        reverse("round_open", args=address),
        {"closes_at": f"{clock.now() + timedelta(days=9):%Y-%m-%dT%H:%M}"},
        follow=True,
    )

    assert said(response) == "“初评”进入评审：新收 1 件作品。"
    assert ReviewRound.objects.get(call=call).state == "open"


def test_opening_with_a_date_that_is_none_is_told_beside_the_field():
    city = a_ground()
    call = a_call(city)
    an_application(call, city.schools[0])

    response = signed_in(an_officer(Role.CITY_OFFICER, city.org)).post(
        reverse("round_open", args=[call.slug, "preliminary"]), {"closes_at": "明天"}
    )

    assert response.status_code == 422
    assert not ReviewRound.objects.exists()


def test_opening_without_screened_entries_is_refused_in_words():
    city = a_ground()
    call = a_call(city)

    response = signed_in(an_officer(Role.CITY_OFFICER, city.org)).post(
        reverse("round_open", args=[call.slug, "preliminary"]), follow=True
    )

    assert "没有资格审查通过的作品" in said(response)
    assert not ReviewRound.objects.exists()


def test_inviting_takes_the_chosen_and_tells_them():
    scene = a_scene(experts=0, assigned=False)
    suited, _other = a_reviewer(scene.city), a_reviewer(scene.city)

    assert "请先勾选" in said(act(scene, "round_invite"))
    response = act(scene, "round_invite", reviewer=suited.pk, load="12")

    assert said(response) == "已邀请 1 位专家，并发出通知。"
    assert list(scene.round.round_reviewers.values_list("reviewer", "load_max")) == [(suited.pk, 12)]


def test_an_invitation_is_taken_back_before_assignment_only():
    scene = a_scene(entries=1, experts=1, assigned=False)

    assert "已撤回" in said(act(scene, "round_uninvite", reviewer=scene.reviewers[0].pk))
    assert not scene.round.round_reviewers.exists()
    busy = a_scene(entries=1, experts=1)
    assert "已分配作品" in said(act(busy, "round_uninvite", reviewer=busy.reviewers[0].pk))


def test_assigning_says_what_came_of_it_and_keeps_it_on_the_board():
    scene = a_scene(assigned=False)

    response = act(scene, "round_assign")

    assert said(response) == "新分配 9 份，共 9 份，每件作品的专家都已到位。"
    assert "理论上限" in response.content.decode()


def test_a_shortfall_is_told_by_name():
    scene = a_scene(entries=1, experts=2, assigned=False)
    alias = scene.round.entries.get().alias

    response = act(scene, "round_assign")

    assert f"{alias} 缺 1 份" in said(response)
    assert f"{alias} 缺 1 份" in response.context["record"]["sentence"]


def test_a_large_round_is_assigned_in_the_background(monkeypatch):
    scene = a_scene(assigned=False)
    monkeypatch.setattr("kechuang.web.rounds.board.INLINE", 1)

    response = act(scene, "round_assign")
    act(scene, "round_assign")

    assert "已交后台办理" in said(response)
    assert Job.objects.filter(kind="reviews.assign").count() == 1
    run_pending_jobs()
    assert scene.round.assignments.count() == 9


# --- progress ----------------------------------------------------------------------------------------------------


def test_reminding_the_chosen_leaves_the_others_alone():
    scene = a_scene()

    assert said(act(scene, "round_remind", reviewer=scene.reviewers[0].pk)) == "已提醒 1 位专家。"
    assert scene.round.round_reviewers.filter(reminded_at__isnull=False).count() == 1
    assert said(act(scene, "round_remind")) == "已提醒 2 位专家。"
    assert "12 小时" in said(act(scene, "round_remind"))


def test_a_spread_shows_and_calls_an_extra_expert():
    scene = a_scene(entries=1)
    shares = iter((0.9, 0.5, 0.7))
    scored(scene.round, lambda row: next(shares))

    spare = a_reviewer(scene.city)
    invite_reviewers(scene.round, [spare], by=Actor.system())
    board = scene.officer().get(reverse("round", args=scene.args))
    assert [alarm.spread for alarm in board.context["alarms"]] == [40]

    response = act(scene, "round_extra", entry=board.context["alarms"][0].entry_id)

    assert spare.person.name in said(response)
    assert scene.round.assignments.get(is_extra=True).reviewer == spare


def test_no_one_left_for_an_extra_review_is_told():
    scene = a_scene(entries=1)
    shares = iter((0.9, 0.5, 0.7))
    scored(scene.round, lambda row: next(shares))

    assert "没有可以增派" in said(act(scene, "round_extra", entry=scene.round.entries.get().pk))


def test_moving_the_deadline_needs_a_later_date():
    scene = a_scene(entries=1)

    assert "请填写新的截止时间" in said(act(scene, "round_times", closes_at="x"))
    assert "应晚于现在" in said(act(scene, "round_times", closes_at="2020-01-01T10:00"))
    later = timezone.localtime(clock.now() + timedelta(days=3)).replace(second=0, microsecond=0)
    assert said(act(scene, "round_times", closes_at=f"{later:%Y-%m-%dT%H:%M}")) == "截止时间已调整。"
    scene.round.refresh_from_db()
    assert scene.round.closes_at == later


def test_closing_early_needs_a_reason_and_can_be_undone():
    scene = a_scene(entries=1)

    assert "缺评审" in said(act(scene, "round_close"))
    assert "缺评审" in said(act(scene, "round_close", force="yes", reason="  "))
    response = act(scene, "round_close", force="yes", reason="专家突发疾病")
    assert "已结束" in said(response)
    assert "专家突发疾病" in response.content.decode()
    assert "请写明" in said(act(scene, "round_reopen"))
    assert "已重新开启" in said(act(scene, "round_reopen", reason="还要补评"))
    scene.round.refresh_from_db()
    assert scene.round.state == "open"


# --- conflicts and the officer's own hand ------------------------------------------------------------------------


def test_conflicts_are_added_and_withdrawn_with_a_reason():
    scene = a_scene(entries=1)
    entry, expert = scene.round.entries.get(), scene.reviewers[0]

    response = act(
        scene, "conflicts", reviewer=expert.pk, entry=entry.alias.lower(), kind="relative", reason="作者的叔叔"
    )

    assert expert.person.name in said(response)
    assert scene.round.assignments.get(reviewer=expert).state == "recused"
    conflict = Conflict.objects.get()
    withdraw = reverse("conflict_withdraw", args=[*scene.args, conflict.pk])
    assert "请写明" in said(scene.officer().post(withdraw, {}, follow=True))
    scene.officer().post(withdraw, {"reason": "登记错了人"})
    assert not Conflict.objects.exists()


def test_a_conflict_on_an_unknown_number_is_told_beside_the_field():
    scene = a_scene(entries=1)

    response = act(scene, "conflicts", reviewer=scene.reviewers[0].pk, entry="E-XXXX", kind="declared", reason="认识")

    assert response.status_code == 422
    assert "没有编号为“E-XXXX”的作品" in response.content.decode()
    assert not Conflict.objects.exists()


def test_conflicts_are_filtered_by_expert():
    scene = a_scene(entries=2, experts=2)
    entry = scene.round.entries.first()
    for expert in scene.reviewers:
        act(scene, "conflicts", reviewer=expert.pk, entry=entry.alias, kind="declared", reason="认识")

    page = scene.officer().get(reverse("conflicts", args=scene.args), {"expert": scene.reviewers[0].pk})

    assert [row.reviewer for row, *_about in page.context["rows"]] == [scene.reviewers[0]]


def test_an_entry_is_given_by_hand_and_taken_away():
    scene = a_scene(entries=1, experts=3)

    spare, entry = a_reviewer(scene.city), scene.round.entries.get()
    invite_reviewers(scene.round, [spare], by=Actor.system())
    page = reverse("round_entry", args=[*scene.args, entry.alias])

    assert scene.officer().post(page, {"reviewer": spare.pk}).status_code == 422
    scene.officer().post(page, {"reviewer": spare.pk, "reason": "补一位教育专家"})
    row = Assignment.objects.get(entry=entry, reviewer=spare)
    assert row.state == "assigned"
    assert "已经分给" in said(scene.officer().post(page, {"reviewer": spare.pk, "reason": "再来"}, follow=True))
    void = reverse("assignment_void", args=[*scene.args, row.pk])
    assert "请写明" in said(scene.officer().post(void, {}, follow=True))
    scene.officer().post(void, {"reason": "专业不符"})
    row.refresh_from_db()
    assert row.state == "void"
    assert set(
        AuditEntry.objects.filter(action__in=("add_assignment", "void_assignment")).values_list("reason", flat=True)
    ) == {"补一位教育专家", "专业不符"}


def test_nobody_is_given_what_they_must_keep_away_from():
    scene = a_scene(entries=1)
    entry, expert = scene.round.entries.get(), scene.reviewers[0]
    act(scene, "conflicts", reviewer=expert.pk, entry=entry.alias, kind="declared", reason="认识")

    response = scene.officer().post(
        reverse("round_entry", args=[*scene.args, entry.alias]),
        {"reviewer": expert.pk, "reason": "人不够"},
        follow=True,
    )

    assert "应当回避" in said(response)
    assert scene.round.assignments.get(reviewer=expert).state == "recused"


def test_a_score_is_given_back_with_a_reason():
    scene = a_scene(entries=1)
    scored(scene.round)
    row = scene.round.assignments.first()
    url = reverse("score_reopen", args=[*scene.args, row.pk])

    assert "请写明" in said(scene.officer().post(url, {}, follow=True))
    assert "已退回" in said(scene.officer().post(url, {"reason": "创新性给错"}, follow=True))
    row.refresh_from_db()
    assert row.state == "draft"


def test_entries_are_found_by_school_and_by_what_they_lack():
    scene = a_scene(entries=4)
    school = scene.city.schools[0]
    page = reverse("assignments", args=scene.args)

    found = scene.officer().get(page, {"q": school.name})
    assert {row.application.org for row, _division in found.context["rows"]} == {school}
    assert scene.officer().get(page, {"show": "short"}).context["rows"] == []
    assert len(scene.officer().get(page, {"show": "waiting"}).context["rows"]) == 4


def test_acts_on_a_closed_round_are_refused():
    scene = a_scene(entries=1)
    closed(scored(scene.round))
    row = scene.round.assignments.first()

    for url in (
        reverse("score_reopen", args=[*scene.args, row.pk]),
        reverse("assignment_void", args=[*scene.args, row.pk]),
    ):
        assert "不在评审中" in said(scene.officer().post(url, {"reason": "晚了"}, follow=True))
    row.refresh_from_db()
    assert row.state == "submitted"


# --- defence -----------------------------------------------------------------------------------------------------


def panel_data(scene, **changes):
    experts = [reviewer.pk for reviewer in scene.reviewers]
    return {"name": "甲组", "room": "101", "reviewers": experts, "disciplines": ["PH"]} | changes


def test_panels_are_made_changed_and_deleted():
    scene = a_defence(panels=0)
    scene.reviewers = [a_reviewer(scene.city), a_reviewer(scene.city)]

    act(scene, "panel_new", **panel_data(scene))
    panel = Panel.objects.get()
    assert (panel.name, panel.disciplines, panel.reviewers.count()) == ("甲组", ["PH"], 2)
    scene.officer().post(reverse("panel", args=[*scene.args, panel.pk]), panel_data(scene, room="202"))
    panel.refresh_from_db()
    assert panel.room == "202"
    scene.officer().post(reverse("panel_delete", args=[*scene.args, panel.pk]))
    assert not Panel.objects.exists()


def test_a_panel_keeps_what_was_typed_when_it_is_refused():
    scene = a_defence()

    empty = act(scene, "panel_new", name="乙组")
    twice = act(scene, "panel_new", **panel_data(scene, name=scene.round.panels.get().name))

    assert (empty.status_code, twice.status_code) == (422, 422)
    assert "乙组" in empty.content.decode()
    assert "已有名为" in twice.content.decode()
    assert Panel.objects.count() == 1


def hours(**changes):
    day = clock.today() + timedelta(days=3)
    times = {
        "day": f"{day:%Y-%m-%d}",
        "opens": "09:00",
        "closes": "17:30",
        "lunch_from": "12:00",
        "lunch_until": "13:30",
    }
    return times | {"minutes": "20", "buffer": "5"} | changes


def test_the_timetable_is_built_and_one_entry_moved():
    scene = a_defence(panels=2, built=False)

    response = act(scene, "timetable_build", **hours())

    assert "件全部排好" in said(response)
    slot = DefenceSlot.objects.first()
    assert slot.ends_at - slot.starts_at == timedelta(minutes=20)
    later = timezone.localtime(slot.starts_at).replace(hour=16)
    url = reverse("slot", args=[*scene.args, slot.pk])
    assert scene.officer().post(url, {"panel": slot.panel_id, "starts_at": "下午"}).status_code == 422
    scene.officer().post(url, {"panel": slot.panel_id, "starts_at": f"{later:%Y-%m-%dT%H:%M}"})
    slot.refresh_from_db()
    assert slot.starts_at == later


def test_a_move_onto_another_entry_is_refused_beside_the_form():
    scene = a_defence()
    first, second = DefenceSlot.objects.order_by("starts_at")[:2]

    at = f"{timezone.localtime(second.starts_at):%Y-%m-%dT%H:%M}"
    response = scene.officer().post(
        reverse("slot", args=[*scene.args, first.pk]), {"panel": first.panel_id, "starts_at": at}
    )

    assert response.status_code == 422
    assert "已安排了别的作品" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"closes": "08:00"}, "应晚于开始的时间"), ({"minutes": "0"}, "3"), ({"day": "周一"}, "日期")],
)
def test_bad_hours_are_told_and_nothing_is_built(changes, sentence):
    scene = a_defence(built=False)

    response = act(scene, "timetable_build", **hours(**changes))

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not DefenceSlot.objects.exists()


def test_the_board_shows_who_is_in_and_who_is_next_without_names():
    scene = a_defence()
    first, second = DefenceSlot.objects.order_by("starts_at")[:2]

    with clock.travel(first.starts_at + timedelta(minutes=1)):
        rooms = scene.officer().get(reverse("defence_board", args=scene.args)).context["rooms"]

    assert (rooms[0].inside.slot.alias, rooms[0].coming[0].slot.alias) == (first.entry.alias, second.entry.alias)


def test_door_lists_and_the_board_name_no_pupil():
    scene = a_defence()
    pupils = [
        member.person.name for slot in DefenceSlot.objects.all() for member in slot.entry.application.members.all()
    ]

    for name in ("door_lists", "defence_board"):
        text = scene.officer().get(reverse(name, args=scene.args)).content.decode()
        assert not [pupil for pupil in pupils if pupil in text]


def test_the_board_names_one_next_step():
    scene = a_scene(entries=1, experts=3, assigned=False)

    def step():
        found = scene.officer().get(reverse("round", args=scene.args)).context["step"]
        return found.act

    steps = [step()]
    act(scene, "round_assign")
    steps.append(step())
    shares = iter((0.9, 0.5, 0.7))
    scored(scene.round, lambda row: next(shares))
    steps.append(step())
    invite_reviewers(scene.round, [a_reviewer(scene.city)], by=Actor.system())
    act(scene, "round_extra")
    scored(scene.round)
    steps.append(step())
    closed(scene.round)
    steps.append(step())

    assert steps == ["round_assign", "round_remind", "round_extra", "round_close", "ranking"]


def test_a_number_beyond_the_database_and_an_endless_name_break_nothing():
    scene = a_scene()
    client, huge = scene.officer(), "2243185276414389749131771904"

    chosen = client.post(reverse("round_set_chair", args=scene.args), {"reviewer": huge})
    listed = client.get(reverse("assignments", args=scene.args), {"expert": huge})
    searched = client.get(reverse("expert_new"), {"q": "长" * 60_000})

    assert chosen.status_code in {302, 400}  # SQLite says no, PostgreSQL finds nobody
    assert listed.status_code in {200, 400}
    assert searched.status_code == 200
