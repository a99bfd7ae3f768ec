"""The sheet for the deciding meeting: what hangs on any one judge, how far judges agree, and what each judge is like.

- Leave one judge out: the same method without that judge's scores; which ranks and prizes change.
- Agreement: the intraclass correlation of one score and of the mean score (Shrout & Fleiss 1979, from the variances of the
  mixed model, so it needs no full panel); Kendall's W with ties (Kendall & Babington Smith 1939) where the same judges
  scored the same entries.
- A judge: severity with its error, the spread of their scores beside that of the others on the same entries, and the
  correlation with what the others say of those entries.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kechuang.judging.arrays import Anything, Floats, Ints
from kechuang.judging.messages import Message, say
from kechuang.judging.normal import NORMAL_90
from kechuang.judging.ranking.choose import Choice, choose, fits_a_model
from kechuang.judging.ranking.mixed import Equations, Fit, fit_at
from kechuang.judging.ranking.rank import MODELS, Ratios, tier_limits
from kechuang.judging.ranking.table import Sheet, bare, read_sheet
from kechuang.judging.ranking.uncertainty import panel_estimate
from kechuang.judging.threads import single_threaded

FEWEST_SHARED = 3
"""Kendall's W and a judge's correlation need so many entries in common."""


@dataclass(frozen=True)
class Moved:
    """One entry whose place changes; `tier` names are "" without a prize."""

    entry: Any
    rank: int
    without: int
    tier: str
    tier_without: str

    @property
    def changes_prize(self) -> bool:
        return self.tier != self.tier_without


@dataclass(frozen=True)
class WithoutJudge:
    """What changes if this judge's scores are left out: entries whose prize changes, and the largest move in rank."""

    judge: Any
    scores: int
    changed: tuple[Moved, ...]
    moved: int
    largest: int

    @property
    def prizes(self) -> tuple[Moved, ...]:
        return tuple(row for row in self.changed if row.changes_prize)


@dataclass(frozen=True)
class JudgeProfile:
    """`low`–`high` is the 90 % interval of the severity; `spread` 1 = as wide as the others; `agreement` −1 to 1."""

    judge: Any
    scores: int
    mean: float
    severity: float
    error: float
    low: float
    high: float
    spread: float | None
    agreement: float | None


@dataclass(frozen=True)
class Agreement:
    """`single` and `average` are intraclass correlations (None: cannot be told); `kendall_w` of `block` (judges, entries)."""

    single: float | None
    average: float | None
    kendall_w: float | None
    block: tuple[int, int]
    message: Message


@dataclass(frozen=True)
class Sensitivity:
    method: str
    without: tuple[WithoutJudge, ...]
    judges: tuple[JudgeProfile, ...]
    agreement: Agreement

    @property
    def sure(self) -> bool:
        """No prize hangs on any one judge."""
        return not any(row.prizes for row in self.without)


@single_threaded
def sensitivity(
    entries: Any,
    judges: Any,
    scores: Any,
    *,
    criteria: Any = None,
    method: str = "auto",
    prize_ratios: Ratios | None = None,
    groups: Mapping[Any, Hashable] | None = None,
) -> Sensitivity:
    """All of the sheet in one go; `groups` names the division of an entry whose ranks and prizes are counted apart.

    Without one judge the method and the variances stay as the whole round has them: only that judge's scores are gone.
    """
    sheet = read_sheet(entries, judges, scores, criteria)
    choice = choose(sheet, method)
    places = _Places(sheet, groups, prize_ratios)
    before = places.of(choice.estimate)
    without = [_without(sheet, choice, at, places, before) for at in range(len(sheet.judges))]
    order = sorted(without, key=lambda row: (-len(row.prizes), -row.largest, str(row.judge)))
    return Sensitivity(choice.method, tuple(order), _profiles(sheet, choice), agreement_of(sheet, choice.fit))


# --- without one judge -------------------------------------------------------------------------------------------


class _Places:
    """Ranks and tiers by group; entries without an estimate (NaN) come last, without a tier."""

    def __init__(self, sheet: Sheet, groups: Mapping[Any, Hashable] | None, ratios: Ratios | None) -> None:
        self.names = tier_limits(ratios, 1)[0]
        found: dict[Hashable, list[int]] = defaultdict(list)
        for at, item in enumerate(sheet.items):
            found[groups.get(bare(item)) if groups else None].append(at)
        self.members = [np.array(at, dtype=np.int64) for at in found.values()]
        self.limits = [tier_limits(ratios, len(at))[1] for at in self.members]

    def of(self, estimate: Floats) -> tuple[Ints, Ints]:
        rank, tier = np.zeros(len(estimate), dtype=np.int64), np.zeros(len(estimate), dtype=np.int64)
        filled = np.where(np.isnan(estimate), -np.inf, np.round(estimate, 9))
        for members, limits in zip(self.members, self.limits, strict=True):
            rank[members] = 1 + np.searchsorted(np.sort(-filled[members]), -filled[members], side="left")
            tier[members] = np.searchsorted(limits, rank[members], side="left") if len(limits) else 0
        return rank, tier

    def name(self, tier: int) -> str:
        return self.names[tier] if tier < len(self.names) else ""


def _without(sheet: Sheet, choice: Choice, judge: int, places: _Places, before: tuple[Ints, Ints]) -> WithoutJudge:
    estimate = _estimate_without(sheet, choice, judge)
    rank, tier = places.of(estimate)
    moved = np.nonzero(rank != before[0])[0]
    rows = [
        Moved(
            bare(sheet.items[at]), int(before[0][at]), int(rank[at]), places.name(before[1][at]), places.name(tier[at])
        )
        for at in moved
    ]
    rows.sort(key=lambda row: (not row.changes_prize, row.rank, str(row.entry)))
    largest = int(np.abs(rank - before[0]).max(initial=0))
    return WithoutJudge(bare(sheet.judges[judge]), int(sheet.judge_counts[judge]), tuple(rows), len(rows), largest)


