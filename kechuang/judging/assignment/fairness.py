"""Fairness by bounded re-solves: each re-solve is a flow whose weights favour the entries served worst so far."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kechuang.judging.arrays import Bools, Floats, Ints, tail_mean
from kechuang.judging.assignment.model import Model
from kechuang.judging.assignment.problem import Problem
from kechuang.judging.flow import optimal_face

WORK = 600_000  # arcs that all re-solves together may touch; bounds the time, not by the clock, so results repeat
LEAST_ROUNDS, MOST_ROUNDS = 3, 40


@dataclass(frozen=True)
class Service:
    """What each entry receives under a choice of pairs."""

    problem: Problem
    base: Floats

    @classmethod
    def of(cls, problem: Problem) -> "Service":
        return cls(problem, np.bincount(problem.fixed[:, 1], problem.fixed_weight, minlength=problem.entries))

    def sums(self, used: Bools) -> Floats:
        chosen = np.bincount(self.problem.entry[used], self.problem.weight[used], minlength=self.problem.entries)
        return self.base + chosen

    def value(self, used: Bools) -> tuple[float, float]:
        """Worst entry, then mean of the worst tenth; entries that ask for nobody do not count."""
        sums = self.sums(used)[self.served]
        return (round(float(sums.min(initial=np.inf)), 9), round(tail_mean(sums), 9))

    @property
    def served(self) -> Bools:
        return (self.problem.demand > 0) | (np.bincount(self.problem.fixed[:, 1], minlength=self.problem.entries) > 0)


def rounds_for(arcs: int) -> int:
    return int(np.clip(WORK // max(arcs, 1), LEAST_ROUNDS, MOST_ROUNDS))


def fair_among_optima(problem: Problem, model: Model, flow: Ints) -> Bools:
    """Of all assignments of the same total, one with the best worst entry, then the best worst tenth, that was found."""
    face = optimal_face(model.network, flow)
    free = int(face.free[: model.pairs].sum())
    start = flow[: model.pairs] > 0
    if not free:
        return start

    def resolve(slope: Floats) -> Bools:
        return face.solve(model.pair_cost(-slope[problem.entry] * problem.weight))[: model.pairs] > 0

    return play(Service.of(problem), start, resolve, rounds_for(free))


def play(service: Service, start: Bools, resolve: Callable[[Floats], Bools], rounds: int) -> Bools:
    """Fictitious play between "choose pairs" and "weigh the worst tenth": the best choice seen wins."""
    best, best_value = start, service.value(start)
    slope = np.zeros(service.problem.entries)
    used = start
    for turn in range(1, rounds + 1):
        slope += (worst_tenth(service, used) - slope) * 2 / (turn + 1)
        used = resolve(slope + 1e-3)
        if (value := service.value(used)) > best_value:
            best, best_value = used, value
    return best


def worst_tenth(service: Service, used: Bools) -> Floats:
    """1 for entries within the worst tenth, half for those tied with its last, 2 for the very worst."""
    sums, served = service.sums(used), service.served
    size = max(1, int(np.ceil(served.sum() / 10)))
    border = np.sort(sums[served])[size - 1] if served.any() else 0.0
    weight = np.where(sums < border - 1e-9, 1.0, np.where(sums <= border + 1e-9, 0.5, 0.0))
    weight[sums <= sums[served].min(initial=np.inf) + 1e-9] += 1.0
    return np.where(served, weight, 0.0)
