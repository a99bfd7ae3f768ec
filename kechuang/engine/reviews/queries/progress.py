"""How far a round is: the officer's board."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from django.db.models import Count, Max, Min, Q

from kechuang.engine.enums import AssignmentState
from kechuang.engine.programme.declaration import RoundPlan
from kechuang.engine.reviews.models import Assignment, AssignmentQuerySet, ReviewRound, RoundEntry
from kechuang.judging.alarms import spread_alarm


@dataclass(frozen=True)
class RoundProgress:
    entries: int
    complete: int
    wanted: int
    assigned: int
    submitted: int
    drafts: int
    recused: int
    short: int

    @property
    def share(self) -> float:
        return self.submitted / self.wanted if self.wanted else 0.0


@dataclass(frozen=True)
class DivisionProgress:
    division: str
    entries: int
    complete: int
    assigned: int
    submitted: int


@dataclass(frozen=True)
class ReviewerProgress:
    reviewer_id: int
    name: str
    assigned: int
    drafts: int
    submitted: int
    recused: int
    mean: Decimal | None
    reminded_at: object

    @property
    def pending(self) -> int:
        return self.assigned - self.submitted


@dataclass(frozen=True)
class Alarm:
    """An entry whose experts differ by more than the plan allows; `asked` = an extra expert is already on it."""

    entry_id: int
    application_id: int
    alias: str
    spread: Decimal
    lowest: Decimal
    highest: Decimal
    asked: bool


_STANDING = ~Q(assignments__state__in=(AssignmentState.RECUSED, AssignmentState.VOID))
_SUBMITTED = Q(assignments__state=AssignmentState.SUBMITTED)


def _counted(round: ReviewRound, by: str = "application__division") -> list[tuple[str, str, int, int, int]]:
    """(alias, division or what else `by` names, assigned, submitted, wanted) of every standing entry, in one query."""
    plan = round.plan
    if plan.kind == "test":
        marked = RoundEntry.objects.filter(round=round).standing().annotate(n_marks=Count("mark")).order_by("alias")
        return [(alias, group, 1, n, 1) for alias, group, n in marked.values_list("alias", by, "n_marks")]
    rows = (
        RoundEntry.objects.filter(round=round)
        .standing()
        .annotate(
            n_assigned=Count("assignments", filter=_STANDING), n_submitted=Count("assignments", filter=_SUBMITTED)
        )
    )
    found = rows.order_by("alias").values_list("alias", by, "n_assigned", "n_submitted")
    return [(*row, _wanted(plan, row[2])) for row in found]


def _wanted(plan: RoundPlan, assigned: int) -> int:
    """A written round asks for so many reviews; before a panel, every expert of the panel scores."""
    return plan.reviews_per_entry if plan.kind == "scoring" else max(1, assigned)


def round_progress(round: ReviewRound) -> RoundProgress:
    rows = _counted(round)
    states = dict(Assignment.objects.filter(round=round).order_by().values_list("state").annotate(n=Count("pk")))
    return RoundProgress(
        entries=len(rows),
        complete=sum(submitted >= wanted for *_, submitted, wanted in rows),
        wanted=sum(wanted for *_, wanted in rows),
        assigned=sum(assigned for _alias, _division, assigned, _submitted, _wanted in rows),
        submitted=states.get(AssignmentState.SUBMITTED, 0),
        drafts=states.get(AssignmentState.DRAFT, 0),
        recused=states.get(AssignmentState.RECUSED, 0),
        short=sum(max(0, wanted - assigned) for _alias, _division, assigned, _submitted, wanted in rows),
    )


def division_progress(round: ReviewRound) -> list[DivisionProgress]:
    return _grouped(_counted(round))


def panel_progress(round: ReviewRound) -> list[DivisionProgress]:
    """The same by panel (its name in place of the division); entries without a time stand under ""."""
    rows = _counted(round, "slot__panel__name")
    return _grouped([(alias, panel or "", assigned, done, wanted) for alias, panel, assigned, done, wanted in rows])


def _grouped(counted: Iterable[tuple[str, str, int, int, int]]) -> list[DivisionProgress]:
    by_division: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for _alias, division, assigned, submitted, wanted in counted:
        by_division[division].append((assigned, submitted, wanted))
    return [
        DivisionProgress(
            division=division,
            entries=len(rows),
            complete=sum(submitted >= wanted for _assigned, submitted, wanted in rows),
            assigned=sum(assigned for assigned, _submitted, _wanted in rows),
            submitted=sum(submitted for _assigned, submitted, _wanted in rows),
        )
        for division, rows in sorted(by_division.items())
    ]


def missing_reviews(round: ReviewRound) -> dict[str, int]:
    """Alias → how many submitted reviews an entry still lacks."""
    return {alias: wanted - done for alias, _division, _assigned, done, wanted in _counted(round) if done < wanted}


def missing_experts(round: ReviewRound) -> dict[str, int]:
    """Alias → how many experts an entry still lacks."""
    return {alias: wanted - n for alias, _division, n, _done, wanted in _counted(round) if n < wanted}


def reviewer_progress(round: ReviewRound) -> list[ReviewerProgress]:
    """One line per invited expert, the slowest first."""
    of_round = Q(reviewer__assignments__round=round)
    states = {name: of_round & Q(reviewer__assignments__state=name) for name in ("draft", "submitted", "recused")}
    standing = of_round & Q(reviewer__assignments__state__in=("assigned", "draft", "submitted"))
    rows = round.round_reviewers.annotate(
        n_assigned=Count("reviewer__assignments", filter=standing),
        **{f"n_{name}": Count("reviewer__assignments", filter=condition) for name, condition in states.items()},
    ).values_list(
        "reviewer_id", "reviewer__person__name", "n_assigned", "n_draft", "n_submitted", "n_recused", "reminded_at"
    )
    means = _means(round)
    found = [
        ReviewerProgress(pk, name, assigned, drafts, submitted, recused, means.get(pk), reminded)
        for pk, name, assigned, drafts, submitted, recused, reminded in rows
    ]
    return sorted(found, key=lambda line: (-line.pending, line.reviewer_id))


def _means(round: ReviewRound) -> dict[int, Decimal]:
    totals: dict[int, list[Decimal]] = defaultdict(list)
    for reviewer, total in _totals(round).values_list("reviewer_id", "score__total"):
        totals[reviewer].append(total)
    return {
        reviewer: (sum(given, Decimal(0)) / len(given)).quantize(Decimal("0.01")) for reviewer, given in totals.items()
    }


def _totals(round: ReviewRound) -> AssignmentQuerySet:
    return Assignment.objects.filter(round=round, score__total__isnull=False).submitted()


def spread_alarms(round: ReviewRound) -> list[Alarm]:
    """Entries whose submitted totals lie further apart than the plan's threshold, widest first."""
    rows = _totals(round).filter(entry__in=RoundEntry.objects.standing().values("pk"))
    scores = [
        (entry, reviewer, float(total))
        for entry, reviewer, total in rows.values_list("entry_id", "reviewer_id", "score__total")
    ]
    alarmed = [cast("int", alarm.entry) for alarm in spread_alarm(scores, round.plan.spread_threshold)]
    entries = RoundEntry.objects.filter(pk__in=alarmed).annotate(
        low=Min("assignments__score__total", filter=_SUBMITTED),
        high=Max("assignments__score__total", filter=_SUBMITTED),
        n_extra=Count("assignments", filter=_STANDING & Q(assignments__is_extra=True)),
    )
    found = [Alarm(e.pk, e.application_id, e.alias, e.high - e.low, e.low, e.high, bool(e.n_extra)) for e in entries]
    return sorted(found, key=lambda alarm: (-alarm.spread, alarm.alias))


def pending_by_reviewer(round: ReviewRound, reviewers: Iterable[int] | None = None) -> dict[int, int]:
    """Reviewer → how many of their entries still await a submitted score."""
    rows = Assignment.objects.filter(round=round).pending().filter(entry__in=RoundEntry.objects.standing().values("pk"))
    if reviewers is not None:
        rows = rows.filter(reviewer__in=reviewers)
    return dict(rows.order_by().values_list("reviewer_id").annotate(n=Count("pk")))
