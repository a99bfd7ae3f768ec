"""Timetables: hard rules always hold, soft rules are kept where they can be, one entry moves alone."""

import itertools
import math
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.judging import Defence, Panel, Room, Slot, free_places, move_entry, timetable
from kechuang.judging.timetables import by_panel, by_room, icalendar, of_person, resumed
from kechuang.judging.timetables.grid import Grid
from kechuang.judging.timetables.soft import SoftRules


def city(seed, entries=60, panels=4, rooms=3, per_day=14):
    chance = random.Random(seed)
    return (
        [Panel(f"P{n}", frozenset({f"judge{n}", f"judge{(n + 1) % 3 + 10}"})) for n in range(panels)],
        [Room(f"R{n}", frozenset({"1-0"}) if n == 0 else frozenset()) for n in range(rooms)],
        [Slot(f"{day}-{n}", day, lunch=n in (6, 7)) for day in range(2) for n in range(per_day)],
        [
            Defence(
                f"E{n}", frozenset({f"pupil{chance.randrange(entries)}", f"own{n}"}), f"S{n % 8}", chance.random() ** 3
            )
            for n in range(entries)
        ],
        {(f"P{chance.randrange(panels)}", f"E{chance.randrange(entries)}") for _ in range(20)},
    )


def broken(table, conflicts):
    """Every hard rule, counted from the sittings alone."""
    plan, found = table.plan, []
    people = {e.key: e.people for e in plan.entries} | {p.key: p.judges for p in plan.panels}
    for slot in plan.slots:
        here = [s for s in table.sittings if s.slot == slot.key]
        busy = [person for s in here for person in people[s.entry] | people[s.panel]]
        rooms, panels = [s.room for s in here], [s.panel for s in here]
        found += [slot.key for used in (busy, rooms, panels) if len(set(used)) != len(used)]
        found += [s for s in here for room in plan.rooms if room.key == s.room and slot.key in room.closed]
    return found + [s for s in table.sittings if (s.panel, s.entry) in conflicts]


@pytest.mark.parametrize("seed", range(4))
def test_hard_rules_hold_and_everybody_is_heard(seed):
    *task, conflicts = city(seed)

    found = timetable(*task, conflicts=conflicts, seed=seed)

    assert broken(found, conflicts) == []
    assert sorted(s.entry for s in found.sittings) == sorted(e.key for e in task[3])
    assert found.unplaced == ()
    assert found.sittings == timetable(*task, conflicts=conflicts, seed=seed).sittings


def test_too_few_slots_leave_entries_out_with_a_reason():
    found = timetable([Panel("P")], [Room("R")], [Slot(1), Slot(2)], [Defence(n) for n in range(3)])

    assert len(found.sittings) == 2
    assert len(found.unplaced) == 1
    assert [message.code for message in found.messages] == ["timetable.taken", "timetable.most"]
    assert found.placeable == 2


def test_the_exact_search_finds_what_greedy_placing_cannot():
    entries = [
        Defence("a", frozenset({"x"}), panels=frozenset({"P", "Q"})),
        Defence("b", frozenset({"x", "y"}), panels=frozenset({"P", "Q"})),
        Defence("c", frozenset({"y"}), panels=frozenset({"P"}), away=frozenset({1})),
        Defence("d", frozenset({"z"}), panels=frozenset({"P"}), away=frozenset({1, 3})),
    ]

    found = timetable([Panel("P"), Panel("Q")], [Room(1), Room(2)], [Slot(1), Slot(2), Slot(3)], entries)

    assert found.unplaced == ()
    assert broken(found, set()) == []


def test_one_school_is_not_heard_back_to_back_where_it_can_be_avoided():
    entries = [Defence(n, school=n % 2) for n in range(6)]

    found = timetable([Panel("P")], [Room("R")], [Slot(n) for n in range(6)], entries)

    schools = [s.entry % 2 for s in found.sittings]
    assert all(one != other for one, other in itertools.pairwise(schools))
    assert found.penalties.get("same_school", 0) == 0


def test_far_entries_come_late_and_lunch_is_left_free():
    slots = [Slot(n, lunch=n in (4, 5)) for n in range(10)]
    entries = [Defence(n, far=1.0 if n < 3 else 0.0) for n in range(8)]

    found = timetable([Panel("P")], [Room("R")], slots, entries)

    assert all(found.of(n).slot >= 4 for n in range(3))
    assert not {4, 5} <= {s.slot for s in found.sittings}


def test_moving_one_entry_leaves_the_others():
    *task, conflicts = city(1, entries=40)
    before = timetable(*task, conflicts=conflicts)
    panel, slot, _ = free_places(before, "E7")[0]

    after = move_entry(before, "E7", panel, slot)

    assert (after.of("E7").panel, after.of("E7").slot) == (panel, slot)
    assert {s for s in before.sittings if s.entry != "E7"} == {s for s in after.sittings if s.entry != "E7"}
    assert broken(after, conflicts) == []


def test_a_move_that_breaks_a_hard_rule_is_refused_with_the_reason():
    table = timetable([Panel("P")], [Room("R")], [Slot(1), Slot(2)], [Defence("a"), Defence("b")])

    with pytest.raises(ValueError, match="已有作品"):
        move_entry(table, "a", slot=table.of("b").slot)


def test_fixed_places_are_kept_and_bound_rooms_used():
    panels = [Panel("P", room="R2"), Panel("Q")]

    found = timetable(
        panels, [Room("R1"), Room("R2")], [Slot(1), Slot(2)], [Defence(n) for n in range(4)], fixed={3: ("P", 2)}
    )

    assert (found.of(3).panel, found.of(3).slot, found.of(3).room) == ("P", 2, "R2")
    assert {s.room for s in found.sittings if s.panel == "P"} == {"R2"}


