"""What a timetable is made from and made of."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kechuang.judging.messages import Message


@dataclass(frozen=True)
class Slot:
    """One stretch of time; slots are given in order of time. `lunch` marks those in which a panel may eat."""

    key: Hashable
    day: Hashable = ""
    start: datetime | None = None
    end: datetime | None = None
    lunch: bool = False


@dataclass(frozen=True)
class Room:
    """`closed` are slot keys in which the room cannot be used."""

    key: Hashable
    closed: frozenset[Hashable] = frozenset()


@dataclass(frozen=True)
class Panel:
    """`judges` may sit on several panels, but not at the same time; `room` binds the panel to one room."""

    key: Hashable
    judges: frozenset[Hashable] = frozenset()
    room: Hashable = None
    away: frozenset[Hashable] = frozenset()


@dataclass(frozen=True)
class Defence:
    """An entry to be heard: `people` must be present, `panels` may hear it (empty: any), `far` 0–1 is the way to come."""

    key: Hashable
    people: frozenset[Hashable] = frozenset()
    school: Hashable = None
    far: float = 0.0
    panels: frozenset[Hashable] = frozenset()
    away: frozenset[Hashable] = frozenset()


@dataclass(frozen=True)
class Weights:
    """What a broken soft rule costs."""

    same_school: float = 10.0
    far: float = 3.0
    lunch: float = 6.0


@dataclass(frozen=True)
class Sitting:
    """One entry before one panel."""

    entry: Hashable
    panel: Hashable
    room: Hashable
    slot: Hashable


@dataclass(frozen=True)
class Plan:
    """All that was asked for; a timetable keeps it so that one entry may be moved later."""

    panels: tuple[Panel, ...]
    rooms: tuple[Room, ...]
    slots: tuple[Slot, ...]
    entries: tuple[Defence, ...]
    conflicts: frozenset[tuple[Hashable, Hashable]] = frozenset()
    weights: Weights = field(default_factory=Weights)


@dataclass(frozen=True)
class Timetable:
    """Sittings in order of time; `unplaced` entries have a message saying why; `penalty` adds up the soft rules.

    `placeable` is a proved upper bound of the entries that any timetable can hear; `proved` says that no timetable which
    hears as many breaks the soft rules less.
    """

    sittings: tuple[Sitting, ...]
    unplaced: tuple[Hashable, ...]
    penalty: float
    penalties: dict[str, float]
    messages: tuple[Message, ...]
    plan: Plan
    seconds: float = 0.0
    placeable: int = 0
    proved: bool = False

    def of(self, entry: Hashable) -> Sitting | None:
        return next((sitting for sitting in self.sittings if sitting.entry == entry), None)

    def as_rows(self) -> list[dict[str, Any]]:
        days = {slot.key: slot.day for slot in self.plan.slots}
        return [
            {"day": days[s.slot], "slot": s.slot, "room": s.room, "panel": s.panel, "entry": s.entry}
            for s in self.sittings
        ]
