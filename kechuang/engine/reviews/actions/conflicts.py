"""回避: found from the records, declared by the expert, or entered by the officer. A conflict always ends the pair."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from kechuang import judging
from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.engine.enums import AssignmentState, ConflictKind, RoundState
from kechuang.engine.reviews.actions.pool import BATCH, Post, affiliation
from kechuang.engine.reviews.actions.rounds import locked, require_open
from kechuang.engine.reviews.models import (
    Affiliation,
    Assignment,
    Conflict,
    Reviewer,
    ReviewRound,
    RoundEntry,
    RoundReviewer,
)
from kechuang.engine.reviews.queries.facts import conflict_facts
from kechuang.engine.reviews.queries.pool import broken_conflicts
from kechuang.orgs.actor import Actor, require


@transaction.atomic
def find_conflicts(round: ReviewRound, *, by: Actor, now: datetime | None = None) -> int:
    """Search the records anew for everyone on the round; pinned conflicts stay. Standing pairs in conflict become void.

    Returns the number of conflicts that now stand between the round's experts and entries.
    """
    require(by, "round.manage", round.call)
    round, now = locked(round), now or clock.now()
    facts = conflict_facts(round, now.date())
    found = judging.find_conflicts(
        facts.experts,
        facts.entries,
        declared=facts.declared,
        same_district=round.plan.avoid_same_district,
        on=now.date(),
    )
    here = Conflict.objects.filter(
        call=round.call, reviewer__in=[e.key for e in facts.experts], application__in=[e.key for e in facts.entries]
    )
    here.filter(pinned=False).delete()
    rows = [_conflict(round, one, now) for one in found]
    Conflict.objects.bulk_create(rows, BATCH, ignore_conflicts=True)
    void = _end_broken_pairs(round)
    count = here.count()
    audit.record(
        "find_conflicts", by=by, on=round, detail={"conflicts": count, "void_pairs": void}, scope_path=round.scope_path
    )
    return count


def _conflict(round: ReviewRound, found: judging.Conflict, now: datetime) -> Conflict:
    return Conflict(
        call=round.call,
        reviewer_id=cast("int", found.expert),
        application_id=cast("int", found.entry),
        kind=found.kind.value,
        reason=found.reason[:400],
        evidence={name: _plain(value) for name, value in found.evidence.items() if value is not None},
        found_at=now,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, int | str) else str(value)


def _end_broken_pairs(round: ReviewRound) -> list[list[int]]:
    """Void the pairs of an open round that turned out to be in conflict, submitted ones too: their score must not count."""
    if round.state == RoundState.CLOSED:
        return []
    broken = set(broken_conflicts(round))
    rows = round.assignments.standing().filter(reviewer__in={r for r, _a in broken}).select_related("entry")
    hit = [row for row in rows if (row.reviewer_id, row.entry.application_id) in broken]
    Assignment.objects.filter(pk__in=[row.pk for row in hit]).update(state=AssignmentState.VOID, submitted_at=None)
    return [[row.reviewer_id, row.entry_id] for row in hit]


@transaction.atomic
def declare_conflict(
    reviewer: Reviewer, entry: RoundEntry, *, reason: str, by: Actor, now: datetime | None = None
) -> Conflict:
    """An expert says that they may not judge an entry; if it was theirs, they are recused from it."""
    _require_self(reviewer, by)
    round = locked(entry.round)
    require_open(round)
    return pin(round, reviewer, entry, ConflictKind.DECLARED, reason, by, now, "declare_conflict")


def _require_self(reviewer: Reviewer, by: Actor) -> None:
    if by.person is None or reviewer.person_id != by.person.pk:
        raise PermissionDenied(_("专家申报回避须由本人办理；组委会请使用“登记回避”。"))


@transaction.atomic
def add_conflict(
    round: ReviewRound, reviewer: Reviewer, entry: RoundEntry, *, reason: str, by: Actor,
    kind: str = ConflictKind.DECLARED, now: datetime | None = None,
) -> Conflict:  # fmt: skip
    """The officer enters a conflict that the records do not show; it stays until withdrawn."""
    require(by, "round.manage", round.call)
    return pin(locked(round), reviewer, entry, kind, reason, by, now, "add_conflict")


def pin(
    round: ReviewRound,
    reviewer: Reviewer,
    entry: RoundEntry,
    kind: str,
    reason: str,
    by: Actor,
    now: datetime | None,
    action: str,
) -> Conflict:
    """Write the conflict so that no search removes it, and recuse the pair if it stands."""
    reason = reason.strip()
    if not reason:
        raise Refused(_("请写明回避的理由。"))
    facts = {"reason": reason[:400], "pinned": True, "declared_by": by.user}
    conflict, _new = Conflict.objects.update_or_create(
        call=round.call, reviewer=reviewer, application_id=entry.application_id, kind=kind,
        defaults=facts, create_defaults=facts | {"found_at": now or clock.now()},
    )  # fmt: skip
    round.assignments.standing().filter(reviewer=reviewer, entry=entry).update(
        state=AssignmentState.RECUSED, recusal_reason=reason, submitted_at=None
    )
    detail = {"reviewer": reviewer.pk, "entry": entry.alias, "kind": kind}
    audit.record(action, by=by, on=round, detail=detail, scope_path=round.scope_path, reason=reason)
    return conflict


@transaction.atomic
def withdraw_conflict(conflict: Conflict, *, reason: str, by: Actor) -> None:
    """Lift a conflict entered by mistake; one that the records show is found again at the next search."""
    require(by, "round.manage", conflict.call)
    if not reason.strip():
        raise Refused(_("请写明取消回避的理由。"))
    detail = {"reviewer": conflict.reviewer_id, "application": conflict.application_id, "kind": conflict.kind}
    audit.record(
        "withdraw_conflict", by=by, on=conflict.call, detail=detail, scope_path=conflict.call.scope_path, reason=reason
    )
    conflict.delete()


@transaction.atomic
def declare_affiliations(
    round: ReviewRound, posts: Iterable[Post], *, by: Actor, now: datetime | None = None
) -> RoundReviewer:
    """An expert names employers and schools served before assignment ("none" is an answer too). They need not see one entry."""
    row = (
        round.round_reviewers.select_related("reviewer").select_for_update(of=("self",)).get(reviewer__person=by.person)
    )
    known = set(row.reviewer.affiliations.values_list("org_id", "kind"))
    new = [post for post in posts if (post.org.pk, str(post.kind)) not in known]
    Affiliation.objects.bulk_create([affiliation(row.reviewer, post) for post in new], BATCH)
    row.declared_at = now or clock.now()
    row.save(update_fields=["declared_at"])
    detail = {"reviewer": row.reviewer_id, "orgs": [post.org.pk for post in new]}
    audit.record("declare_affiliations", by=by, on=round, detail=detail, scope_path=round.scope_path)
    return row
