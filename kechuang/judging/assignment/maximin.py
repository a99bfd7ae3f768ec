"""Best worst entry first, then the best total: flows with prices on the entries below the target.

A target t asks every entry's sum to reach t. A flow cannot ask that, but its Lagrangian can: entries below t get a
price that makes their weights count for more, entries above it lose theirs (subgradient steps after Polyak). Each
round is one flow on the arcs near the optimum, followed by exchanges that lift the few entries still below.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kechuang.judging.arrays import Bools, Floats, Ints, sum_at
from kechuang.judging.assignment.exchange import Board
from kechuang.judging.assignment.fairness import fair_among_optima
from kechuang.judging.assignment.groups import Cells, Rule
from kechuang.judging.assignment.model import Model, build_model
from kechuang.judging.assignment.neighbourhood import lift_to, pick_seats, resolve_one_seat
from kechuang.judging.assignment.problem import Problem
from kechuang.judging.assignment.service import Service
from kechuang.judging.flow import prices, reduced_cost

NEAR = 4  # candidates kept per seat: the arcs of least reduced cost
WORK = 3_000_000  # arcs over all rounds of one target
LEAST_ROUNDS, MOST_ROUNDS = 8, 60
HALVINGS, SHARE = 4, 0.25
"""Targets tried below one that was not reached, and the share of the rounds each of them gets."""
SMALL = 60_000  # candidate pairs up to which seats are re-solved one at a time
SEAT_WORK = 2_300_000
SEAT_ROUNDS = 80
PATIENCE = 25  # rounds without a gain, once the target is reached
SEATS_OF_ENTRY, SEATS_OF_EXPERT = 14, 30
"""Candidates kept per seat of an entry (twice: by weight, by cost), and per expert, where seats are re-solved."""
CHEAPEST, DEAREST, RAMP = 0.5, 1000.0, 0.8  # price of a unit below the target: from, to, over this share of the rounds
EPSILON = 1e-9


@dataclass(frozen=True)
class Solution:
    """Chosen pairs with proved upper bounds of the total and of the worst entry."""

    used: Bools
    bound: float
    worst_bound: float


@dataclass(frozen=True)
class Level:
    """Best choice so far: as many seats and minimum loads as the optimum has, then the worst entry, then the total."""

    used: Bools
    filled: int
    loaded: int
    worst: float
    total: float

    @property
    def order(self) -> tuple[int, int, float, float]:
        return (self.filled, self.loaded, round(self.worst, 9), round(self.total, 9))

    def order_at(self, target: float) -> tuple[int, int, float, float]:
        return (self.filled, self.loaded, round(min(self.worst, target), 9), round(self.total, 9))


class Search:
    def __init__(self, problem: Problem, rules: list[Rule], cells: Cells | None, near: Bools) -> None:
        self.problem, self.rules, self.cells, self.near = problem, rules, cells, near
        self.service = Service.of(problem)
        self.best_with = best_sums_with(problem)

    def level(self, used: Bools) -> Level:
        load = np.bincount(self.problem.expert[used], minlength=self.problem.experts)
        sums = self.service.sums(used)
        loaded = int(np.minimum(load, self.problem.low).sum())
        return Level(used, int(used.sum()), loaded, float(sums[self.service.served].min()), float(sums.sum()))

    def reach_by_prices(self, target: float, start: Level, share: float = 1.0) -> Level:
        """The best level found for this target."""
        usable = (self.near | start.used) & (self.best_with >= target - EPSILON)
        rounds = int(np.clip(share * WORK // max(int(usable.sum()), 1), LEAST_ROUNDS, MOST_ROUNDS))
        price, best = np.zeros(self.problem.entries), start
        for turn in range(rounds):
            used = self._flow(price, usable)
            sums = self.service.sums(used)
            best = max(best, self._lifted(used, target), key=lambda level: level.order_at(target))
            slope = np.where(self.service.served, target - sums, 0.0)
            slope[(price <= 0) & (slope < 0)] = 0.0
            if not np.any(slope > EPSILON) and not np.any(price > 0):
                break
            dual = float(sums.sum() + price @ (target - sums))
            step = max(dual - best.total if best.worst >= target - EPSILON else 0.02 * abs(dual), 1e-3) / (
                slope @ slope + EPSILON
            )
            price = np.maximum(price + step / (1 + turn / 10) * slope, 0.0)
        return best

    def _flow(self, price: Floats, usable: Bools) -> Bools:
        weight = self.problem.weight[usable] * (1 + price[self.problem.entry[usable]])
        part = replace(
            self.problem,
            expert=self.problem.expert[usable],
            entry=self.problem.entry[usable],
            weight=weight,
            kept=self.problem.kept[usable],
        )
        model = build_model(part, self.rules, self.cells)
        used = np.zeros(len(usable), dtype=bool)
        used[np.nonzero(usable)[0][model.network.solve()[: model.pairs] > 0]] = True
        return used

    def _lifted(self, used: Bools, target: float) -> Level:
        """The choice after exchanges; groups forbid exchanges, there the flow's choice stands."""
        if self.cells is not None:
            return self.level(used)
        board = Board(self.problem, used, target)
        board.improve(board.below(), 4)
        return self.level(board.used())

    def reach_by_seats(self, target: float, start: Level, share: float = 1.0) -> Level:
        """The same by re-solving one random seat of every entry at a time; better, and quick enough while small.

        Falling short of the target is cheap at first and ever dearer, so that the total is given up late and little.
        """
        random = np.random.default_rng(0)
        used, best = start.used, start
        rounds = int(np.clip(share * SEAT_WORK // len(used), LEAST_ROUNDS, SEAT_ROUNDS))
        gained = 0
        for turn in range(rounds):
            lift = min(DEAREST, CHEAPEST * (DEAREST / CHEAPEST) ** (turn / (RAMP * rounds)))
            freed = pick_seats(self.problem, used, random)
            used = resolve_one_seat(
                self.problem, self.rules, self.cells, used, freed, lift_to(target, lift), self.near | used
            )
            if turn == int(RAMP * rounds):
                used = self._lifted(used, target).used
            now = self.level(used)
            if now.order_at(target) > best.order_at(target):
                best, gained = now, turn
            elif best.worst >= target - EPSILON and turn - gained >= PATIENCE:
                break
        return best


def raise_worst(
    problem: Problem, model: Model, flow: Ints, bound: float, rules: list[Rule], cells: Cells | None
) -> Solution:
    """Start from the optimal total, try the best conceivable worst entry, halve the distance where it cannot be had."""
    used = flow[: model.pairs] > 0
    ceiling = best_conceivable(problem)
    if not used.any():
        return Solution(used, bound, ceiling)
    small = len(used) <= SMALL
    search = Search(
        problem, rules, cells, near_seats(problem, model, flow) if small else near_optimal(problem, model, flow)
    )
    reach = search.reach_by_seats if small else search.reach_by_prices
    start = search.level(used)
    if start.worst >= ceiling - EPSILON:
        return Solution(fair_among_optima(problem, model, flow, rules, cells), bound, ceiling)
    best = reach(ceiling, start)
    low, high = best.worst, ceiling
    for _ in range(HALVINGS):
        if high - low <= 1e-4 * max(1.0, abs(high)):
            break
        middle = (low + high) / 2
        found = reach(middle, start, SHARE)
        best = max(best, found, key=lambda level: level.order)
        low, high = max(low, best.worst), (middle if found.worst < middle - EPSILON else high)
    if best.worst < ceiling - EPSILON:
        best = max(best, reach(best.worst, best), key=lambda level: level.order)
    return Solution(best.used, bound, ceiling)


def near_optimal(problem: Problem, model: Model, flow: Ints) -> Bools:
    """Candidates whose reduced cost is among the least of their entry, a few per seat."""
    cost = reduced_cost(model.network, prices(model.network, flow))[: model.pairs]
    order = np.lexsort((cost, problem.entry))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = _place_in_entry(problem, order)
    return place < NEAR * problem.demand[problem.entry]


def near_seats(problem: Problem, model: Model, flow: Ints) -> Bools:
    """Candidates among the best of their entry, by weight or by reduced cost, or among the cheapest of their expert."""
    cost = reduced_cost(model.network, prices(model.network, flow))[: model.pairs]
    most = SEATS_OF_ENTRY * problem.demand[problem.entry]
    near = _place(problem.entry, cost, problem.entries) < most
    near |= _place(problem.entry, -problem.weight, problem.entries) < most
    near |= _place(problem.expert, cost, problem.experts) < SEATS_OF_EXPERT + problem.low[problem.expert]
    return near


def _place(at: Ints, cost: Any, size: int) -> Ints:
    """The place of each candidate among those of its entry or expert, the least cost first."""
    order = np.lexsort((cost, at))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - np.searchsorted(at[order], np.arange(size))[at[order]]
    return place


def _place_in_entry(problem: Problem, order: Ints) -> Ints:
    entry = problem.entry[order]
    return np.arange(len(order)) - np.searchsorted(entry, np.arange(problem.entries))[entry]


def best_sums_with(problem: Problem) -> Floats:
    """For each candidate the best sum its entry could have if it is used."""
    order = np.lexsort((-problem.weight, problem.entry))
    place, entry, weight = _place_in_entry(problem, order), problem.entry[order], problem.weight[order]
    demand = problem.demand[entry]
    top = sum_at(entry, weight * (place < demand), problem.entries)
    rest = sum_at(entry, weight * (place < demand - 1), problem.entries)
    best = np.empty(len(order))
    best[order] = np.where(place < demand, top[entry], rest[entry] + weight)
    found: Floats = best + Service.of(problem).base[problem.entry]
    return found


def best_conceivable(problem: Problem) -> float:
    """No entry can have more than its best `demand` experts."""
    order = np.lexsort((-problem.weight, problem.entry))
    best = order[_place_in_entry(problem, order) < problem.demand[problem.entry[order]]]
    sums: Floats = Service.of(problem).base + sum_at(problem.entry[best], problem.weight[best], problem.entries)
    return float(sums[Service.of(problem).served].min(initial=np.inf))
