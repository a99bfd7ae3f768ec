"""The mixed model: score = mean + entry + judge + error, entries and judges random, variances by REML.

Average-information REML (Gilmour, Thompson & Cullis 1995) on Henderson's mixed-model equations. The larger factor is
diagonal and is eliminated, so each step costs one dense inverse of the size of the smaller one: 800 judges with
10,000 entries, or 1,100 lecturers with 3,000 raters, take well under a second in all.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from kechuang.judging.arrays import Floats, Ints, sum_at
from kechuang.judging.ranking.table import Sheet
from kechuang.judging.threads import single_threaded

if TYPE_CHECKING:
    from scipy.sparse import csr_array

STEPS = 60
TOLERANCE = 1e-5  # of the score variance; the next step would change it by about its square
FLOOR = 1e-8  # of the score variance: a variance component is never quite zero


@dataclass(frozen=True)
class Variances:
    item: float
    judge: float
    error: float

    def array(self) -> Floats:
        return np.array([self.item, self.judge, self.error])

    @property
    def judge_share(self) -> float:
        return self.judge / self.item if self.item > 0 else float("inf")


class Equations:
    """Henderson's equations with the larger ("wide") factor eliminated; `narrow` keeps the mean as its first unknown."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.items_wide = len(sheet.items) >= len(sheet.judges)
        self.wide, self.narrow = (sheet.item, sheet.judge) if self.items_wide else (sheet.judge, sheet.item)
        self.wide_count = np.bincount(self.wide).astype(float)
        self.narrow_count = np.bincount(self.narrow).astype(float)
        links = sheet.incidence if self.items_wide else sheet.incidence.T.tocsr()
        self.links: csr_array[Any, Any] = links
        self.links_t: csr_array[Any, Any] = links.T.tocsr()

    @cached_property
    def meetings(self) -> "Meetings":
        return Meetings.of(self.links)

    def at(self, variances: Variances) -> "Solved":
        ratio_item, ratio_judge = variances.error / variances.item, variances.error / variances.judge
        ratios = (ratio_item, ratio_judge) if self.items_wide else (ratio_judge, ratio_item)
        return Solved(self, *ratios)

    def cross(self, weight: Floats) -> Floats:
        """[mean, narrow]' W [mean, narrow] over the wide factor, W diagonal."""
        size = len(self.narrow_count) + 1
        found = np.empty((size, size))
        found[0, 0] = (self.wide_count**2 * weight).sum()
        found[0, 1:] = found[1:, 0] = self.links_t @ (self.wide_count * weight)
        found[1:, 1:] = self.meetings.weighed(weight)
        return found

    def within(self, inverse: Floats) -> Floats:
        """For each member of the wide factor: `inverse`, of [mean, narrow], summed over the pairs of narrow ones it meets."""
        mean = self.wide_count * (inverse[0, 0] * self.wide_count + 2 * (self.links @ inverse[1:, 0]))
        return mean + self.meetings.within(inverse[1:, 1:])


@dataclass(frozen=True)
class Meetings:
    """The pairs of narrow ones that some wide one meets, each once with the lower place first: what does not change from step to step."""

    wide: Ints
    place: Ints
    times: Floats
    members: int
    size: int

    @classmethod
    def of(cls, links: "csr_array[Any, Any]") -> "Meetings":
        """`links`: wide × narrow, how often they met."""
        met = np.diff(links.indptr)
        at = np.arange(links.nnz)
        rest = np.repeat(links.indptr[1:], met) - at  # how many of its row come with or after it
        first = np.repeat(at, rest)
        second = first + np.arange(len(first)) - np.repeat(np.cumsum(rest) - rest, rest)
        low, high = links.indices[first].astype(np.int64), links.indices[second].astype(np.int64)
        low, high = np.minimum(low, high), np.maximum(low, high)
        wide = np.repeat(np.repeat(np.arange(len(met)), met), rest)
        return cls(wide, low * links.shape[1] + high, links.data[first] * links.data[second], len(met), links.shape[1])

    def weighed(self, weight: Floats) -> Floats:
        """Narrow × narrow: Σ over the wide of weight × met × met."""
        flat = sum_at(self.place, self.times * weight[self.wide], self.size**2)
        half = flat.reshape(self.size, self.size)
        found = half + half.T
        found[np.diag_indices(self.size)] /= 2
        return found

    def within(self, matrix: Floats) -> Floats:
        """Each wide one's met' · matrix · met; the matrix is symmetric."""
        twice = 2 * matrix.ravel()
        twice[:: self.size + 1] /= 2
        return sum_at(self.wide, self.times * twice[self.place], self.members)


