"""Whether judges differ at all, and whether criteria tell more than totals: what `auto` asks before it corrects."""

from dataclasses import replace

import numpy as np

from kechuang.judging.arrays import Floats, Ints, sum_at
from kechuang.judging.ranking.mixed import Fit, fit_reml
from kechuang.judging.ranking.table import Sheet
from kechuang.judging.ranking.uncertainty import panel_estimate

FOLDS = 5
ONE_SIDED = 1.645
"""Criteria are used where they predict held-out scores better by so many standard errors (5 %, one-sided)."""
MOST_SCORES = 20_000
"""Beyond so many scores the folds would take longer than the ranking."""
TOLERANCE = 0.5
"""Criteria must add up to the score within so much of a point, or they are another scale and left out."""


def judges_differ(fit: Fit) -> float:
    """Likelihood ratio (χ² scale) of "judges differ in severity" against "they do not"."""
    return max(0.0, _without_judges(fit.sheet) - fit.minus_two_log_likelihood)


def _without_judges(sheet: Sheet) -> float:
    """REML criterion of score = mean + entry + error at its best ratio of variances, on the scale of `Fit`."""
    centred = sheet.score - sheet.score.mean()
    means, count = sheet.item_means(centred), sheet.counts.astype(float)
    within = float(np.sum((centred - means[sheet.item]) ** 2))
    low, high = -12.0, 12.0
    best = np.inf
    for _ in range(4):
        ratios = np.linspace(low, high, 49)
        values = [_one_way(ratio, means, count, within) for ratio in np.exp(ratios)]
        at, best = int(np.argmin(values)), min(best, *values)
        step = ratios[1] - ratios[0]
        low, high = float(ratios[at] - step), float(ratios[at] + step)
    return best


def _one_way(ratio: float, means: Floats, count: Floats, within: float) -> float:
    weight = count / (1 + count * ratio)
    centre = float(weight @ means) / float(weight.sum())
    freedom = float(count.sum()) - 1
    spread = max(within + float(weight @ (means - centre) ** 2), 1e-300)
    logs = float(np.log1p(count * ratio).sum()) + float(np.log(weight.sum()))
    return logs + freedom * np.log(spread / freedom) + freedom


def criteria_tell_more(sheet: Sheet) -> float:
    """By how many standard errors criterion-wise severity predicts held-out scores better (0 = cannot be said)."""
    parts = usable_criteria(sheet)
    if parts is None or len(sheet.score) > MOST_SCORES:
        return 0.0
    fold = np.random.default_rng(0).permutation(len(sheet.score)) % FOLDS
    gain = np.zeros(len(sheet.score))
    for out in range(FOLDS):
        held = np.nonzero(fold != out)[0]
        tested = np.nonzero(fold == out)[0]
        whole = _predicted(sheet, sheet.score, held, tested)
        apart = sum(_predicted(sheet, part, held, tested) for part in parts.T)
        gain[tested] = (sheet.score[tested] - whole) ** 2 - (sheet.score[tested] - apart) ** 2
    error = float(gain.std(ddof=1)) / np.sqrt(len(gain))
    return float(gain.mean()) / error if error > 0 else 0.0


def usable_criteria(sheet: Sheet) -> Floats | None:
    """Criteria that are complete and add up to the score, apart from one shift for all; else None."""
    parts = sheet.criteria
    if parts is None or parts.shape[1] < 2 or np.isnan(parts).any():
        return None
    rest = sheet.score - parts.sum(axis=1)
    return parts if float(np.ptp(rest)) <= TOLERANCE else None


def _predicted(sheet: Sheet, values: Floats, held: Ints, tested: Ints) -> Floats:
    """Held-out values from the rest: mean, entry and severity of the mixed model; what was never seen counts as average."""
    if float(values[held].var()) == 0:
        return np.full(len(tested), float(values[held].mean()))
    part = _part(sheet, values, held)
    fit = fit_reml(part)
    entry, judge = np.zeros(len(sheet.items)), np.zeros(len(sheet.judges))
    entry[part.items], judge[part.judges] = fit.item, fit.judge
    return np.asarray(fit.mean + entry[sheet.item[tested]] + judge[sheet.judge[tested]])


def _part(sheet: Sheet, values: Floats, held: Ints) -> Sheet:
    """Some rows of the sheet, with positions in the whole as labels."""
    items, item = np.unique(sheet.item[held], return_inverse=True)
    judges, judge = np.unique(sheet.judge[held], return_inverse=True)
    return Sheet(items, judges, item, judge, values[held], None, ())


def criteria_estimate(sheet: Sheet) -> Floats:
    """Sum over the criteria of the mean over all judges, each criterion with severities of its own."""
    parts = usable_criteria(sheet)
    if parts is None:
        raise ValueError("criteria: incomplete, or they do not add up to the score")
    rest = sum_at(sheet.item, sheet.score - parts.sum(axis=1), len(sheet.items)) / sheet.counts
    return np.asarray(rest + np.sum([_of_criterion(sheet, part) for part in parts.T], axis=0))


def _of_criterion(sheet: Sheet, part: Floats) -> Floats:
    if float(part.var()) == 0:
        return np.full(len(sheet.items), float(part.mean()))
    return panel_estimate(fit_reml(replace(sheet, score=part, criteria=None)))
