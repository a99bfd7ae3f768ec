"""The officer's own hand in who judges what: one pair more, one pair less, each with a reason that is kept."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.engine.enums import AssignmentState
from kechuang.engine.reviews.actions.assigning import tell_of_assignment
from kechuang.engine.reviews.actions.rounds import locked, require_open
from kechuang.engine.reviews.models import GONE, Assignment, Conflict, Reviewer, ReviewRound, RoundEntry
from kechuang.orgs.actor import Actor, require


@transaction.atomic
def add_assignment(
    entry: RoundEntry, reviewer: Reviewer, *, reason: str, by: Actor, now: datetime | None = None
) -> Assignment:
    """Give one entry to one invited expert; refused where a conflict forbids the pair. A void pair comes back."""
    require(by, "round.manage", entry.round.call)
    round, now = locked(entry.round), now or clock.now()
    require_open(round)
    _check_reason(reason)
    _check_pair(round, entry, reviewer)
    row, _new = Assignment.objects.update_or_create(
        entry=entry, reviewer=reviewer,
        defaults={"round": round, "state": AssignmentState.ASSIGNED, "assigned_at": now, "submitted_at": None},
    )  # fmt: skip
    _audit("add_assignment", row, by, reason)
    tell_of_assignment(round, [(reviewer.pk, entry.pk)], by)
    return row


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("请写明人工调整的理由，会记入评审记录。"))


def _check_pair(round: ReviewRound, entry: RoundEntry, reviewer: Reviewer) -> None:
    words = {"name": reviewer.person.name, "alias": entry.alias}
    if not round.round_reviewers.filter(reviewer=reviewer).exists():
        raise Refused(_("%(name)s还没有受邀参加本轮评审，请先邀请。") % words)
    if entry.application.state in GONE:
        raise Refused(_("%(alias)s 已退出评审，不再分配专家。") % words)
    conflict = Conflict.objects.filter(call=round.call, reviewer=reviewer, application=entry.application_id).first()
    if conflict:
        words["why"] = conflict.get_kind_display()
        raise Refused(_("%(name)s应当回避 %(alias)s（%(why)s），不能分配。") % words)
    if round.assignments.standing().filter(entry=entry, reviewer=reviewer).exists():
        raise Refused(_("%(alias)s 已经分给%(name)s，不需要再分配。") % words)


@transaction.atomic
def void_assignment(assignment: Assignment, *, reason: str, by: Actor) -> Assignment:
    """Take one entry away from one expert; a score already given no longer counts. The solver will not pair them again."""
    require(by, "round.manage", assignment.round.call)
    require_open(locked(assignment.round))
    _check_reason(reason)
    row = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("entry", "round__call__org")
        .get(pk=assignment.pk)
    )
    if row.state in (AssignmentState.RECUSED, AssignmentState.VOID):
        raise Refused(_("这份评审已经撤销或回避，不需要再撤销。"))
    before = row.state
    row.state, row.submitted_at = AssignmentState.VOID, None
    row.save(update_fields=["state", "submitted_at"])
    _audit("void_assignment", row, by, reason, before=before)
    return row


def _audit(action: str, row: Assignment, by: Actor, reason: str, **detail: object) -> None:
    facts = {"entry": row.entry.alias, "reviewer": row.reviewer_id, **detail}
    audit.record(action, by=by, on=row, detail=facts, scope_path=row.round.scope_path, reason=reason.strip())
