"""Standard errors, intervals, rank intervals and prize probabilities.

What is estimated is the score an entry would have if every judge of the round had scored it. Judges who did score it
are known, so with few judges the uncertainty shrinks (finite population); with hundreds of judges it is the usual
prediction error of the mixed model. Ranks are simulated jointly: the errors of judges are shared by entries.
"""

from dataclasses import dataclass

import numpy as np

from kechuang.judging.arrays import Floats, Ints
from kechuang.judging.ranking.mixed import Fit
from kechuang.judging.ranking.table import Sheet

MOST_NUMBERS = 1_000_000


@dataclass(frozen=True)
class Draws:
    """Simulated estimates: one row per draw."""

    values: Floats

    def rank_interval(self) -> tuple[Ints, Ints]:
        """5 % and 95 % points of each entry's rank, 1 the best."""
        ranks = self.ranks()
        low, high = np.quantile(ranks, [0.05, 0.95], axis=0, method="closest_observation")
        return low.astype(np.int64), high.astype(np.int64)

    def ranks(self) -> Ints:
        order = np.argsort(-self.values, axis=1, kind="stable")
        ranks = np.empty_like(order)
        np.put_along_axis(ranks, order, np.arange(1, order.shape[1] + 1)[None, :], axis=1)
        return ranks

    def tier_probabilities(self, limits: Ints) -> Floats:
        """Entries × tiers: share of draws in which the entry's rank falls into each tier (limits are cumulative)."""
        place = np.searchsorted(limits, self.ranks(), side="left")
        return np.stack([(place == tier).mean(axis=0) for tier in range(len(limits))], axis=1)


def draw_count(entries: int) -> int:
    return int(np.clip(MOST_NUMBERS // max(entries, 1), 200, 2000))


def panel_estimate(fit: Fit) -> Floats:
    """Predicted mean over all judges of the round: the model where a judge did not score, the score where one did."""
    sheet = fit.sheet
    known = np.bincount(sheet.item, fit.residual, minlength=len(sheet.items))
    return fit.mean + fit.item + known / len(sheet.judges)


def model_draws(fit: Fit, estimate: Floats, seed: int) -> tuple[Draws, Floats]:
    """Joint draws of the panel estimates, and their standard errors."""
    sheet = fit.sheet
    panel = len(sheet.judges)
    open_judges = np.maximum(panel - sheet.counts, 0.0)
    share = open_judges / panel
    random = np.random.default_rng(seed)
    count = draw_count(len(sheet.items))
    effect = _effect_errors(fit, random, count)
    noise = np.sqrt(fit.variances.error * open_judges) / panel
    errors = share * effect + noise * random.standard_normal((count, len(sheet.items)))
    return Draws(estimate + errors), model_errors(fit)


def model_errors(fit: Fit) -> Floats:
    """Standard errors of the panel estimates."""
    sheet, panel = fit.sheet, len(fit.sheet.judges)
    open_judges = np.maximum(panel - sheet.counts, 0.0)
    exact = (open_judges / panel) ** 2 * fit.level_variances() + fit.variances.error * open_judges / panel**2
    return np.asarray(np.sqrt(exact))


def _effect_errors(fit: Fit, random: np.random.Generator, count: int) -> Floats:
    """Draws of the error in an item's level before the judges it has not met, shared parts included."""
    from scipy import linalg  # noqa: PLC0415 -- slow import

    eq, solved = fit.solved.equations, fit.solved
    root = linalg.cholesky(solved.inverse, lower=True) * np.sqrt(fit.variances.error)
    shared = random.standard_normal((count, len(root))) @ root.T
    if not eq.items_wide:
        return shared[:, 1:] + shared[:, :1]
    own = np.sqrt(solved.pivot * fit.variances.error) * random.standard_normal((count, len(solved.pivot)))
    level, met, unmet = fit.level_weights()
    seen = (eq.links @ shared[:, 1:].T).T
    return own + np.outer(shared[:, 0], level) + np.outer(shared[:, 1:].sum(axis=1), unmet) - seen * met


def plain_draws(sheet: Sheet, estimate: Floats, inefficiency: float, seed: int) -> tuple[Draws, Floats]:
    """For methods without a model: errors from the pooled spread within entries, judges as independent."""
    error = plain_errors(sheet, inefficiency)
    random = np.random.default_rng(seed)
    noise = random.standard_normal((draw_count(len(estimate)), len(estimate)))
    return Draws(estimate + error * noise), error


def plain_errors(sheet: Sheet, inefficiency: float) -> Floats:
    """Standard errors from the pooled spread within entries."""
    within = sheet.score - sheet.item_means(sheet.score)[sheet.item]
    freedom = max(len(sheet.score) - len(sheet.items), 1)
    share = np.maximum(1 / sheet.counts - 1 / len(sheet.judges), 0.0)
    return np.asarray(np.sqrt(float(within @ within) / freedom * share * inefficiency))
