"""Bulk work: what was confirmed is carried out exactly, in parts that each commit with their result, and may be taken back.

An act is prepared (the rows are written down with their versions), confirmed once, and carried out by `perform_many`. A row that
changed after it was written down is refused, not moved; a repeated confirmation or a job that runs again moves nothing twice.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.jobs import enqueue
from kechuang.base.models import StoredFile
from kechuang.engine.applications.models import Application, BulkAct
from kechuang.engine.applications.perform import perform_many
from kechuang.engine.calls.models import Call
from kechuang.engine.workflow.workflow import Move, Workflow
from kechuang.orgs.actor import Actor

AT_ONCE = 200
"""Up to so many rows an officer waits for; more become a job."""
PART = 200
"""Rows of one transaction."""


@dataclass(frozen=True)
class Step:
    """One application, the version it had when it was chosen, the move meant for it; `row` is its row in a file."""

    application: int
    version: int
    move: str
    reason: str = ""
    row: int = 0

    @property
    def stored(self) -> list[Any]:
        return [self.application, self.version, self.move, self.reason, self.row]


def steps_for(rows: Iterable[tuple[int, int]], move: str) -> list[Step]:
    """`rows` are pairs of id and version; the reason is the act's own."""
    return [Step(pk, version, move) for pk, version in rows]


def way_back(flow: Workflow, name: str) -> Move | None:
    """The move that lawfully undoes the move of this name, if the workflow has one."""
    move = next((move for move in flow.moves if move.name == name), None)
    if move is None or move.undoes:
        return None
    fitting = [m for m in flow.moves if m.undoes and m.by_hand and move.target in m.source and m.target in move.source]
    return next((m for m in fitting if m.undoes == name), fitting[0] if fitting else None)


def prepare_bulk(
    call: Call,
    steps: Sequence[Step],
    *,
    by: Actor,
    move: str = "",
    reason: str = "",
    query: str = "",
    file: StoredFile | None = None,
    problems: Sequence[tuple[int, str]] = (),
    undoes: BulkAct | None = None,
) -> BulkAct:
    """Write down what is to be done; nothing moves yet. Ways back come first, so that the places they free can be used."""
    if by.user is None:
        raise PermissionDenied
    backs = {m.name for m in call.workflow.moves if m.undoes}
    ordered = sorted(steps, key=lambda step: (step.move not in backs, step.move, step.reason))
    return BulkAct.objects.create(
        call=call, by=by.user, move=move, reason=reason.strip(), query=query[:1000], steps=[step.stored for step in ordered],
        file=file, problems=[list(problem) for problem in problems], undoes=undoes,
    )  # fmt: skip


def confirm_bulk(act: BulkAct, *, by: Actor, reason: str = "", now: datetime | None = None) -> BulkAct:
    """Carry the act out: at once, or as a job where it is large. Confirmed twice, it is done once."""
    _require_own(act, by)
    with transaction.atomic():
        fresh = {"confirmed_at": now or clock.now(), **({"reason": reason.strip()} if reason.strip() else {})}
        if not BulkAct.objects.filter(pk=act.pk, confirmed_at=None).update(**fresh):
            act.refresh_from_db()
            return act
        act.refresh_from_db()
        if len(act.steps) > AT_ONCE:
            act.job = enqueue(
                "applications.bulk", args={"act": act.pk}, by=by, scope_path=act.scope_path, key=str(act.pk)
            )
            act.save(update_fields=["job"])
            return act
    return carry_out_bulk(act, by=by)


def carry_out_bulk(act: BulkAct, *, by: Actor, step: Callable[[int, int], None] = lambda done, total: None) -> BulkAct:
    """Do what is left of a confirmed act, part by part; safe to run again after any interruption."""
    _require_own(act, by)
    while _next_part(act, by):
        step(act.taken, len(act.steps))
    return act


def _require_own(act: BulkAct, by: Actor) -> None:
    if by.user is None or act.by_id != by.user.pk:
        raise PermissionDenied


@transaction.atomic
def _next_part(act: BulkAct, by: Actor) -> bool:
    """Carry out one part and write down how it ended; False once there is nothing left."""
    fresh = BulkAct.objects.select_for_update(of=("self",)).get(pk=act.pk)
    part = [Step(*stored) for stored in fresh.steps[fresh.taken : fresh.taken + PART]]
    if fresh.confirmed_at is None or fresh.finished_at is not None:
        return False
    for (move, reason), steps in groupby(part, key=lambda step: (step.move, step.reason)):
        _move_group(fresh, list(steps), move, reason or fresh.reason, by)
    fresh.taken += len(part)
    if fresh.taken >= len(fresh.steps):
        fresh.finished_at = clock.now()
        counts = {"done": len(fresh.done), "refused": len(fresh.refused), "move": fresh.move, "query": fresh.query}
        audit.record("carry_out_bulk", by=by, on=fresh, scope_path=fresh.scope_path, detail=counts, reason=fresh.reason)
    fresh.save(update_fields=["done", "refused", "taken", "finished_at"])
    act.done, act.refused, act.taken, act.finished_at = fresh.done, fresh.refused, fresh.taken, fresh.finished_at
    return fresh.finished_at is None


def _move_group(act: BulkAct, steps: list[Step], move: str, reason: str, by: Actor) -> None:
    rows = {step.application: step.row for step in steps}
    wanted = {step.application: step.version for step in steps}
    found = list(
        Application.objects.select_related("org").filter(pk__in=wanted, call=act.call_id).order_by("pk").select_for_update(of=("self",))
    )  # fmt: skip
    same = [application for application in found if application.version == wanted[application.pk]]
    for application in found:
        if application.version != wanted[application.pk]:
            act.refused.append([application.pk, _changed(application), rows[application.pk]])
    outcome = perform_many(same, move, by=by, reason=reason)
    act.done += [[application.pk, application.version, move] for application in outcome.done]
    act.refused += [[application.pk, sentence, rows[application.pk]] for application, sentence in outcome.refused]


def _changed(application: Application) -> str:
    return _("确认之后它又有了变化，现在是“%(state)s”，没有办理。") % {"state": _(application.state_info.label)}


def prepare_undo(act: BulkAct, *, by: Actor) -> BulkAct:
    """The act that takes this one back by the workflow's own moves. What changed since is left alone."""
    _require_own(act, by)
    if act.finished_at is None:
        raise Refused(_("还在办理，完成后才能撤销。"))
    known = act.undone_through.exclude(confirmed_at=None).first()
    if known is not None:
        return known
    flow = act.call.workflow
    backs = {name: way_back(flow, name) for _pk, _version, name in act.done}
    steps = [Step(pk, version, back.name) for pk, version, name in act.done if (back := backs[name])]
    if not steps:
        raise Refused(_("这一步现在不能撤销，请在列表中逐件办理。"))
    move = steps[0].move if len({step.move for step in steps}) == 1 else ""
    return prepare_bulk(act.call, steps, by=by, move=move, reason=_("撤销批量办理"), query=act.query, undoes=act)
