"""The expert pool, and who of it suits a round."""

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from kechuang.engine.reviews.models import Conflict, Reviewer, ReviewRound, RoundReviewer
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.scoping import under


def pool(actor: Actor, *, search: str = "", field: str = "", active: bool = True) -> QuerySet[Reviewer]:
    """The pool for those who run rounds, with the number of reviews under way and done."""
    require(actor, "round.manage")
    found = Reviewer.objects.select_related("person").annotate(
        n_pending=Count("assignments", filter=Q(assignments__state__in=("assigned", "draft"))),
        n_submitted=Count("assignments", filter=Q(assignments__state="submitted")),
    )
    if active:
        found = found.filter(is_active=True)
    if search:
        found = found.filter(Q(person__name__icontains=search) | Q(employer_name__icontains=search))
    ids = [pk for pk, fields in found.values_list("pk", "fields") if field in fields] if field else None
    return found.order_by("pk") if ids is None else found.filter(pk__in=ids).order_by("pk")


def reached_by(actor: Actor) -> QuerySet[RoundReviewer]:
    """The experts whom an office has in rounds that it runs itself: whom it has to write to."""
    return RoundReviewer.objects.filter(under("round__call__org__path", actor.paths("round.manage")))


def not_yet_invited(round: ReviewRound) -> list[Reviewer]:
    """Active experts outside the round who know one of its disciplines or a neighbouring one, best suited first."""
    wanted = set(round.entries.values_list("application__discipline", flat=True))
    plan = round.call.plan
    near = {code for d in plan.disciplines if d.code in wanted for code in d.near}
    found = Reviewer.objects.filter(is_active=True).exclude(round_reviewers__round=round).select_related("person")
    scored = [(-_fit(reviewer.fields, wanted, near), reviewer.pk, reviewer) for reviewer in found]
    return [reviewer for fit, _pk, reviewer in sorted(scored, key=lambda row: row[:2]) if fit]


def _fit(fields: Iterable[str], wanted: set[str], near: set[str]) -> int:
    return 2 * len(wanted.intersection(fields)) + len(near.intersection(fields))


def invited(round: ReviewRound) -> QuerySet[RoundReviewer]:
    return RoundReviewer.objects.filter(round=round).select_related("reviewer__person").order_by("pk")


def conflicts(round: ReviewRound) -> QuerySet[Conflict]:
    """The conflicts that touch this round, for the officer; nobody else reads them."""
    return (
        Conflict.objects.filter(
            call=round.call, reviewer__round_reviewers__round=round, application__round_entries__round=round
        )
        .select_related("reviewer__person", "application__org")
        .order_by("kind", "pk")
    )


def broken_conflicts(round: ReviewRound) -> list[tuple[int, int]]:
    """Standing pairs (reviewer, application) of the round that have a conflict; must be empty."""
    pairs = set(round.assignments.standing().values_list("reviewer_id", "entry__application_id"))
    banned = Conflict.objects.filter(call=round.call).values_list("reviewer_id", "application_id")
    return sorted(pairs.intersection(banned))