def _estimate_without(sheet: Sheet, choice: Choice, judge: int) -> Floats:
    """NaN for entries that only this judge scored."""
    found = np.full(len(sheet.items), np.nan)
    held = sheet.judge != judge
    if not held.any():
        return found
    part = _part(sheet, held)
    found[part.items] = _estimate(part, choice)
    return found


def _estimate(part: Sheet, choice: Choice) -> Floats:
    if choice.method in MODELS and choice.fit is not None and fits_a_model(part):
        if choice.method == "mixed":
            return panel_estimate(fit_at(Equations(part), choice.fit.variances))
        return choose(part, "auto").estimate
    return choose(part, "mean" if choice.method in MODELS else choice.method).estimate


def _part(sheet: Sheet, held: Anything) -> Sheet:
    items, item = np.unique(sheet.item[held], return_inverse=True)
    judges, judge = np.unique(sheet.judge[held], return_inverse=True)
    criteria = None if sheet.criteria is None else sheet.criteria[held]
    return replace(
        sheet,
        items=items,
        judges=judges,
        item=item,
        judge=judge,
        score=sheet.score[held],
        criteria=criteria,
        unscored=(),
    )


# --- judges ------------------------------------------------------------------------------------------------------


def _profiles(sheet: Sheet, choice: Choice) -> tuple[JudgeProfile, ...]:
    fit = choice.fit
    left = sheet.score - sheet.item_means(sheet.score)[sheet.item]
    severity = fit.judge if fit is not None else sheet.judge_means(left)
    error = fit.judge_errors() if fit is not None else np.full(len(severity), np.nan)
    means = sheet.judge_means(sheet.score)
    found = []
    for at, judge in enumerate(sheet.judges):
        spread, agreement = _beside_others(sheet, at)
        value, margin = float(severity[at]), NORMAL_90 * float(error[at])
        row = JudgeProfile(bare(judge), int(sheet.judge_counts[at]), float(means[at]), value, float(error[at]),
                           value - margin, value + margin, spread, agreement)  # fmt: skip
        found.append(row)
    return tuple(sorted(found, key=lambda row: (row.severity, str(row.judge))))


def _beside_others(sheet: Sheet, judge: int) -> tuple[float | None, float | None]:
    """Spread of the judge's scores over that of the others' means of the same entries, and their correlation."""
    rows = np.nonzero(sheet.judge == judge)[0]
    total = np.bincount(sheet.item, sheet.score, minlength=len(sheet.items))[sheet.item[rows]]
    others = sheet.counts[sheet.item[rows]] - 1
    own, rest = sheet.score[rows][others > 0], (total - sheet.score[rows])[others > 0] / others[others > 0]
    if len(own) < FEWEST_SHARED or rest.std() == 0:
        return None, None
    wide = float(own.std() / rest.std())
    return wide, (float(np.corrcoef(own, rest)[0, 1]) if own.std() > 0 else 0.0)


# --- agreement ---------------------------------------------------------------------------------------------------


def agreement_of(sheet: Sheet, fit: Fit | None) -> Agreement:
    """How far the judges of the round agree, with a sentence."""
    single = average = None
    if fit is not None:
        v, per_entry = fit.variances, float(sheet.counts.mean())
        single = v.item / (v.item + v.judge + v.error)
        average = v.item / (v.item + (v.judge + v.error) / per_entry)
    table = common_block(sheet)
    w = kendall_w(table) if min(table.shape) >= 2 and table.shape[1] >= FEWEST_SHARED else None
    if average is None:
        return Agreement(None, None, w, (table.shape[0], table.shape[1]), say("agreement.unknown"))
    words = "good" if average >= 0.75 else "fair" if average >= 0.5 else "poor"
    return Agreement(single, average, w, (table.shape[0], table.shape[1]), say(f"agreement.{words}", share=average))


def common_block(sheet: Sheet) -> Floats:
    """Judges × entries of a block in which each judge scored each entry, as large as greedy growth finds it."""
    given = np.zeros((len(sheet.judges), len(sheet.items)), dtype=bool)
    if given.size > 4_000_000:
        return np.zeros((0, 0))
    given[sheet.judge, sheet.item] = True
    score = np.full(given.shape, np.nan)
    score[sheet.judge, sheet.item] = sheet.score
    best = np.zeros((0, 0))
    for first in np.argsort(-sheet.judge_counts, kind="stable")[:20]:
        rows, shared = [int(first)], given[first].copy()
        while True:
            common = (given & shared).sum(axis=1)
            common[rows] = -1
            following = int(np.argmax(common))
            if common[following] < FEWEST_SHARED:
                break
            rows.append(following)
            shared &= given[following]
            if len(rows) >= 2 and len(rows) * int(shared.sum()) > best.size:
                best = score[sorted(rows)][:, shared]
    return best


def kendall_w(table: Floats) -> float:
    """Kendall's coefficient of concordance of judges × entries, with the correction for ties."""
    from scipy import stats  # noqa: PLC0415 -- slow import

    judges, entries = table.shape
    ranks = np.array([stats.rankdata(row) for row in table])
    total = ranks.sum(axis=0)
    spread = float(((total - total.mean()) ** 2).sum())
    ties = sum(float((count**3 - count).sum()) for count in (np.unique(row, return_counts=True)[1] for row in table))
    most = (judges**2 * (entries**3 - entries) - judges * ties) / 12
    return spread / most if most > 0 else 0.0
