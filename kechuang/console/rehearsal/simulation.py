"""Simulated truth and simulated judges, for the rehearsal only.

True quality comes from an entry's real grand award; judges differ in severity, in gain and in noise, as the robotics judging of
school fairs does (judge sd .56–.81 of the entry sd). Seeded: the same file and seed give the same scores.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kechuang.engine.programme.declaration import Rubric

AWARD_LEVELS = {"first": 4, "second": 3, "third": 2, "fourth": 1, "一等奖": 4, "二等奖": 3, "三等奖": 2, "四等奖": 1}
QUALITY_OF_LEVEL = (-0.6, 0.6, 1.1, 1.6, 2.2)
"""Mean quality, in entry standard deviations, of an entry without award and with the fourth to first award."""
WITHIN_LEVEL = 0.45
NOISE = 0.55
SEVERITY = 0.65
GAIN = 0.15


def award_level(text: str) -> int:
    """0 (no award) to 4 (first)."""
    return AWARD_LEVELS.get(text.strip().casefold(), 0)


@dataclass(frozen=True)
class Judge:
    severity: float
    gain: float


class Simulation:
    """Draws everything from one seeded generator per purpose, so that a step's draws do not depend on another's order."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def _rng(self, *purpose: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, *purpose])

    def qualities(self, levels: Sequence[int]) -> np.ndarray:
        """True quality per entry, in the order of `levels`."""
        means = np.array([QUALITY_OF_LEVEL[level] for level in levels])
        return means + self._rng(1).normal(0, WITHIN_LEVEL, len(levels))

    def impressions(self, qualities: np.ndarray) -> np.ndarray:
        """What a district's officers make of each entry: the truth under as much noise again."""
        return qualities + self._rng(2).normal(0, 0.8, len(qualities))

    def judges(self, count: int) -> list[Judge]:
        rng = self._rng(3)
        return [
            Judge(float(s), float(g))
            for s, g in zip(rng.normal(0, SEVERITY, count), rng.lognormal(0, GAIN, count), strict=True)
        ]

    def marks(self, rubric: Rubric, quality: float, judge: Judge, pair: tuple[int, int]) -> dict[str, float]:
        """Marks by criterion code, in half points within the criterion's range."""
        rng = self._rng(4, *pair)
        seen = judge.gain * quality - judge.severity + rng.normal(0, NOISE)
        marks = {}
        for criterion in rubric.criteria:
            share = 0.62 + 0.11 * (seen + rng.normal(0, 0.35))
            marks[criterion.code] = float(np.clip(round(share * criterion.points * 2) / 2, 0, criterion.points))
        return marks


def precision_at(order: Sequence[str], awarded: Mapping[str, int]) -> float:
    """Share of the really awarded among as many entries at the top of `order`."""
    count = sum(1 for level in awarded.values() if level > 0)
    top = order[:count]
    return sum(1 for entry in top if awarded.get(entry, 0) > 0) / count if count else 0.0


def kendall_tau(estimates: Sequence[float], levels: Sequence[float]) -> float:
    """Tau-b between the ranking's estimates and the truth: real award levels (ties allowed) or the simulated quality."""
    from scipy.stats import kendalltau  # noqa: PLC0415 -- slow import

    value = kendalltau(np.asarray(estimates), np.asarray(levels)).statistic
    return 0.0 if np.isnan(value) else float(value)
