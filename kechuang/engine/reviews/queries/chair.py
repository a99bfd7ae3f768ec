"""What the chair of a jury reads: where scores lie far apart, and how severe each judge is. Never before the own score."""

from collections import defaultdict
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

from django.db.models import QuerySet

from kechuang.engine.reviews.models import Assignment, ReviewRound, RoundEntry
from kechuang.engine.reviews.queries.progress import Alarm, spread_alarms
from kechuang.orgs.actor import Actor

LEAST = 3
"""Entries judged together with others from which a severity says something."""


@dataclass(frozen=True)
class Severity:
    """How far an expert's scores lie from those of the others on the same entries (negative = stricter), with a 95 % interval."""

    name: str
    entries: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Discussed:
    alarm: Alarm
    title: str


def chaired(actor: Actor) -> QuerySet[ReviewRound]:
    """The rounds whose jury `actor` chairs."""
    if actor.person is None:
        return ReviewRound.objects.none()
    mine = ReviewRound.objects.filter(round_reviewers__is_chair=True, round_reviewers__reviewer__person=actor.person)
    return mine.exclude(state="planned").select_related("call__org").defer("assignment_record").order_by("-pk")


def discussion_list(round: ReviewRound, actor: Actor) -> list[Discussed]:
    """Entries to talk about, widest spread first; without those that the chair has still to score."""
    owed = set(Assignment.objects.own(actor).pending().filter(round=round).values_list("entry_id", flat=True))
    alarms = [alarm for alarm in spread_alarms(round) if alarm.entry_id not in owed]
    rows = RoundEntry.objects.filter(pk__in=[alarm.entry_id for alarm in alarms])
    titles = dict(rows.values_list("pk", "application__title"))
    return [Discussed(alarm, titles[alarm.entry_id]) for alarm in alarms]


def severities(round: ReviewRound) -> list[Severity]:
    rows = Assignment.objects.filter(round=round, score__total__isnull=False).submitted().order_by("reviewer_id", "pk")
    by_entry: dict[int, list[tuple[int, float]]] = defaultdict(list)
    names: dict[int, str] = {}
    for entry, reviewer, name, total in rows.values_list(
        "entry_id", "reviewer_id", "reviewer__person__name", "score__total"
    ):
        by_entry[entry].append((reviewer, float(total)))
        names[reviewer] = name
    apart: dict[int, list[float]] = defaultdict(list)
    for given in by_entry.values():
        for reviewer, total in given:
            others = [other for who, other in given if who != reviewer]
            if others:
                apart[reviewer].append(total - fmean(others))
    return sorted(
        (_severity(names[who], gaps) for who, gaps in apart.items() if len(gaps) >= LEAST), key=lambda s: s.mean
    )


def _severity(name: str, gaps: list[float]) -> Severity:
    mean, half = fmean(gaps), 1.96 * stdev(gaps) / sqrt(len(gaps))
    return Severity(name, len(gaps), round(mean, 2), round(mean - half, 2), round(mean + half, 2))