class Solved:
    """The equations at given variance ratios (error variance over that of the wide and of the narrow factor)."""

    def __init__(self, equations: Equations, wide_ratio: float, narrow_ratio: float) -> None:
        from scipy import linalg  # noqa: PLC0415 -- slow import

        self.equations = equations
        self.pivot = 1 / (equations.wide_count + wide_ratio)
        schur = -equations.cross(self.pivot)
        total = equations.narrow_count
        schur[0, 0] += total.sum()
        schur[0, 1:] += total
        schur[1:, 0] += total
        schur[np.arange(1, len(schur)), np.arange(1, len(schur))] += total + narrow_ratio
        factor, info = linalg.lapack.dpotrf(schur.T, lower=1, overwrite_a=1)
        if info != 0:
            raise ArithmeticError("the mixed-model equations are singular")
        self.log_det_schur = 2 * float(np.log(np.diag(factor)).sum())
        lower, _ = linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)
        self.inverse: Floats = lower + lower.T
        self.inverse[np.diag_indices(len(lower))] /= 2

    def solve(self, values: Floats) -> tuple[float, Floats, Floats]:
        """Mean, wide effects and narrow effects that fit `values`."""
        eq = self.equations
        wide_sum = np.bincount(eq.wide, values, minlength=len(eq.wide_count))
        narrow_sum = np.bincount(eq.narrow, values, minlength=len(eq.narrow_count))
        scaled = wide_sum * self.pivot
        right = np.concatenate([[values.sum() - (eq.wide_count * scaled).sum()], narrow_sum - eq.links_t @ scaled])
        found = self.inverse @ right
        wide = scaled - self.pivot * (eq.wide_count * found[0] + eq.links @ found[1:])
        return float(found[0]), wide, found[1:]

    def residual(self, values: Floats) -> Floats:
        mean, wide, narrow = self.solve(values)
        return values - mean - wide[self.equations.wide] - narrow[self.equations.narrow]

    def traces(self) -> tuple[float, float]:
        """Traces of the inverse's wide and narrow blocks (times the error variance: prediction error variances)."""
        met = float(self.pivot**2 @ self.within)
        return float(self.pivot.sum()) + met, float(np.trace(self.inverse[1:, 1:]))

    @cached_property
    def within(self) -> Floats:
        return self.equations.within(self.inverse)


@dataclass(frozen=True)
class Fit:
    """Best linear unbiased predictions and what is needed for their errors."""

    sheet: Sheet
    variances: Variances
    mean: float
    item: Floats
    judge: Floats
    residual: Floats
    solved: Solved

    @property
    def minus_two_log_likelihood(self) -> float:
        """REML criterion, up to a constant that is the same for all variances."""
        eq, v = self.solved.equations, self.variances
        wide, narrow = (v.item, v.judge) if eq.items_wide else (v.judge, v.item)
        rows = len(self.sheet.score)
        logs = self.solved.log_det_schur - float(np.log(self.solved.pivot).sum())
        logs += len(eq.wide_count) * np.log(wide / v.error) + len(eq.narrow_count) * np.log(narrow / v.error)
        return float(logs + (rows - 1) * np.log(v.error) + self.sheet.score @ self.residual / v.error)

    def judge_errors(self) -> Floats:
        """Standard error of each judge's severity."""
        return np.sqrt(self.variances.error * self._inverse_diagonal(judges=True))

    def _inverse_diagonal(self, *, judges: bool) -> Floats:
        eq, solved = self.solved.equations, self.solved
        if judges == eq.items_wide:
            return np.diag(solved.inverse)[1:].copy()
        return solved.pivot + solved.pivot**2 * solved.within

    @property
    def _inner(self) -> Floats:
        """For each member of the wide factor: the inverse summed over the pairs of narrow ones it meets."""
        eq, inverse = self.solved.equations, self.solved.inverse
        mean = eq.wide_count * (inverse[0, 0] * eq.wide_count + 2 * (eq.links @ inverse[1:, 0]))
        return self.solved.within - mean

    def level_weights(self) -> tuple[Floats, Floats, Floats]:
        """Where items are wide, the error of "mean + item + judges not met" is own + level·μ − met·(judges met) + unmet·(all judges)."""
        eq, solved = self.solved.equations, self.solved
        unmet = 1 / np.maximum(len(self.sheet.judges) - eq.wide_count, 1.0)
        return 1 - solved.pivot * eq.wide_count, solved.pivot + unmet, unmet

    def level_variances(self) -> Floats:
        """Variance of the error in an item's mean before the judges it has not met."""
        eq, inverse = self.solved.equations, self.solved.inverse
        if not eq.items_wide:
            return self.variances.error * (inverse[0, 0] + 2 * inverse[0, 1:] + np.diag(inverse)[1:])
        level, met, unmet = self.level_weights()
        mean, block = inverse[1:, 0], inverse[1:, 1:]
        found = level**2 * inverse[0, 0] + 2 * level * (unmet * mean.sum() - met * (eq.links @ mean))
        found += unmet**2 * block.sum() - 2 * unmet * met * (eq.links @ block.sum(axis=1)) + met**2 * self._inner
        return self.variances.error * (self.solved.pivot + found)


