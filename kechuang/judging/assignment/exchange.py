"""Exchanges between two pairs, to lift entries below a target and then to win total back."""

from dataclasses import dataclass

import numpy as np

from kechuang.judging.arrays import Bools, Floats, Ints
from kechuang.judging.assignment.problem import Problem
from kechuang.judging.assignment.service import Service

LIFT = 1e4  # a unit below the target weighs this many units of total
LEAST_GAIN = 1e-9


@dataclass(frozen=True)
class Exchange:
    """Pair `at` takes expert `expert`; if `other` is not -1, that pair takes the expert of `at`."""

    gain: float
    at: int
    expert: int
    other: int


class Board:
    """The chosen pairs with the sums and loads they make; `slots` are the pairs, numbered."""

    def __init__(self, problem: Problem, used: Bools, target: float) -> None:
        self.problem, self.target = problem, target
        self.expert, self.entry = problem.expert[used].copy(), problem.entry[used].copy()
        self.weight = problem.weight[used].copy()
        self.sums = Service.of(problem).sums(used)
        self.load = np.bincount(self.expert, minlength=problem.experts)
        self.by_entry = _Lookup(problem.entry, problem.expert, problem.weight, problem.entries, problem.experts)
        self.by_expert = _Lookup(problem.expert, problem.entry, problem.weight, problem.experts, problem.entries)

    def lack(self, sums: Floats) -> Floats:
        return np.maximum(self.target - sums, 0.0)

    def below(self) -> Ints:
        served = Service.of(self.problem).served
        return np.nonzero(served & (self.sums < self.target - LEAST_GAIN))[0]

    def improve(self, entries: Ints, passes: int) -> None:
        """Best exchange for each pair of the entries in turn, until none gains."""
        for _ in range(passes):
            gained = [self._improve_entry(int(entry)) for entry in entries]
            if not any(gained):
                return

    def _improve_entry(self, entry: int) -> bool:
        options = [self.best_swap(int(at)) for at in np.nonzero(self.entry == entry)[0]]
        options += [self.best_change(int(at)) for at in np.nonzero(self.entry == entry)[0]]
        best = max(options, key=lambda option: option.gain, default=None)
        if best is None or best.gain <= LEAST_GAIN:
            return False
        self._apply(best)
        return True

    def best_swap(self, at: int) -> Exchange:
        """Exchange the expert of this pair with that of another pair."""
        entry, expert = self.entry[at], self.expert[at]
        offer = self._offers(int(entry))[self.expert]
        back = self._returns(int(expert))[self.entry]
        here = self.sums[entry] - self.weight[at] + offer
        there = self.sums[self.entry] - self.weight + back
        gain = offer + back - self.weight[at] - self.weight
        gain -= LIFT * (
            self.lack(here) + self.lack(there) - self.lack(self.sums[[entry]]) - self.lack(self.sums[self.entry])
        )
        gain[np.isnan(gain) | (self.entry == entry)] = -np.inf
        other = int(np.argmax(gain))
        return Exchange(float(gain[other]), at, int(self.expert[other]), other)

    def best_change(self, at: int) -> Exchange:
        """Put an expert with room in place of this pair's expert."""
        entry, expert = self.entry[at], self.expert[at]
        if self.load[expert] <= self.problem.low[expert]:
            return Exchange(-np.inf, at, -1, -1)
        offer = self._offers(int(entry))
        here = self.sums[entry] - self.weight[at] + offer
        gain = offer - self.weight[at] - LIFT * (self.lack(here) - self.lack(self.sums[[entry]]))
        gain[np.isnan(gain) | (self.load >= self.problem.high)] = -np.inf
        best = int(np.argmax(gain))
        return Exchange(float(gain[best]), at, best, -1)

    def _offers(self, entry: int) -> Floats:
        """Weight of each expert for the entry; NaN if not eligible or already there."""
        offers = self.by_entry.row(entry)
        offers[self.expert[self.entry == entry]] = np.nan
        return offers

    def _returns(self, expert: int) -> Floats:
        offers = self.by_expert.row(expert)
        offers[self.entry[self.expert == expert]] = np.nan
        return offers

    def _apply(self, exchange: Exchange) -> None:
        leaving = int(self.expert[exchange.at])
        self._give(exchange.at, exchange.expert)
        if exchange.other >= 0:
            self._give(exchange.other, leaving)
        else:
            self.load[leaving] -= 1
            self.load[exchange.expert] += 1

    def _give(self, at: int, expert: int) -> None:
        weight = self.by_entry.row(int(self.entry[at]))[expert]
        self.sums[self.entry[at]] += weight - self.weight[at]
        self.expert[at], self.weight[at] = expert, weight

    def used(self) -> Bools:
        keys = self.problem.expert * self.problem.entries + self.problem.entry
        found: Bools = np.isin(keys, self.expert * self.problem.entries + self.entry)
        return found


class _Lookup:
    """Rows of a sparse matrix as dense vectors, NaN where there is no candidate."""

    def __init__(self, row: Ints, column: Ints, weight: Floats, rows: int, columns: int) -> None:
        order = np.argsort(row, kind="stable")
        self.column, self.weight, self.columns = column[order], weight[order], columns
        self.start = np.searchsorted(row[order], np.arange(rows + 1))

    def row(self, at: int) -> Floats:
        dense = np.full(self.columns, np.nan)
        part = slice(self.start[at], self.start[at + 1])
        dense[self.column[part]] = self.weight[part]
        return dense
