"""What the chair of a jury reads: where scores lie far apart, and how severe each judge is. Never before the own score."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

from django.db.models import QuerySet

from kechuang import judging
from kechuang.engine.reviews.models import Assignment, ReviewRound, RoundEntry
from kechuang.engine.reviews.queries.progress import Alarm, spread_alarms
from kechuang.judging.normal import NORMAL_90
from kechuang.orgs.actor import Actor

LEAST = 3
"""Scores from which a severity says something."""


@dataclass(frozen=True)
class Severity:
    """How much more an expert gives than the average one would (negative = stricter), with a 90 % interval."""

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
    return (
        mine.exclude(state="planned")
        .select_related("call__org")
        .defer("assignment_record", "timetable_record")
        .order_by("-pk")
    )


def discussion_list(round: ReviewRound, actor: Actor) -> list[Discussed]:
    """Entries to talk about, widest spread first; without those that the chair has still to score."""
    owed = set(Assignment.objects.own(actor).pending().filter(round=round).values_list("entry_id", flat=True))
    alarms = [alarm for alarm in spread_alarms(round) if alarm.entry_id not in owed]
    rows = RoundEntry.objects.filter(pk__in=[alarm.entry_id for alarm in alarms])
    titles = dict(rows.values_list("pk", "application__title"))
    return [Discussed(alarm, titles[alarm.entry_id]) for alarm in alarms]


def severities(round: ReviewRound) -> list[Severity]:
    """Every judge with a severity that can be told, most severe first: by the method and from the scores of the round's ranking."""
    rows = Assignment.objects.filter(round=round, score__total__isnull=False).submitted()
    rows = rows.filter(entry__in=round.entries.standing()).order_by("entry__alias", "reviewer_id")
    given = list(rows.values_list("entry__alias", "reviewer_id", "score__total", "reviewer__person__name"))
    if not given:
        return []
    entries, reviewers, totals, names = zip(*given, strict=True)
    called = dict(zip(reviewers, names, strict=True))
    found = judging.judge_severity(entries, reviewers, [float(total) for total in totals], method=round.plan.method)
    told = [row for row in found if row.scores >= LEAST and not isnan(row.error)]
    return sorted((_severity(called[row.judge], row) for row in told), key=lambda row: row.mean)


def _severity(name: str, row: judging.JudgeSeverity) -> Severity:
    half = NORMAL_90 * row.error
    return Severity(name, row.scores, round(row.value, 2), round(row.value - half, 2), round(row.value + half, 2))