def fit_at(equations: Equations, variances: Variances) -> Fit:
    solved = equations.at(variances)
    sheet = equations.sheet
    mean, wide, narrow = solved.solve(sheet.score)
    item, judge = (wide, narrow) if equations.items_wide else (narrow, wide)
    residual = sheet.score - mean - item[sheet.item] - judge[sheet.judge]
    return Fit(sheet, variances, mean, item, judge, residual, solved)


@single_threaded
def fit_reml(sheet: Sheet) -> Fit:
    """The mixed model with variances by restricted maximum likelihood."""
    equations = Equations(sheet)
    spread = float(sheet.score.var())
    if spread == 0:
        return fit_at(equations, Variances(1e-12, 1e-12, 1.0))
    floor = FLOOR * spread
    now = start_variances(sheet).array().clip(floor)
    fit = fit_at(equations, Variances(*now))
    for _ in range(STEPS):
        moved = _step(fit, now, floor)
        change = float(np.abs(moved - now).max()) / spread
        now = moved
        fit = fit_at(equations, Variances(*now))
        if change < TOLERANCE:
            break
    return fit


def start_variances(sheet: Sheet) -> Variances:
    """Moments: spread of item means, of judge means of what is left, each less what the rest of the score adds to it, and the rest."""
    left = sheet.score - sheet.item_means(sheet.score)[sheet.item]
    judge = sheet.judge_means(left)
    rest = float((left - judge[sheet.judge]).var()) or float(sheet.score.var()) / 2
    item = float(sheet.item_means(sheet.score).var()) - rest * float((1 / sheet.counts).mean())
    severity = float(judge.var()) - rest * float((1 / sheet.judge_counts).mean())
    return Variances(max(item, 0.05 * rest), max(severity, 0.05 * rest), max(rest, 1e-3 * float(sheet.score.var())))


def _step(fit: Fit, now: Floats, floor: float) -> Floats:
    """One average-information step, shortened to stay positive; components at the floor that want below it stay."""
    score = _score(fit)
    information = _average_information(fit)
    free = ~((now <= floor * 1.01) & (score < 0))
    move = np.zeros(3)
    move[free] = np.linalg.lstsq(information[np.ix_(free, free)], score[free], rcond=None)[0]
    proposed = np.where(now + move > 0, now + move, now / 10)
    return np.clip(proposed, np.maximum(now / 10, floor), now * 10 + floor)


def _score(fit: Fit) -> Floats:
    """Derivative of the restricted log-likelihood by the three variances."""
    eq, v, sheet = fit.solved.equations, fit.variances, fit.sheet
    wide, narrow = fit.solved.traces()
    item_trace, judge_trace = (wide, narrow) if eq.items_wide else (narrow, wide)
    item_rank = len(sheet.items) - item_trace * v.error / v.item
    judge_rank = len(sheet.judges) - judge_trace * v.error / v.judge
    rest = len(sheet.score) - 1 - item_rank - judge_rank
    return -0.5 * np.array(
        [
            item_rank / v.item - fit.item @ fit.item / v.item**2,
            judge_rank / v.judge - fit.judge @ fit.judge / v.judge**2,
            rest / v.error - fit.residual @ fit.residual / v.error**2,
        ]
    )


def _average_information(fit: Fit) -> Floats:
    v, sheet = fit.variances, fit.sheet
    work = [(fit.item / v.item)[sheet.item], (fit.judge / v.judge)[sheet.judge], fit.residual / v.error]
    projected = [fit.solved.residual(vector) / v.error for vector in work]
    return 0.5 * np.array([[one @ other for other in projected] for one in work])
