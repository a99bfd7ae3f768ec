"""The one writer of application state (architecture.md, rule 1).

In this order, in one transaction: lock, source state, permission, reason, dates, guards, write, Movement and audit rows, effects.
Everything works on a batch of one call, so that 1,000 recommendations cost as many queries as one.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.prepared import MOMENT, NUMBER, TEXT, Insert, Update
from kechuang.engine.applications import messages, steady, tallies
from kechuang.engine.applications.batch import Batch, MoveRefused, Outcome
from kechuang.engine.applications.models import Adviser, Application, Movement, TeamMember
from kechuang.engine.calls.rules import why_step_is_shut
from kechuang.engine.enums import CallState
from kechuang.engine.programme.registry import EFFECTS, GUARDS
from kechuang.engine.workflow.workflow import Move
from kechuang.orgs.actor import Actor

WRITTEN = ["state", "state_since", "version", "receipt_no", "submitted_at", "submitted_by_id"]
_NOTE = Insert(Movement)
_MOVE = Update(
    lambda pk, *facts: (Application.objects.filter(pk=pk).order_by(), dict(zip(WRITTEN, facts, strict=True))),
    NUMBER, TEXT, MOMENT, NUMBER, TEXT, MOMENT, NUMBER,
)  # fmt: skip
TAKE_TURNS = frozenset({"issue_receipt"})
"""Effects that hold a lock which every submission of the call wants: they come last, so that it is held for a moment only."""


def perform(
    application: Application, move: str, *, by: Actor, reason: str = "", now: datetime | None = None, **data: Any
) -> Application:
    """Make one move, or raise MoveRefused with the sentence; returns the application as it now is."""
    fresh = only_one(perform_many([application], move, by=by, reason=reason, now=now, data=data))
    application.state, application.version, application.state_since = fresh.state, fresh.version, fresh.state_since
    return fresh


def only_one(outcome: Outcome) -> Application:
    """The one application that was moved, or MoveRefused."""
    if outcome.refused:
        raise MoveRefused(outcome.refused[0][1])
    return outcome.done[0]


@transaction.atomic
def perform_many(
    applications: Iterable[Application] | QuerySet[Application],
    move: str,
    *,
    by: Actor,
    reason: str = "",
    now: datetime | None = None,
    data: dict[str, Any] | None = None,
) -> Outcome:
    """Make one move for every application that may make it; the others come back with their sentence. All of one call."""
    ids = [application.pk for application in applications]
    if not ids:
        return Outcome()
    return move_locked(lock(ids), move, by=by, reason=reason, now=now, data=data)


Moved = Callable[[Batch], None]
_on_moved: list[Moved] = []


def on_moved(function: Moved) -> Moved:
    """Have `function` called inside the transaction of every move, after it was written: for stages above that wait for one."""
    if function not in _on_moved:
        _on_moved.append(function)
    return function


def move_locked(
    locked: list[Application], move: str, *, by: Actor, reason: str = "", now: datetime | None = None,
    data: dict[str, Any] | None = None,
) -> Outcome:  # fmt: skip
    """`perform_many` for applications that `lock` has just given, inside the transaction that holds them."""
    call = locked[0].call
    if any(application.call_id != call.pk for application in locked):
        raise ValueError("perform_many takes applications of one call")
    batch = Batch(call, call.workflow.move(move), locked, by, now or clock.now(), reason.strip(), data or {})
    refused = _refusals(batch)
    outcome = Outcome(refused=[(app, refused[app.pk]) for app in locked if app.pk in refused])
    batch.applications = [app for app in locked if app.pk not in refused]
    if batch.applications:
        _carry_out(batch)
    outcome.done = batch.applications
    return outcome


def available_moves(application: Application, actor: Actor, now: datetime | None = None) -> list[Move]:
    """The moves that `actor` may make by hand now: the same checks as `perform`, without the guards (which explain themselves)."""
    now = now or clock.now()
    return [
        move
        for move in application.call.workflow.moves_from(application.state)
        if move.by_hand and may(actor, move, application) and not why_step_is_shut(application.call, move.step, now)
    ]


def may(actor: Actor, move: Move, application: Application) -> bool:
    """Whether `actor` holds the right that `move` needs, where it must be held."""
    if move.authority == "call":
        return actor.can(move.needs, application.call)
    if move.authority == "applicant":
        return acts_for(actor, application, move.needs)
    return actor.can(move.needs, application)


def acts_for(actor: Actor, application: Application, permission: str) -> bool:
    """Whether `actor` may do for the applicant what `permission` names: by office for an organisation, else as one of them."""
    if application.filled_by_id:
        return takes_part(actor, application) and bool(actor.paths(permission))
    return actor.has_own(permission) and takes_part(actor, application)


def takes_part(actor: Actor, application: Application) -> bool:
    """Member, adviser, the one who began it, or the office that fills it in; guardians read but do not act for the team."""
    if actor.user is None:
        return False
    if application.filled_by_id:
        return any(org.pk == application.filled_by_id for org in actor.orgs_for("application.edit"))
    if application.created_by_id == actor.user.pk:
        return True
    people = {m.person_id for m in application.members.all()} | {a.person_id for a in application.advisers.all()}
    return actor.person is not None and actor.person.pk in people


def lock(ids: list[int]) -> list[Application]:
    """The applications with call, team and advisers, the caller's alone until the transaction ends."""
    if len(ids) == 1:
        return [steady.with_team(steady.locked(ids[0]))]
    people = [
        Prefetch("members", TeamMember.objects.select_related("person__user")),
        Prefetch("advisers", Adviser.objects.select_related("person__user")),
    ]
    query = Application.objects.select_related("call__org", "org", "created_by", "person__user").prefetch_related(
        *people
    )
    return list(query.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)))


