"""When each defence of a room will really begin: the plan, the delays that were told, and what has happened so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Protocol

from django.utils import timezone

DONE, INSIDE, WAITING = "done", "inside", "waiting"


class Planned(Protocol):
    """What is read of a slot; the plan is in order of time."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def started_at(self) -> datetime | None: ...
    @property
    def finished_at(self) -> datetime | None: ...
    @property
    def delay_minutes(self) -> int: ...


@dataclass(frozen=True)
class Expected:
    """`late`: minutes behind the plan."""

    state: str
    starts_at: datetime
    ends_at: datetime
    late: int


def expected(slots: Sequence[Planned], now: datetime) -> list[Expected]:
    """One room's slots in the order of the plan → what to expect of each. Breaks of the plan take up delays."""
    found: list[Expected] = []
    for day, part in groupby(slots, key=lambda slot: timezone.localdate(slot.starts_at)):
        found += _day(list(part), day, now)
    return found


def _day(slots: list[Planned], day: date, now: datetime) -> list[Expected]:
    is_marked = any(slot.started_at or slot.delay_minutes for slot in slots)
    if not is_marked:
        return [_by_plan(slot, now) for slot in slots]
    found: list[Expected] = []
    free, told = slots[0].starts_at, timedelta()
    for slot in slots:
        told += timedelta(minutes=slot.delay_minutes)
        one = _by_marks(slot, told, free, now, is_today=day == timezone.localdate(now))
        free = max(free, one.ends_at)
        found.append(one)
    return found


def _by_plan(slot: Planned, now: datetime) -> Expected:
    """Where nobody marks, the clock is all there is."""
    state = DONE if slot.ends_at <= now else INSIDE if slot.starts_at <= now else WAITING
    return Expected(state, slot.starts_at, slot.ends_at, 0)


def _by_marks(slot: Planned, told: timedelta, free: datetime, now: datetime, *, is_today: bool) -> Expected:
    length = slot.ends_at - slot.starts_at
    if slot.started_at is not None:
        ends_at = slot.finished_at or max(slot.started_at + length, now)
        state = DONE if slot.finished_at else INSIDE
        return Expected(state, slot.started_at, ends_at, _late(slot, slot.started_at))
    starts_at = max(slot.starts_at + told, free)
    if is_today:
        starts_at = max(starts_at, now)
    return Expected(WAITING, starts_at, starts_at + length, _late(slot, starts_at))


def _late(slot: Planned, starts_at: datetime) -> int:
    return max(0, int((starts_at - slot.starts_at).total_seconds() // 60))
