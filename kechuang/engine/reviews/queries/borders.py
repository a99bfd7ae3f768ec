"""Where the next reviews of a round would settle most: which entries stand on a border, and who may be asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from kechuang import judging
from kechuang.engine.reviews import matching
from kechuang.engine.reviews.models import Assignment, ReviewRound
from kechuang.engine.reviews.queries.matrix import assignment_inputs

IN = gettext_noop("入围")


@dataclass(frozen=True)
class BorderAdvice:
    """`pairs` are (reviewer, entry) in the order of their worth; `entries` are the aliases of the reviews to give."""

    advice: judging.Advice
    pairs: tuple[tuple[int, int], ...]
    entries: tuple[str, ...]

    @property
    def on_border(self) -> int:
        return len(self.advice.border)

    @property
    def settled(self) -> int:
        return round(self.advice.settled)

    @property
    def tiers(self) -> list[tuple[str, int]]:
        return [(gettext(name), n) for name, n in self.advice.borders.items() if n]


def border_ratios(round: ReviewRound) -> dict[str, float]:
    """Shares of the entries of a division: of those that go on, or of each prize where this is the last round."""
    plan = round.call.plan
    if round.plan != plan.rounds[-1]:
        return {IN: round.plan.shortlist_share} if round.plan.shortlist_share < 1 else {}
    return {prize.name: prize.share * plan.prizes.cap for prize in plan.prizes.prizes}


def next_reviews(round: ReviewRound, budget: int | None = None) -> BorderAdvice | None:
    """The reviews worth most now; without a budget as many as there are border entries. None where nothing can be said yet."""
    ratios = border_ratios(round)
    rows = _scores(round)
    if not ratios or len({entry for entry, _reviewer, _total in rows}) < 2:
        return None
    inputs = assignment_inputs(round, seed=round.seed)
    entries, judges, totals = zip(*rows, strict=True)
    facts: dict[str, Any] = {
        "prize_ratios": ratios,
        "groups": dict(round.entries.values_list("pk", "application__division")),
        "candidates": _candidates(inputs),
        "capacity": _room(inputs),
        "method": round.plan.method,
    }
    if budget is None:
        budget = len(judging.next_reviews(entries, judges, totals, 0, **facts).border)
    advice = judging.next_reviews(entries, judges, totals, budget, **facts)
    aliases = {row[0]: row[1] for row in inputs["entries"]}
    pairs = tuple((review.experts[0], review.entry) for review in advice.reviews)
    return BorderAdvice(advice, pairs, tuple(aliases[entry] for _reviewer, entry in pairs))


def _scores(round: ReviewRound) -> list[tuple[int, int, float]]:
    rows = Assignment.objects.filter(round=round, score__total__isnull=False).submitted()
    rows = rows.filter(entry__in=round.entries.standing()).order_by("entry_id", "reviewer_id")
    return [(e, r, float(total)) for e, r, total in rows.values_list("entry_id", "reviewer_id", "score__total")]


def _candidates(inputs: dict[str, Any]) -> dict[int, list[int]]:
    """Entry → experts of its field who neither judge it, nor have a conflict, nor once gave it back."""
    barred = {tuple(pair) for name in ("conflicts", "fixed", "forbidden") for pair in inputs[name]}
    found: dict[int, list[int]] = defaultdict(list)
    for reviewer, entry in matching.eligible(inputs):
        if (reviewer, entry) not in barred:
            found[entry].append(reviewer)
    return found


def _room(inputs: dict[str, Any]) -> dict[int, int]:
    have = Counter(reviewer for reviewer, _entry in inputs["fixed"])
    return {row[0]: row[3] - have[row[0]] for row in inputs["reviewers"]}
