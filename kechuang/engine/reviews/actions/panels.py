"""The defence: panels, their timetable, and the assignments that follow from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import cast

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.engine.enums import AssignmentState
from kechuang.engine.reviews.actions.assigning import tell_of_assignment
from kechuang.engine.reviews.actions.pool import BATCH
from kechuang.engine.reviews.actions.rounds import invite_reviewers, locked, require_open
from kechuang.engine.reviews.models import Assignment, Conflict, DefenceSlot, Panel, Reviewer, ReviewRound
from kechuang.engine.reviews.queries.panels import DefenceFacts, defence_facts
from kechuang.judging.timetables import Room, Slot, Timetable, timetable
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
    """What the timetable could do: placed entries, and those left over with the reason."""

    placed: int
    unplaced: tuple[str, ...]
    messages: tuple[str, ...]
    ends_at: datetime | None


@transaction.atomic
def create_panel(
    round: ReviewRound,
    *,
    name: str,
    room: str,
    reviewers: Iterable[Reviewer],
    by: Actor,
    disciplines: Iterable[str] = (),
) -> Panel:
    """A panel with its room; its experts are invited to the round."""
    require(by, "round.manage", round.call)
    round, experts = _panel_round(round), list(reviewers)
    _check_panel(round, name, room, experts, list(disciplines))
    try:
        with transaction.atomic():
            panel = Panel.objects.create(
                round=round, name=name.strip(), room=room.strip(), disciplines=list(disciplines)
            )
    except IntegrityError:
        raise Refused(_("已有名为“%(name)s”的专家组，请换一个名称。") % {"name": name}) from None
    panel.reviewers.set(experts)
    invite_reviewers(round, experts, by=by)
    audit.record("create_panel", by=by, on=round, detail=_facts(panel, experts), scope_path=round.scope_path)
    return panel


def _panel_round(round: ReviewRound) -> ReviewRound:
    round = locked(round)
    require_open(round)
    if round.plan.kind != "panel":
        raise Refused(_("“%(round)s”不是问辩轮次，不设专家组。") % {"round": _(round.plan.name)})
    return round


def _check_panel(round: ReviewRound, name: str, room: str, experts: list[Reviewer], disciplines: list[str]) -> None:
    if not name.strip() or not room.strip():
        raise Refused(_("请填写专家组名称和地点。"))
    if not experts:
        raise Refused(_("专家组至少要有一位专家。"))
    known = {discipline.code for discipline in round.call.plan.disciplines}
    if not known.issuperset(disciplines):
        raise Refused(_("专家组的学科不在本次申报的学科中。"))


def _facts(panel: Panel, experts: Iterable[Reviewer]) -> dict[str, object]:
    return {
        "panel": panel.name,
        "room": panel.room,
        "disciplines": panel.disciplines,
        "reviewers": [r.pk for r in experts],
    }


@transaction.atomic
def update_panel(
    panel: Panel, *, name: str, room: str, reviewers: Iterable[Reviewer], by: Actor, disciplines: Iterable[str] = ()
) -> Panel:
    """Change a panel; its entries move to the experts it then has. Refused once it has scored."""
    require(by, "round.manage", panel.round.call)
    round, experts = _panel_round(panel.round), list(reviewers)
    _check_panel(round, name, room, experts, list(disciplines))
    panel = Panel.objects.select_for_update().get(pk=panel.pk)
    panel.round = round
    if {r.pk for r in experts} != set(panel.reviewers.values_list("pk", flat=True)):
        _require_unscored(panel)
    panel.name, panel.room, panel.disciplines = name.strip(), room.strip(), list(disciplines)
    panel.save()
    panel.reviewers.set(experts)
    invite_reviewers(round, experts, by=by)
    _assign_slots(round, clock.now())
    audit.record("update_panel", by=by, on=round, detail=_facts(panel, experts), scope_path=round.scope_path)
    return panel


def _require_unscored(panel: Panel) -> None:
    if Assignment.objects.filter(entry__slot__panel=panel, round=panel.round).submitted().exists():
        raise Refused(_("“%(panel)s”已有提交的评分，不能再更换专家或删除。") % {"panel": panel.name})


@transaction.atomic
def delete_panel(panel: Panel, *, by: Actor) -> None:
    require(by, "round.manage", panel.round.call)
    round = _panel_round(panel.round)
    _require_unscored(panel)
    audit.record("delete_panel", by=by, on=round, detail={"panel": panel.name}, scope_path=round.scope_path)
    panel.delete()
    _assign_slots(round, clock.now())


@transaction.atomic
def build_timetable(
    round: ReviewRound, *, start: datetime, by: Actor, minutes: int | None = None, hours: Hours | None = None,
    seed: int | None = None, now: datetime | None = None,
) -> Built:  # fmt: skip
    """Give every entry a panel, a room and a time from `start` on, and its panel's experts the entry to judge.

    Nobody stands before two panels at once, no panel hears an entry one of its experts may not judge. Built anew each
    time, as long as nothing was scored.
    """
    require(by, "round.manage", round.call)
    round, now = _panel_round(round), now or clock.now()
    if round.assignments.submitted().exists():
        raise Refused(_("本轮已有提交的评分，不能重排全部时间；请逐件调整。"))
    length = timedelta(minutes=minutes or round.plan.minutes_per_entry)
    facts = defence_facts(round)
    if not facts.panels:
        raise Refused(_("还没有专家组。请先设置专家组、地点和专家，再排定时间。"))
    times = slot_times(start, length, hours or Hours(), _slots_needed(len(facts.defences), len(facts.panels)))
    table = _solve(facts, times, length, round.seed if seed is None else seed)
    ends_at = _seat(round, facts, table, times, length)
    new = _assign_slots(round, now)
    built = Built(
        placed=len(table.sittings),
        unplaced=tuple(sorted(str(entry) for entry in table.unplaced)),
        messages=tuple(message.text for message in table.messages),
        ends_at=ends_at,
    )
    detail = {"placed": built.placed, "unplaced": list(built.unplaced), "start": start, "minutes": length.seconds // 60}
    audit.record("build_timetable", by=by, on=round, detail=detail, scope_path=round.scope_path)
    tell_of_assignment(round, new, by)
    return built


def _solve(facts: DefenceFacts, times: list[datetime], length: timedelta, seed: int) -> Timetable:
    slots = [Slot(place, day=at.date().isoformat(), start=at, end=at + length) for place, at in enumerate(times)]
    rooms = [Room(room) for room in dict.fromkeys(panel.room for panel in facts.panels)]
    return timetable(facts.panels, rooms, slots, facts.defences, conflicts=facts.conflicts, seed=seed)


def _seat(
    round: ReviewRound, facts: DefenceFacts, table: Timetable, times: list[datetime], length: timedelta
) -> datetime | None:
    """Write the sittings in place of the old ones; returns when the last one ends."""
    DefenceSlot.objects.filter(panel__round=round).delete()
    rows = []
    for sitting in table.sittings:
        at = times[cast("int", sitting.slot)]
        panel, entry = facts.panel_ids[str(sitting.panel)], facts.entry_ids[str(sitting.entry)]
        rows.append(DefenceSlot(panel_id=panel, entry_id=entry, starts_at=at, ends_at=at + length))
    DefenceSlot.objects.bulk_create(rows, BATCH)
    return max((row.ends_at for row in rows), default=None)


def _slots_needed(entries: int, panels: int) -> int:
    """Enough for panels of uneven load, pupils with two entries and conflicts."""
    return max(8, 2 * -(-entries // panels) + 8) if panels else 0


def slot_times(start: datetime, length: timedelta, hours: Hours, needed: int) -> list[datetime]:
    """Starting times from `start` on, day after day within the hours of a day."""
    found: list[datetime] = []
    first = timezone.localtime(start)
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


def _assign_slots(round: ReviewRound, now: datetime) -> list[tuple[int, int]]:
    """Bring assignments in line with the timetable: the panel's experts judge, except where a conflict forbids it."""
    banned = set(Conflict.objects.filter(call=round.call).values_list("reviewer_id", "application_id"))
    slots = DefenceSlot.objects.filter(panel__round=round).values_list("entry_id", "entry__application_id", "panel_id")
    seated: dict[int, list[int]] = {}
    for panel, reviewer in Panel.reviewers.through.objects.filter(panel__round=round).values_list(
        "panel_id", "reviewer_id"
    ):
        seated.setdefault(panel, []).append(reviewer)
    wanted = {
        (reviewer, entry)
        for entry, application, panel in slots
        for reviewer in seated.get(panel, ())
        if (reviewer, application) not in banned
    }
    rows = {(row.reviewer_id, row.entry_id): row for row in Assignment.objects.filter(round=round)}
    stale = [
        row.pk
        for pair, row in rows.items()
        if pair not in wanted and row.state in (AssignmentState.ASSIGNED, AssignmentState.DRAFT)
    ]
    back = [row.pk for pair, row in rows.items() if pair in wanted and row.state == AssignmentState.VOID]
    Assignment.objects.filter(pk__in=stale).update(state=AssignmentState.VOID)
    Assignment.objects.filter(pk__in=back).update(state=AssignmentState.ASSIGNED)
    new = sorted(wanted - rows.keys())
    Assignment.objects.bulk_create(
        [Assignment(round=round, reviewer_id=reviewer, entry_id=entry, assigned_at=now) for reviewer, entry in new],
        BATCH,
    )
    return new