def _refusals(batch: Batch) -> dict[int, str]:
    refused: dict[int, str] = {}
    shut = why_step_is_shut(batch.call, batch.move.step, batch.now)
    for application in batch.applications:
        sentence = _why_not(batch, application) or shut
        if sentence:
            refused[application.pk] = sentence
    for name in batch.move.guards:
        remaining = [app for app in batch.applications if app.pk not in refused]
        if not remaining:
            break
        part = Batch(batch.call, batch.move, remaining, batch.actor, batch.now, batch.reason, batch.data)
        refused |= GUARDS[name](part)
    return refused


def _why_not(batch: Batch, application: Application) -> str:
    if batch.call.state == CallState.CANCELLED:
        return _("本次申报已取消，不能再办理。")
    if application.state not in batch.move.source:
        return _("“%(title)s”现在是“%(state)s”，不能执行“%(move)s”。页面可能不是最新的，请刷新后再看。") % {
            "title": application,
            "state": _(application.state_info.label),
            "move": _(batch.move.label),
        }
    if not may(batch.actor, batch.move, application):
        return _("您没有权限对“%(title)s”执行“%(move)s”。") % {"title": application, "move": _(batch.move.label)}
    if batch.move.needs_reason and not batch.reason:
        return _("请写明理由，申报者会看到它。")
    return ""


def _carry_out(batch: Batch) -> None:
    stood = {application.pk: tallies.place_of(application) for application in batch.applications}
    sources = {pk: place.state for pk, place in stood.items()}
    for application in batch.applications:
        application.state = batch.move.target
        application.state_since = batch.now
        application.version += 1
    for name in batch.move.effects:
        if name not in TAKE_TURNS:
            EFFECTS[name](batch)
    tallies.moved(batch.applications, stood)
    _write_trail(batch, sources)
    messages.tell_of_move(batch)
    for name in TAKE_TURNS.intersection(batch.move.effects):
        EFFECTS[name](batch)
    _save(batch.applications)
    for function in _on_moved:
        function(batch)


def _save(applications: list[Application]) -> None:
    if len(applications) == 1:
        one = applications[0]
        _MOVE(one.pk, *(getattr(one, name) for name in WRITTEN))
    else:
        Application.objects.bulk_update(applications, [name.removesuffix("_id") for name in WRITTEN], batch_size=500)


def _write_trail(batch: Batch, sources: dict[int, str]) -> None:
    _NOTE(
        [
            Movement(
                application=application,
                move=batch.move.name,
                source=sources[application.pk],
                target=application.state,
                at=batch.now,
                by=batch.actor.user,
                by_label=batch.actor.label,
                reason=batch.reason,
            )
            for application in batch.applications
        ]
    )
    audit.record_many(
        [
            {
                "action": f"application.{batch.move.name}",
                "by": batch.actor,
                "on": application,
                "detail": {"from": sources[application.pk], "to": application.state},
                "scope_path": application.scope_path,
                "reason": batch.reason,
            }
            for application in batch.applications
        ]
    )
