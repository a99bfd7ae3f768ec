"""Fairness by bounded re-solves: each re-solve is a flow whose weights favour the entries served worst so far."""

from collections.abc import Callable

import numpy as np

from kechuang.judging.arrays import Bools, Floats, Ints
from kechuang.judging.assignment.groups import Cells, Rule
from kechuang.judging.assignment.model import Model
from kechuang.judging.assignment.neighbourhood import pick_seats, resolve_one_seat
from kechuang.judging.assignment.problem import Problem
from kechuang.judging.assignment.service import Service
from kechuang.judging.flow import optimal_face

WORK = 220_000  # arcs that all re-solves together may touch; bounds the time, not by the clock, so results repeat
LEAST_ROUNDS, MOST_ROUNDS = 3, 40


def rounds_for(arcs: int) -> int:
    return int(np.clip(WORK // max(arcs, 1), LEAST_ROUNDS, MOST_ROUNDS))


def fair_among_optima(problem: Problem, model: Model, flow: Ints, rules: list[Rule], cells: Cells | None) -> Bools:
    """Of all assignments of the same total, one with the best worst entry, then the best worst tenth, that was found."""
    face = optimal_face(model.network, flow)
    free = int(face.free[: model.pairs].sum())
    start = flow[: model.pairs] > 0
    if not free or not start.any():
        return start

    def resolve(slope: Floats) -> Bools:
        return face.solve(model.pair_cost(-slope[problem.entry] * problem.weight))[: model.pairs] > 0

    service, rounds = Service.of(problem), rounds_for(free + 8 * problem.entries)
    played = play(service, start, resolve, rounds // 3)
    open_ = face.free[: model.pairs] | (face.base[: model.pairs] > 0) | played
    return level_by_seats(service, rules, cells, played, open_, rounds)


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


def level_by_seats(
    service: Service, rules: list[Rule], cells: Cells | None, start: Bools, open_: Bools, rounds: int
) -> Bools:
    """Re-solve one seat of every entry for a concave worth of its sum; the total comes first and stays optimal."""
    problem, random = service.problem, np.random.default_rng(0)
    best, best_value, total = start, service.value(start), problem.weight[start].sum()
    used = start
    for turn in range(rounds):
        worth = _concave_worth(service, used, (1.0, 1.5, 3.0)[turn % 3])
        used = resolve_one_seat(problem, rules, cells, used, pick_seats(problem, used, random), worth, open_)
        if problem.weight[used].sum() < total - 1e-9:
            used = best
        elif (value := service.value(used)) > best_value:
            best, best_value = used, value
    return best


def _concave_worth(service: Service, used: Bools, reach: float) -> Callable[[Floats, Floats], Floats]:
    """Total first; then what lifts the worst entry, then what lifts those up to `reach` worst tenths."""
    sums = np.sort(service.sums(used)[service.served])
    border = float(sums[min(len(sums) - 1, int(np.ceil(len(sums) / 10 * reach)))])
    floor = float(sums[0]) + 0.25 * (border - float(sums[0]))
    return lambda weight, total: 1000 * weight + np.minimum(total, border) + 10 * np.minimum(total, floor)
