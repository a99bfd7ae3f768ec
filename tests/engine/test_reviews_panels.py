"""The defence: panels, timetable, the assignments that follow."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from kechuang.base.errors import Refused
from kechuang.engine.decisions.actions import finalise_decision, propose_decision
from kechuang.engine.reviews import actions, queries
from kechuang.engine.reviews.actions.timetabling import Hours, slot_times
from kechuang.engine.reviews.models import Assignment, DefenceSlot
from kechuang.orgs.actor import Actor
from tests.factories.engine import a_call, a_ground, a_reviewer, a_round, an_application, closed, scored
from tests.factories.orgs import a_person, actor_for

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
START = timezone.make_aware(datetime(2026, 12, 5, 9, 0))


@pytest.fixture
def city():
    return a_ground()


@pytest.fixture
def twin():
    """A pupil who is in two entries of the defence (as an adviser may be)."""
    return a_person(name="两件作品的人")


@pytest.fixture
def defence(city, twin):
    """The defence round of ten entries, six of them shortlisted; two share a person."""
    call = a_call(city)
    for place in range(10):
        an_application(call, city.schools[place % 4], advisers=[twin] if place < 2 else [], title=f"作品{place}")
    first = a_round(call, [a_reviewer(city) for _ in range(3)], assigned=True)
    closed(scored(first, lambda row: 0.95 - 0.01 * int(row.entry.application.title[2:])))
    finalise_decision(propose_decision(first, "shortlist", by=SYSTEM), by=SYSTEM)
    return actions.open_round(call, "defence", by=SYSTEM, seed=1)


def panel(round, name="甲组", reviewers=(), **words):
    return actions.create_panel(round, name=name, room=f"{name}室", reviewers=reviewers, by=SYSTEM, **words)


def test_defence_takes_in_the_shortlisted_under_new_aliases(defence):
    first = defence.call.rounds.get(code="preliminary")
    before = dict(first.entries.values_list("application_id", "alias"))
    after = dict(defence.entries.values_list("application_id", "alias"))

    assert len(after) == 6
    assert after.keys() < before.keys()
    assert all(before[pk] != alias for pk, alias in after.items())


def test_every_entry_gets_a_time_and_its_panel_s_experts(city, defence):
    experts = [a_reviewer(city) for _ in range(3)]
    panel(defence, reviewers=experts)

    built = actions.build_timetable(defence, start=START, by=SYSTEM)

    assert (built.placed, built.unplaced) == (6, ())
    assert defence.assignments.count() == 18
    card = queries.my_assignments(actor_for(experts[0].person), defence)[0]
    assert (card.room, card.starts_at is not None) == ("甲组室", True)
    rows = queries.timetable_of(defence)
    assert rows[0].starts_at == START
    assert all(later.starts_at >= row.ends_at for row, later in pairwise(rows))


def test_nobody_stands_before_two_panels_at_once(city, defence, twin):
    for name in ("甲组", "乙组", "丙组"):
        panel(defence, name, [a_reviewer(city)])

    actions.build_timetable(defence, start=START, by=SYSTEM)

    times = list(
        DefenceSlot.objects.filter(entry__application__advisers__person=twin).values_list("starts_at", flat=True)
    )
    assert len(set(times)) == 2


def test_conflicted_panel_does_not_hear_the_entry(city, defence):
    banned, free = a_reviewer(city), a_reviewer(city)
    one, other = panel(defence, "甲组", [banned]), panel(defence, "乙组", [free])
    entry = defence.entries.first()
    actions.add_conflict(defence, banned, entry, reason="师生", by=SYSTEM)

    actions.build_timetable(defence, start=START, by=SYSTEM)

    assert entry.slot.panel == other
    assert not Assignment.objects.filter(entry=entry, reviewer=banned).exists()
    with pytest.raises(Refused, match="需要回避"):
        actions.move_slot(entry.slot, panel=one, starts_at=START + timedelta(days=2), by=SYSTEM)


def test_entry_that_no_panel_may_hear_is_left_over_by_name(city, defence):
    banned = a_reviewer(city)
    panel(defence, reviewers=[banned])
    entry = defence.entries.first()
    actions.add_conflict(defence, banned, entry, reason="师生", by=SYSTEM)

    built = actions.build_timetable(defence, start=START, by=SYSTEM)

    assert built.unplaced == (entry.alias,)
    assert any(entry.alias in message.text for message in built.messages)


def test_panel_hears_its_disciplines(city, defence):
    general, physics = (
        panel(defence, "综合组", [a_reviewer(city)]),
        panel(defence, "物理组", [a_reviewer(city)], disciplines=["PH"]),
    )

    actions.build_timetable(defence, start=START, by=SYSTEM)

    assert set(DefenceSlot.objects.values_list("panel", flat=True)) == {physics.pk}
    assert general.pk != physics.pk


def test_slot_moves_alone_and_takes_its_experts_along(city, defence):
    old, new = a_reviewer(city), a_reviewer(city)
    one, other = panel(defence, "甲组", [old], disciplines=["PH"]), panel(defence, "乙组", [new])
    actions.build_timetable(defence, start=START, by=SYSTEM)
    slot = DefenceSlot.objects.order_by("starts_at").first()
    rest = set(DefenceSlot.objects.exclude(pk=slot.pk).values_list("entry", "panel", "starts_at"))

    moved = actions.move_slot(slot, panel=other, starts_at=START + timedelta(days=3), by=SYSTEM)

    assert (moved.panel, moved.ends_at - moved.starts_at) == (other, timedelta(minutes=15))
    assert set(DefenceSlot.objects.exclude(pk=slot.pk).values_list("entry", "panel", "starts_at")) == rest
    states = dict(Assignment.objects.filter(entry=slot.entry).values_list("reviewer", "state"))
    assert states == {old.pk: "void", new.pk: "assigned"}
    assert one.slots.count() == 5


def test_slot_does_not_move_onto_another(city, defence):
    only = panel(defence, reviewers=[a_reviewer(city)])
    actions.build_timetable(defence, start=START, by=SYSTEM)
    first, second = DefenceSlot.objects.order_by("starts_at")[:2]

    with pytest.raises(Refused, match="已安排"):
        actions.move_slot(first, panel=only, starts_at=second.starts_at + timedelta(minutes=5), by=SYSTEM)


def test_slot_does_not_put_a_person_in_two_places(city, defence, twin):
    one, other = panel(defence, "甲组", [a_reviewer(city)]), panel(defence, "乙组", [a_reviewer(city)])
    actions.build_timetable(defence, start=START, by=SYSTEM)
    a, b = DefenceSlot.objects.filter(entry__application__advisers__person=twin)
    target = other if b.panel == one else one
    DefenceSlot.objects.filter(panel=target).exclude(pk=a.pk).delete()

    with pytest.raises(Refused, match="另有一场问辩"):
        actions.move_slot(a, panel=target, starts_at=b.starts_at, by=SYSTEM)


def test_scored_timetable_is_not_rebuilt(city, defence):
    group = panel(defence, reviewers=[a_reviewer(city)])
    actions.build_timetable(defence, start=START, by=SYSTEM)
    scored(defence)

    with pytest.raises(Refused, match="不能重排"):
        actions.build_timetable(defence, start=START, by=SYSTEM)
    with pytest.raises(Refused, match="不能再更换专家或删除"):
        actions.delete_panel(group, by=SYSTEM)
    with pytest.raises(Refused, match="不能换到别的专家组"):
        actions.move_slot(
            DefenceSlot.objects.first(), panel=panel(defence, "乙组", [a_reviewer(city)]), starts_at=START, by=SYSTEM
        )


def test_changed_panel_changes_who_judges(city, defence):
    old, new = a_reviewer(city), a_reviewer(city)
    group = panel(defence, reviewers=[old])
    actions.build_timetable(defence, start=START, by=SYSTEM)

    actions.update_panel(group, name="甲组", room="二楼", reviewers=[new], by=SYSTEM)

    assert set(defence.assignments.standing().values_list("reviewer", flat=True)) == {new.pk}


def test_panel_needs_experts_room_and_its_own_name(city, defence):
    panel(defence, reviewers=[a_reviewer(city)])

    with pytest.raises(Refused, match="至少要有一位专家"):
        panel(defence, "乙组")
    with pytest.raises(Refused, match="已有名为"):
        panel(defence, "甲组", [a_reviewer(city)])
    with pytest.raises(Refused, match="学科"):
        panel(defence, "乙组", [a_reviewer(city)], disciplines=["XX"])


def test_written_round_has_no_panels(city):
    call = a_call(city)
    an_application(call, city.schools[0])

    with pytest.raises(Refused, match="不是问辩轮次"):
        panel(a_round(call), reviewers=[a_reviewer(city)])


def test_slots_leave_lunch_and_the_evening_free():
    times = slot_times(START, timedelta(minutes=30), Hours(opens=9, closes=15, lunch=(12, 13.5)), 12)

    hours = [f"{timezone.localtime(at):%d %H:%M}" for at in times]
    assert hours[:10] == [
        "05 09:00", "05 09:30", "05 10:00", "05 10:30", "05 11:00", "05 11:30", "05 13:30", "05 14:00", "05 14:30", "06 09:00",
    ]  # fmt: skip


def test_day_too_short_for_one_entry_is_refused():
    with pytest.raises(Refused, match="太短"):
        slot_times(START, timedelta(minutes=60), Hours(opens=9, closes=9.5), 3)
