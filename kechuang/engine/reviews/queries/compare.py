"""The scores of a few entries beside each other, for whoever runs the rounds."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kechuang.engine.applications.models import Application
from kechuang.engine.reviews.models import Assignment


@dataclass(frozen=True)
class RoundMarks:
    """What one round says of one entry: how many handed in, their totals, the mean, and the mean of each criterion."""

    round: str
    alias: str
    totals: tuple[Decimal, ...]
    criteria: tuple[tuple[str, float], ...]

    @property
    def mean(self) -> float:
        return round(float(sum(self.totals)) / len(self.totals), 2)

    @property
    def spread(self) -> Decimal:
        return max(self.totals) - min(self.totals)


def marks_of(applications: Iterable[Application]) -> dict[int, list[RoundMarks]]:
    """By application, round after round; only scores that were handed in count. One query."""
    known = {application.pk: application for application in applications}
    rows = (
        Assignment.objects.filter(entry__application__in=known, state="submitted", score__total__isnull=False)
        .order_by("round_id", "score__total")
        .values("entry__application_id", "entry__alias", "round__code", "score__total", "score__marks")
    )
    grouped: dict[tuple[int, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row["entry__application_id"], row["round__code"]].append(row)
    found: dict[int, list[RoundMarks]] = {pk: [] for pk in known}
    for (pk, code), scores in grouped.items():
        found[pk].append(_of_round(known[pk], code, scores))
    return found


def _of_round(application: Application, code: str, scores: list[Mapping[str, Any]]) -> RoundMarks:
    plan = application.call.plan
    criteria = tuple(
        (c.name, round(sum(float(row["score__marks"].get(c.code, 0)) for row in scores) / len(scores), 2))
        for c in plan.rubric_for(application.stage, code).criteria
    )
    name = next((r.name for r in plan.rounds if r.code == code), code)
    return RoundMarks(name, scores[0]["entry__alias"], tuple(row["score__total"] for row in scores), criteria)
