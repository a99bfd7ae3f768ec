"""When and where each entry is heard, as a function from stored inputs to stored outputs: run again on the record, it gives the same table."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from kechuang import judging
from kechuang.engine.programme.codec import canonical, digest
from kechuang.judging.timetables import Defence, Panel, Room, Slot, Weights

VERSION = "1"
FIRST_SLACK = 1
"""Sittings a panel may have beyond what is needed, for the soft rules to choose from."""


@dataclass(frozen=True)
class Sat:
    """One entry (by alias) before one panel (by name)."""

    entry: str
    panel: str
    starts_at: datetime


@dataclass(frozen=True)
class Scheduled:
    """`placeable` bounds what any table could hear; `proved`: no table that hears as many breaks the soft rules less."""

    sittings: tuple[Sat, ...]
    unplaced: tuple[str, ...]
    placeable: int
    penalties: dict[str, float]
    proved: bool
    messages: tuple[judging.Message, ...]
    seconds: float = 0.0

    @property
    def digest(self) -> str:
        return digest(sorted([s.entry, s.panel, s.starts_at.isoformat()] for s in self.sittings))

    @property
    def hopeless(self) -> bool:
        """Whether more time would not help those left over: no panel may hear them."""
        named = [m for m in self.messages if m.code == "timetable.conflict"]
        return len(named) == len(self.unplaced)


def schedule(inputs: Mapping[str, Any], *, exact: bool = True) -> Scheduled:
    """The timetable that `inputs` (see queries.panels.timetable_inputs) give, in the one spelling they are stored in.

    Without `exact` one that cannot be completed by construction comes back incomplete at once; a complete one is the same.
    """
    started = time.perf_counter()
    inputs = json.loads(canonical(inputs))
    starts = {label: datetime.fromisoformat(at) for label, at in inputs["slots"]}
    length = timedelta(minutes=inputs["minutes"])
    slots = [Slot(label, day=label.split()[0], start=at, end=at + length) for label, at in starts.items()]
    found = judging.timetable(
        [_panel(row, slots) for row in inputs["panels"]],
        [Room(room) for room in dict.fromkeys(row[1] for row in inputs["panels"])],
        slots,
        [Defence(alias, frozenset(people), school, far, frozenset(panels)) for alias, people, school, far, panels in inputs["entries"]],
        conflicts={(panel, entry) for panel, entry in inputs["conflicts"]},
        weights=Weights(**inputs["weights"]),
        seed=inputs["seed"],
        exact=exact,
    )  # fmt: skip
    return Scheduled(
        sittings=tuple(Sat(str(s.entry), str(s.panel), starts[str(s.slot)]) for s in found.sittings),
        unplaced=tuple(sorted(map(str, found.unplaced))),
        placeable=found.placeable,
        penalties={name: round(cost, 6) + 0.0 for name, cost in sorted(found.penalties.items())},
        proved=found.proved,
        messages=found.messages,
        seconds=round(time.perf_counter() - started, 3),
    )


def _panel(row: list[Any], slots: list[Slot]) -> Panel:
    name, room, judges, away = row
    spans = [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in away]
    out = {
        slot.key
        for slot in slots
        for start, end in spans
        if slot.start and slot.end and slot.start < end and slot.end > start
    }
    return Panel(name, frozenset(judges), room=room, away=frozenset(out))


def fewest_slots(entries: Iterable[tuple[frozenset[Any], int]], panels: int) -> int:
    """A lower bound of the sittings one after another: `entries` counts those that the same panels may hear."""
    rows = list(entries)
    by_choice = [-(-count // max(1, len(choice))) for choice, count in rows]
    return max([*by_choice, -(-sum(count for _choice, count in rows) // max(1, panels))], default=0)


# --- moving one entry --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """A sitting that stands, with its room and those who must be there on both sides of the table."""

    entry: str
    panel: str
    room: str
    starts_at: datetime
    ends_at: datetime
    people: frozenset[Any]
    judges: frozenset[Any]
    school: Any = None


BACK_TO_BACK = timedelta(minutes=45)


def why_not(moved: Held, others: Iterable[Held], conflicts: set[tuple[str, str]]) -> str:
    """The hard rule that forbids the sitting beside the others, by name ("" = none)."""
    if (moved.panel, moved.entry) in conflicts:
        return "conflict"
    for other in others:
        if other.entry == moved.entry or other.starts_at >= moved.ends_at or other.ends_at <= moved.starts_at:
            continue
        if other.panel == moved.panel or other.room == moved.room:
            return "taken"
        if (moved.people | moved.judges) & (other.people | other.judges):
            return "person_busy" if moved.people & (other.people | other.judges) else "judge_busy"
    return ""


def is_neighbour(moved: Held, others: Iterable[Held]) -> bool:
    """Whether the sitting would come back to back with one of the same school in the same room."""
    return any(
        other.entry != moved.entry and moved.school is not None and other.school == moved.school
        and (other.room == moved.room or other.panel == moved.panel)
        and -BACK_TO_BACK < (other.starts_at - moved.ends_at if other.starts_at >= moved.ends_at else other.ends_at - moved.starts_at) < BACK_TO_BACK
        for other in others
    )  # fmt: skip


def free_places(
    moved: Held, panels: Iterable[tuple[str, str, frozenset[Any], list[tuple[datetime, datetime]]]],
    starts: Iterable[datetime], others: list[Held], conflicts: set[tuple[str, str]],
) -> list[Held]:  # fmt: skip
    """Where the entry may go while everybody else stays: without a neighbour of its own school first, then by time."""
    length, found = moved.ends_at - moved.starts_at, []
    times = sorted(set(starts))
    for name, room, judges, away in panels:
        for at in times:
            place = replace(moved, panel=name, room=room, judges=judges, starts_at=at, ends_at=at + length)
            if any(at < end and at + length > start for start, end in away):
                continue
            if (name, at) != (moved.panel, moved.starts_at) and not why_not(place, others, conflicts):
                found.append(place)
    return sorted(found, key=lambda place: (is_neighbour(place, others), place.starts_at, place.panel))
