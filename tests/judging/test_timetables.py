"""Timetables: hard rules always hold, soft rules are kept where they can be, one entry moves alone."""

import itertools
import random
from datetime import UTC, datetime

import pytest

from kechuang.judging import Defence, Panel, Room, Slot, free_places, move_entry, timetable
from kechuang.judging.timetables import by_panel, by_room, icalendar, of_person


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
    assert found.messages[0].code == "timetable.unplaced"


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
