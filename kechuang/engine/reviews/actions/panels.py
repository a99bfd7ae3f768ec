"""The panels of a defence, and the assignments that follow from their timetable."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.engine.enums import AssignmentState
from kechuang.engine.reviews.actions.pool import BATCH
from kechuang.engine.reviews.actions.rounds import invite_reviewers, locked, require_open
from kechuang.engine.reviews.models import Assignment, Conflict, DefenceSlot, Panel, Reviewer, ReviewRound
from kechuang.orgs.actor import Actor, require


@transaction.atomic
def create_panel(
    round: ReviewRound,
    *,
    name: str,
    room: str,
    reviewers: Iterable[Reviewer],
    by: Actor,
    disciplines: Iterable[str] = (),
    away: Iterable[tuple[datetime, datetime]] = (),
) -> Panel:
    """A panel with its room; its experts are invited to the round. `away` are times in which it or its room cannot be used."""
    require(by, "round.manage", round.call)
    round, experts = panel_round(round), list(reviewers)
    _check_panel(round, name, room, experts, list(disciplines))
    try:
        with transaction.atomic():
            panel = Panel.objects.create(
                round=round, name=name.strip(), room=room.strip(), disciplines=list(disciplines), away=_spans(away)
            )
    except IntegrityError:
        raise Refused(_("已有名为“%(name)s”的专家组，请换一个名称。") % {"name": name}) from None
    panel.reviewers.set(experts)
    invite_reviewers(round, experts, by=by)
    audit.record("create_panel", by=by, on=round, detail=_facts(panel, experts), scope_path=round.scope_path)
    return panel


def _spans(away: Iterable[tuple[datetime, datetime]]) -> list[list[str]]:
    return [[start.isoformat(), end.isoformat()] for start, end in sorted(away)]


def panel_round(round: ReviewRound) -> ReviewRound:
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
        "away": panel.away,
        "reviewers": [r.pk for r in experts],
    }


@transaction.atomic
def update_panel(
    panel: Panel, *, name: str, room: str, reviewers: Iterable[Reviewer], by: Actor, disciplines: Iterable[str] = (),
    away: Iterable[tuple[datetime, datetime]] = (),
) -> Panel:  # fmt: skip
    """Change a panel; its entries move to the experts it then has. Refused once it has scored."""
    require(by, "round.manage", panel.round.call)
    round, experts = panel_round(panel.round), list(reviewers)
    _check_panel(round, name, room, experts, list(disciplines))
    panel = Panel.objects.select_for_update().get(pk=panel.pk)
    panel.round = round
    if {r.pk for r in experts} != set(panel.reviewers.values_list("pk", flat=True)):
        _require_unscored(panel)
    panel.name, panel.room, panel.disciplines, panel.away = name.strip(), room.strip(), list(disciplines), _spans(away)
    panel.save()
    panel.reviewers.set(experts)
    invite_reviewers(round, experts, by=by)
    assign_slots(round, clock.now())
    audit.record("update_panel", by=by, on=round, detail=_facts(panel, experts), scope_path=round.scope_path)
    return panel


def _require_unscored(panel: Panel) -> None:
    if Assignment.objects.filter(entry__slot__panel=panel, round=panel.round).submitted().exists():
        raise Refused(_("“%(panel)s”已有提交的评分，不能再更换专家或删除。") % {"panel": panel.name})


@transaction.atomic
def delete_panel(panel: Panel, *, by: Actor) -> None:
    require(by, "round.manage", panel.round.call)
    round = panel_round(panel.round)
    _require_unscored(panel)
    audit.record("delete_panel", by=by, on=round, detail={"panel": panel.name}, scope_path=round.scope_path)
    panel.delete()
    assign_slots(round, clock.now())


def assign_slots(round: ReviewRound, now: datetime) -> list[tuple[int, int]]:
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
