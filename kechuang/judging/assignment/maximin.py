"""Best worst entry first, then the best total: flows with prices on the entries below the target."""

from dataclasses import dataclass

import numpy as np

from kechuang.judging.arrays import Bools, Floats, Ints
from kechuang.judging.assignment.fairness import Service
from kechuang.judging.assignment.model import Model
from kechuang.judging.assignment.problem import Problem


@dataclass(frozen=True)
class Solution:
    """Chosen pairs with proved upper bounds of the total and of the worst entry."""

    used: Bools
    bound: float
    worst_bound: float


def raise_worst(problem: Problem, model: Model, flow: Ints, bound: float) -> Solution:
    used = flow[: model.pairs] > 0
    return Solution(used, bound, best_conceivable(problem))


def best_conceivable(problem: Problem) -> float:
    """No entry can have more than its best `demand` experts."""
    order = np.lexsort((-problem.weight, problem.entry))
    starts = np.searchsorted(problem.entry[order], np.arange(problem.entries))
    place = np.arange(len(order)) - starts[problem.entry[order]]
    best = order[place < problem.demand[problem.entry[order]]]
    sums: Floats = Service.of(problem).base + np.bincount(problem.entry[best], problem.weight[best], minlength=problem.entries)
    return float(sums[Service.of(problem).served].min(initial=np.inf))