@transaction.atomic
def move_slot(
    slot: DefenceSlot, *, panel: Panel, starts_at: datetime, by: Actor, now: datetime | None = None
) -> DefenceSlot:
    """Move one entry to another panel or time and nobody else; refused where it would break a hard rule."""
    round = _panel_round(panel.round)
    require(by, "round.manage", round.call)
    slot = DefenceSlot.objects.select_related("entry", "panel").select_for_update(of=("self",)).get(pk=slot.pk)
    if slot.panel.round_id != round.pk:
        raise Refused(_("专家组不属于同一轮评审。"))
    before, ends_at = (slot.panel.name, slot.starts_at), starts_at + (slot.ends_at - slot.starts_at)
    _check_move(round, slot, panel, starts_at, ends_at)
    slot.panel, slot.starts_at, slot.ends_at = panel, starts_at, ends_at
    slot.save()
    new = _assign_slots(round, now or clock.now())
    detail = {"entry": slot.entry.alias, "from": before, "to": (panel.name, starts_at)}
    audit.record("move_slot", by=by, on=round, detail=detail, scope_path=round.scope_path)
    tell_of_assignment(round, new, by)
    return slot


def _check_move(round: ReviewRound, slot: DefenceSlot, panel: Panel, starts_at: datetime, ends_at: datetime) -> None:
    words = {"alias": slot.entry.alias, "panel": panel.name, "at": f"{timezone.localtime(starts_at):%m-%d %H:%M}"}
    if panel.pk != slot.panel_id and slot.entry.assignments.submitted().exists():
        raise Refused(_("%(alias)s 已有提交的评分，不能换到别的专家组。") % words)
    facts = defence_facts(round)
    if (panel.name, slot.entry.alias) in facts.conflicts:
        raise Refused(_("“%(panel)s”有专家需要回避 %(alias)s，请换一个专家组。") % words)
    then = DefenceSlot.objects.filter(panel__round=round, starts_at__lt=ends_at, ends_at__gt=starts_at).exclude(
        pk=slot.pk
    )
    busy = list(then.select_related("panel", "entry"))
    if any(other.panel_id == panel.pk or other.panel.room == panel.room for other in busy):
        raise Refused(_("“%(panel)s”在 %(at)s 已安排了别的作品，请换一个时间。") % words)
    if _shares_people(facts, slot.entry.alias, {other.entry.alias for other in busy}):
        raise Refused(_("%(alias)s 的成员或指导教师在 %(at)s 另有一场问辩，请换一个时间。") % words)
    if _shares_judges(facts, panel.name, {other.panel.name for other in busy}):
        raise Refused(_("“%(panel)s”有专家在 %(at)s 正在另一个专家组，请换一个时间。") % words)


def _shares_people(facts: DefenceFacts, entry: str, others: set[str]) -> bool:
    people = {defence.key: defence.people for defence in facts.defences}
    return any(people.get(entry, frozenset()) & people.get(other, frozenset()) for other in others)


def _shares_judges(facts: DefenceFacts, panel: str, others: set[str]) -> bool:
    judges = {one.key: one.judges for one in facts.panels}
    return any(judges[panel] & judges[other] for other in others)
