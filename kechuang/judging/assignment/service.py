"""What each entry receives under a choice of pairs."""

from dataclasses import dataclass

import numpy as np

from kechuang.judging.arrays import Bools, Floats, sum_at, tail_mean
from kechuang.judging.assignment.problem import Problem


@dataclass(frozen=True)
class Service:
    """What each entry receives under a choice of pairs."""

    problem: Problem
    base: Floats

    @classmethod
    def of(cls, problem: Problem) -> "Service":
        return cls(problem, sum_at(problem.fixed[:, 1], problem.fixed_weight, problem.entries))

    def sums(self, used: Bools) -> Floats:
        chosen = sum_at(self.problem.entry[used], self.problem.weight[used], self.problem.entries)
        return self.base + chosen

    def value(self, used: Bools) -> tuple[float, float]:
        """Worst entry, then mean of the worst tenth; entries that ask for nobody do not count."""
        sums = self.sums(used)[self.served]
        return (round(float(sums.min(initial=np.inf)), 9), round(tail_mean(sums), 9))

    @property
    def served(self) -> Bools:
        return (self.problem.demand > 0) | (np.bincount(self.problem.fixed[:, 1], minlength=self.problem.entries) > 0)
