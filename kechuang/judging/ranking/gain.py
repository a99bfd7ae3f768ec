"""Judges who spread their scores wider or narrower than others: score = mean + severity + gain × entry + error.

The evidence asks each judge's scores against what the *other* judges say of the same entries (the cavity of the mixed
model), so a judge's own scores never speak for themselves: a likelihood ratio for gains that differ, against gains of 1.
The fit is mean-field (entries and judges in turn) at the variances of the mixed model.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kechuang.judging.arrays import Floats, sum_at
from kechuang.judging.ranking.mixed import Fit
from kechuang.judging.ranking.uncertainty import panel_estimate

GRID = np.array([1e-6, 0.003, 0.01, 0.02, 0.04, 0.08, 0.16])
"""Variances of the gain that are weighed; the first stands for "no judge differs"."""
ENOUGH = 4.0
"""Likelihood ratio (χ² scale) from which gains are corrected: about one chance in forty where none differs."""
CAUTION = 0.7
"""Shrinks the gain variance, and the step from the mixed model: every score enters the evidence once for each fellow
judge, so it looks surer than it is. On scores with few levels this costs nothing, elsewhere little."""
ROUNDS = 40
SETTLED = 1e-9
"""Of the error of a score: no level moves further."""


@dataclass(frozen=True)
class Others:
    """What the other judges say of the entry of each score: mean and variance, from a fit of the mixed model."""

    fit: Fit
    mean: Floats
    variance: Floats

    @classmethod
    def of(cls, fit: Fit) -> "Others":
        sheet, v = fit.sheet, fit.variances
        left = sheet.score - fit.mean - fit.judge[sheet.judge]
        precision = 1 / v.item + sheet.counts / v.error
        weighed = sum_at(sheet.item, left, len(sheet.items)) / v.error
        rest = precision[sheet.item] - 1 / v.error
        return cls(fit, (weighed[sheet.item] - left / v.error) / rest, 1 / rest)

    @cached_property
    def likelihoods(self) -> Floats:
        """Log-likelihood of the scores at each gain variance of the grid, less that of the first."""
        found = np.array([self._at(float(variance)) for variance in GRID])
        return np.asarray(found - found[0], dtype=np.float64)

    def _at(self, gain: float) -> float:
        """Sum over judges; severity and gain of each are integrated out."""
        sheet, v, size = self.fit.sheet, self.fit.variances, len(self.fit.sheet.judges)
        left = sheet.score - self.fit.mean - self.mean
        weight = 1 / (v.error + self.variance * (1 + gain))
        ones, slope = sum_at(sheet.judge, weight, size), sum_at(sheet.judge, weight * self.mean, size)
        square = sum_at(sheet.judge, weight * self.mean**2, size)
        level, tilt = sum_at(sheet.judge, weight * left, size), sum_at(sheet.judge, weight * left * self.mean, size)
        a, b, c = ones + 1 / v.judge, slope, square + 1 / gain
        det = a * c - b**2
        fitted = (c * level**2 - 2 * b * level * tilt + a * tilt**2) / det
        logs = np.log(v.judge) + np.log(gain) + np.log(det)
        return float(-0.5 * (np.sum(weight * left**2) - fitted.sum() + logs.sum() - np.log(weight).sum()))

    @property
    def evidence(self) -> float:
        """Twice the log-likelihood ratio of the best gain variance."""
        return 2 * float(self.likelihoods.max())

    @property
    def variance_of_gain(self) -> float:
        """The gain variance, averaged over the grid by likelihood."""
        weight = np.exp(self.likelihoods - self.likelihoods.max())
        return float(weight @ GRID / weight.sum())


def gain_estimate(others: Others) -> Floats:
    """Mean over all judges of the round, severity and gain corrected, a cautious step away from the mixed model."""
    found = _panel_estimate(others.fit, CAUTION * others.variance_of_gain)
    return np.asarray(CAUTION * found + (1 - CAUTION) * panel_estimate(others.fit))


def _panel_estimate(fit: Fit, variance: float) -> Floats:
    sheet, v = fit.sheet, fit.variances
    item, judge, judges, entries = sheet.item, sheet.judge, len(sheet.judges), len(sheet.items)
    level, spread, mean = fit.item, 1 / (1 / v.item + sheet.counts / v.error), fit.mean
    severity, gain = fit.judge, np.ones(judges)
    a = sheet.judge_counts / v.error + 1 / v.judge
    for _ in range(ROUNDS):
        square = level[item] ** 2 + spread[item]
        b, c = sum_at(judge, level[item], judges) / v.error, sum_at(judge, square, judges) / v.error + 1 / variance
        flat = sum_at(judge, sheet.score - mean - level[item], judges) / v.error
        tilt = sum_at(judge, (sheet.score - mean) * level[item] - square, judges) / v.error
        det = a * c - b**2
        severity, gain = (c * flat - b * tilt) / det, 1 + (a * tilt - b * flat) / det
        weight = (gain**2 + a / det)[judge] / v.error
        pull = (gain[judge] * (sheet.score - mean - severity[judge]) + (b / det)[judge]) / v.error
        spread = 1 / (sum_at(item, weight, entries) + 1 / v.item)
        before, level = level, spread * sum_at(item, pull, entries)
        mean = float(np.mean(sheet.score - severity[judge] - gain[judge] * level[item]))
        if np.abs(level - before).max() < SETTLED * np.sqrt(v.error):
            break
    said = mean + severity[judge] + gain[judge] * level[item]
    known = sum_at(item, sheet.score - said, entries) / judges
    return np.asarray(mean + severity.mean() + gain.mean() * level + known)
