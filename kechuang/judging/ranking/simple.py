"""Methods that rules demand: mean, median, trimmed mean, per-judge z-scores, additive least squares."""

import numpy as np

from kechuang.judging.arrays import Floats
from kechuang.judging.ranking.mixed import Equations, Variances, fit_at
from kechuang.judging.ranking.table import Sheet

TRIM_FROM = 5  # with fewer scores, dropping the highest and lowest leaves too little: plain mean
NEARLY_FIXED = 1e8  # variance ratio at which a random effect is as good as fixed


def mean(sheet: Sheet) -> Floats:
    return sheet.item_means(sheet.score)


def median(sheet: Sheet) -> Floats:
    return np.array([float(np.median(scores)) for scores in _by_item(sheet)])


def trimmed(sheet: Sheet) -> Floats:
    """Mean without the highest and the lowest score where there are at least five."""
    return np.array([_trim(scores) for scores in _by_item(sheet)])


def _by_item(sheet: Sheet) -> list[Floats]:
    return np.split(sheet.score, np.cumsum(sheet.counts)[:-1])


def _trim(scores: Floats) -> float:
    kept = np.sort(scores)[1:-1] if len(scores) >= TRIM_FROM else scores
    return float(kept.mean())


def zscore(sheet: Sheet) -> Floats:
    """Mean of per-judge standard scores, put back on the scale of the scores."""
    centred = sheet.score - sheet.judge_means(sheet.score)[sheet.judge]
    spread = np.sqrt(sheet.judge_means(centred**2))
    usable = np.where(spread > 0, spread, 1.0)
    standard = sheet.item_means(centred / usable[sheet.judge])
    return float(sheet.score.mean()) + standard * float(sheet.score.std())


def additive(sheet: Sheet) -> Floats:
    """Least squares with entries and judges fixed; where nothing links two groups, both have the same mean."""
    fit = fit_at(Equations(sheet), Variances(NEARLY_FIXED, NEARLY_FIXED, 1.0))
    return fit.mean + fit.item


METHODS = {"mean": mean, "median": median, "trimmed": trimmed, "zscore": zscore, "additive": additive}
# Sampling variance of each method beside that of the mean (normal errors).
INEFFICIENCY = {"mean": 1.0, "median": np.pi / 2, "trimmed": 1.1, "zscore": 1.1, "additive": 1.0}