def test_lists_for_doors_judges_and_pupils_show_the_same_sittings():
    *task, conflicts = city(2)
    table = timetable(*task, conflicts=conflicts)

    doors, panels = ({s for part in lists.values() for s in part} for lists in (by_room(table), by_panel(table)))
    assert doors == panels == set(table.sittings)
    assert [s.entry for s in of_person(table, "own5")] == ["E5"]


def test_the_calendar_file_has_utc_times_and_folded_lines():
    start = datetime(2026, 12, 5, 1, tzinfo=UTC)
    table = timetable(
        [Panel("P")], [Room("报告厅" * 20)], [Slot(1, start=start, end=start.replace(hour=2))], [Defence("E")]
    )

    text = icalendar(table, list(table.sittings), title="答辩", stamp=start)

    assert "DTSTART:20261205T010000Z\r\n" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "报告厅" * 20 in text.replace("\r\n ", "")


# --- against every board there is --------------------------------------------------------------------------------


@st.composite
def small_days(draw):
    """A day that can be solved by trying everything: two panels, two rooms, up to five entries and five slots."""
    slots = draw(st.integers(2, 5))
    name = st.sampled_from
    panels = [
        Panel(f"P{n}", frozenset({draw(name(["a", "b", "x"]))}), room=draw(name([None, "R0"])), away=draw(st.frozensets(st.integers(0, slots - 1), max_size=1)))
        for n in range(draw(st.integers(1, 2)))
    ]  # fmt: skip
    rooms = [Room("R0"), Room("R1", closed=draw(st.frozensets(st.integers(0, slots - 1), max_size=1)))]
    entries = [
        Defence(f"E{n}", draw(st.frozensets(name(["x", "y", "z"]), max_size=2)), draw(name(["S", "T", None])), draw(name([0.0, 1.0])),
                away=draw(st.frozensets(st.integers(0, slots - 1), max_size=1)))
        for n in range(draw(st.integers(1, 4)))
    ]  # fmt: skip
    conflicts = draw(st.sets(st.tuples(name(["P0", "P1"]), name(["E0", "E1"])), max_size=1))
    return panels, rooms, [Slot(n, n // 3, lunch=n == 1) for n in range(slots)], entries, conflicts


def best_by_trying(plan):
    """(most entries, least cost) over every board that keeps the hard rules."""
    grid, soft, best = Grid(plan), SoftRules(plan), (0, math.inf)

    def go(at, placed):
        nonlocal best
        if placed + len(plan.entries) - at < best[0]:
            return
        if at == len(plan.entries):
            cost = sum(soft.report(grid)[0].values())
            best = max(best, (placed, cost), key=lambda pair: (pair[0], -pair[1]))
            return
        for cell in grid.cells_of(at):
            if grid.why_not(at, cell) is None:
                grid.put(at, cell)
                go(at + 1, placed + 1)
                grid.lift(at)
        go(at + 1, placed)

    go(0, 0)
    return best


@settings(max_examples=40, deadline=None)
@given(small_days())
def test_as_many_as_can_be_are_heard_and_at_the_least_cost(day):
    *task, conflicts = day

    found = timetable(*task, conflicts=conflicts)

    most, cost = best_by_trying(found.plan)
    assert broken(found, conflicts) == []
    assert (len(found.sittings), found.penalty) == (most, pytest.approx(cost if most else 0.0))
    assert found.placeable == most
    assert found.proved


@settings(max_examples=25, deadline=None)
@given(small_days(), st.data())
def test_a_move_leaves_everybody_else_in_place_and_room(day, data):
    *task, conflicts = day
    before = timetable(*task, conflicts=conflicts)
    if not before.sittings:
        return
    entry = data.draw(st.sampled_from([s.entry for s in before.sittings]))

    after = move_entry(before, entry)

    assert {s for s in before.sittings if s.entry != entry} == {s for s in after.sittings if s.entry != entry}
    assert broken(after, conflicts) == []
    assert resumed(after.plan, after.sittings).sittings == after.sittings


@pytest.mark.parametrize("empty", [0, 1, 2])
def test_nothing_to_sit_in_leaves_everybody_out(empty):
    task = [[Panel("P")], [Room("R")], [Slot(1)]]
    task[empty] = []

    found = timetable(*task, [Defence("E")])

    assert (found.sittings, found.unplaced, found.placeable) == ((), ("E",), 0)
    assert timetable([], [], [], []).sittings == ()


def test_panels_that_share_a_room_keep_one_school_apart_in_it():
    panels = [Panel("P", room="R"), Panel("Q", room="R")]
    entries = [Defence(n, school="S" if n < 2 else f"T{n}", panels=frozenset({"PQ"[n % 2]})) for n in range(4)]

    found = timetable(panels, [Room("R")], [Slot(n) for n in range(4)], entries)

    order = [s.entry for s in found.sittings]
    assert abs(order.index(0) - order.index(1)) > 1


def test_who_comes_after_a_long_break_does_not_come_back_to_back():
    morning = datetime(2026, 12, 5, 9, tzinfo=UTC)
    slots = [
        Slot(n, "", morning.replace(hour=hour), morning.replace(hour=hour, minute=30))
        for n, hour in enumerate((11, 14))
    ]

    found = timetable([Panel("P")], [Room("R")], slots, [Defence("a", school="S"), Defence("b", school="S")])

    assert found.penalty == 0
