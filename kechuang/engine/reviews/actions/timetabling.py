"""The timetable of a defence: built by the solver from stored inputs, replayable from them, changed one entry at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang import judging
from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.engine.programme.codec import digest
from kechuang.engine.reviews import scheduling
from kechuang.engine.reviews.actions.assigning import tell_of_assignment
from kechuang.engine.reviews.actions.panels import assign_slots, panel_round
from kechuang.engine.reviews.actions.pool import BATCH
from kechuang.engine.reviews.models import DefenceSlot, Panel, ReviewRound
from kechuang.engine.reviews.queries.panels import DefenceFacts, defence_facts, held_sittings, timetable_inputs
from kechuang.engine.reviews.scheduling import Held, Scheduled
from kechuang.orgs.actor import Actor, require


@dataclass(frozen=True)
class Hours:
    """A day of the defence: sittings from `opens` to `closes` (hours of the day), none at lunch. `buffer` minutes between two."""

    opens: float = 9
    closes: float = 17.5
    lunch: tuple[float, float] = (12, 13.5)
    buffer: int = 0


@dataclass(frozen=True)
class Built:
    """What the timetable could do: placed entries, and those left over with the reason in `messages`."""

    placed: int
    unplaced: tuple[str, ...]
    messages: tuple[judging.Message, ...]
    ends_at: datetime | None


@transaction.atomic
def build_timetable(
    round: ReviewRound, *, start: datetime, by: Actor, minutes: int | None = None, hours: Hours | None = None,
    far: Iterable[int] = (), seed: int | None = None, now: datetime | None = None,
) -> Built:  # fmt: skip
    """Give every entry a panel, a room and a time from `start` on, and its panel's experts the entry to judge.

    Nobody stands before two panels at once, no panel hears an entry one of its experts may not judge; entries of `far`
    districts come later in the day where they can. Built anew each time, as long as nothing was scored. The round keeps
    the complete inputs, so that `replay_timetable` gives the same table again.
    """
    require(by, "round.manage", round.call)
    round, now = panel_round(round), now or clock.now()
    if round.assignments.submitted().exists():
        raise Refused(_("本轮已有提交的评分，不能重排全部时间；请逐件调整。"))
    length = timedelta(minutes=minutes or round.plan.minutes_per_entry)
    far = sorted(set(far))
    facts = defence_facts(round, far)
    if not facts.panels:
        raise Refused(_("还没有专家组。请先设置专家组、地点和专家，再排定时间。"))
    inputs, found = _solve(facts, start, length, hours or Hours(), round.seed if seed is None else seed, far)
    ends_at = _seat(round, facts, found, length)
    new = assign_slots(round, now)
    round.timetable_record = _record(inputs, found, round.timetable_record, now)
    round.save(update_fields=["timetable_record"])
    built = Built(len(found.sittings), found.unplaced, found.messages, ends_at)
    detail = {"placed": built.placed, "unplaced": list(built.unplaced), "start": start, "minutes": length.seconds // 60}
    detail |= {name: round.timetable_record[name] for name in ("seed", "inputs_digest", "sittings_digest", "penalties")}
    audit.record("build_timetable", by=by, on=round, detail=detail, scope_path=round.scope_path)
    tell_of_assignment(round, new, by)
    return built


def _solve(
    facts: DefenceFacts, start: datetime, length: timedelta, hours: Hours, seed: int, far: list[int]
) -> tuple[dict[str, Any], Scheduled]:
    """As few sittings one after another as do, so that the day ends early; more as long as that seats somebody else."""
    choices = Counter(defence.panels for defence in facts.defences)
    least = scheduling.fewest_slots(choices.items(), len(facts.panels))
    most, needed = 2 * least + MARGIN, least + scheduling.FIRST_SLACK
    while True:
        times = slot_times(start, length, hours, needed)
        inputs = timetable_inputs(facts, times, minutes=length.seconds // 60, seed=seed, far=far)
        last = needed >= most
        found = scheduling.schedule(inputs, exact=last)
        if not found.unplaced or last:
            return inputs, found
        if found.hopeless:
            return inputs, scheduling.schedule(inputs)
        needed = min(most, needed + max(1, needed // 4))


MARGIN = 8
"""Sittings tried beyond twice the fewest: panels out of use, pupils with two entries, conflicts."""


def _seat(round: ReviewRound, facts: DefenceFacts, found: Scheduled, length: timedelta) -> datetime | None:
    """Write the sittings in place of the old ones; returns when the last one ends."""
    DefenceSlot.objects.filter(panel__round=round).delete()
    rows = [
        DefenceSlot(
            panel_id=facts.panel_ids[one.panel], entry_id=facts.entry_ids[one.entry], starts_at=one.starts_at,
            ends_at=one.starts_at + length,
        )
        for one in found.sittings
    ]  # fmt: skip
    DefenceSlot.objects.bulk_create(rows, BATCH)
    return max((row.ends_at for row in rows), default=None)


def _record(inputs: Mapping[str, Any], found: Scheduled, last: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "inputs": inputs,
        "inputs_digest": digest(inputs),
        "sittings_digest": found.digest,
        "seed": inputs["seed"],
        "version": inputs["version"],
        "placed": len(found.sittings),
        "placeable": found.placeable,
        "unplaced": list(found.unplaced),
        "penalties": found.penalties,
        "proved": found.proved,
        "messages": [message.as_dict(text=False) for message in found.messages],
        "seconds": found.seconds,
        "moves": [],
        "made_at": now.isoformat(),
        "run": last.get("run", 0) + 1,
    }


def replay_timetable(round: ReviewRound) -> bool:
    """Whether the stored inputs still give the table that was built."""
    record = round.timetable_record
    if not record or digest(record["inputs"]) != record["inputs_digest"]:
        return False
    return scheduling.schedule(record["inputs"]).digest == record["sittings_digest"]


def slot_times(start: datetime, length: timedelta, hours: Hours, needed: int) -> list[datetime]:
    """Starting times from `start` on, day after day within the hours of a day."""
    found: list[datetime] = []
    first = clock.local(start)
    step = length + timedelta(minutes=hours.buffer)
    for day in count():
        midnight = (first + timedelta(days=day)).replace(hour=0, minute=0, second=0, microsecond=0)
        at = first if day == 0 else midnight + timedelta(hours=hours.opens)
        lunch = tuple(midnight + timedelta(hours=hour) for hour in hours.lunch)
        while at + length <= midnight + timedelta(hours=hours.closes):
            if at < lunch[1] and at + length > lunch[0]:
                at = lunch[1]
                continue
            found.append(at)
            if len(found) == needed:
                return found
            at += step
        if day and not found:
            raise Refused(_("每天的问辩时间太短，排不下一件作品，请调整时间或时长。"))
    return found


# --- one entry ---------------------------------------------------------------------------------------------------


@transaction.atomic
def move_slot(
    slot: DefenceSlot, *, panel: Panel, starts_at: datetime, by: Actor, now: datetime | None = None
) -> DefenceSlot:
    """Move one entry to another panel or time and nobody else; refused where it would break a hard rule."""
    round = panel_round(panel.round)
    require(by, "round.manage", round.call)
    slot = DefenceSlot.objects.select_related("entry", "panel").select_for_update(of=("self",)).get(pk=slot.pk)
    if slot.panel.round_id != round.pk:
        raise Refused(_("专家组不属于同一轮评审。"))
    before, ends_at, now = (
        (slot.panel.name, slot.starts_at),
        starts_at + (slot.ends_at - slot.starts_at),
        now or clock.now(),
    )
    _check_move(round, slot, panel, starts_at, ends_at)
    slot.panel, slot.starts_at, slot.ends_at = panel, starts_at, ends_at
    slot.save()
    new = assign_slots(round, now)
    if round.timetable_record:
        round.timetable_record["moves"].append([slot.entry.alias, panel.name, starts_at.isoformat(), now.isoformat()])
        round.save(update_fields=["timetable_record"])
    detail = {"entry": slot.entry.alias, "from": before, "to": (panel.name, starts_at)}
    audit.record("move_slot", by=by, on=round, detail=detail, scope_path=round.scope_path)
    tell_of_assignment(round, new, by)
    return slot


def _check_move(round: ReviewRound, slot: DefenceSlot, panel: Panel, starts_at: datetime, ends_at: datetime) -> None:
    words = {"alias": slot.entry.alias, "panel": panel.name, "at": f"{clock.local(starts_at):%m-%d %H:%M}"}
    if panel.pk != slot.panel_id and slot.entry.assignments.submitted().exists():
        raise Refused(_("%(alias)s 已有提交的评分，不能换到别的专家组。") % words)
    facts = defence_facts(round)
    if any(starts_at < end and ends_at > start for start, end in facts.away[panel.name]):
        raise Refused(_("“%(panel)s”在 %(at)s 不开会，请换一个时间。") % words)
    held = held_sittings(round, facts)
    people = next((defence.people for defence in facts.defences if defence.key == slot.entry.alias), frozenset())
    judges = next(one.judges for one in facts.panels if one.key == panel.name)
    moved = Held(slot.entry.alias, panel.name, panel.room, starts_at, ends_at, people, judges)
    reason = scheduling.why_not(moved, held, facts.conflicts)
    sentences = {
        "conflict": _("“%(panel)s”有专家需要回避 %(alias)s，请换一个专家组。"),
        "taken": _("“%(panel)s”在 %(at)s 已安排了别的作品，请换一个时间。"),
        "person_busy": _("%(alias)s 的成员或指导教师在 %(at)s 另有一场问辩，请换一个时间。"),
        "judge_busy": _("“%(panel)s”有专家在 %(at)s 正在另一个专家组，请换一个时间。"),
    }
    if reason:
        raise Refused(sentences[reason] % words)
