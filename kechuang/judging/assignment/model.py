"""The assignment as a min-cost flow: entries send their demand through experts (and group cells) to one sink.

Penalties rank the wishes exactly: a filled seat before a coverage, before a minimum load, before a kept pair, before
any affinity. A cycle of the residual network meets each node once, so `nodes × weight` outweighs what it can gain.
"""

from dataclasses import dataclass

import numpy as np

from kechuang.judging.arrays import Floats, Ints
from kechuang.judging.assignment.groups import Cells, Rule
from kechuang.judging.assignment.problem import Problem, integer_weights
from kechuang.judging.flow import Network

LARGEST = 2**61


@dataclass(frozen=True)
class Penalties:
    kept: int
    load: int
    cover: int
    seat: int


@dataclass(frozen=True)
class Model:
    """The network; its first `pairs` arcs are the candidate pairs in order."""

    network: Network
    pairs: int
    scale: float

    def pair_cost(self, cost: Floats) -> Ints:
        """A cost per candidate pair, spread over all arcs of the network as whole numbers."""
        top = float(np.abs(cost).max(initial=1e-300))
        full = np.zeros(len(self.network.tail), dtype=np.int64)
        full[: self.pairs] = np.rint(cost / top * 1e7).astype(np.int64)
        return full


def penalties(weight: Ints, kept: bool, nodes: int, cells: bool) -> Penalties:
    top = int(np.abs(weight).max(initial=0)) + 1
    keep = nodes * top if kept else 0
    load = nodes * max(keep, top)
    cover = 3 * load
    seat = (nodes if cells else 3) * cover
    return Penalties(keep, load, cover, seat)


def fitting_weights(problem: Problem, nodes: int, cells: bool) -> tuple[Ints, Penalties]:
    """Weights as fine as 64-bit arithmetic allows under these penalties."""
    weight, kept = integer_weights(problem.weight), bool(problem.kept.any())
    while (found := penalties(weight, kept, nodes, cells)).seat > LARGEST // (2 * nodes + 2):
        weight = np.rint(weight / 10).astype(np.int64)
    return weight, found


def build_model(problem: Problem, rules: list[Rule], cells: Cells | None) -> Model:
    arcs = _Arcs(problem, cells)
    weight, penalty = fitting_weights(problem, arcs.nodes, cells is not None)
    arcs.add_pairs(weight + penalty.kept * problem.kept.astype(np.int64))
    arcs.add_missing_seats(penalty.seat)
    arcs.add_loads(penalty.load)
    if cells is not None:
        arcs.add_cells(cells, penalty.cover)
    top = float(np.abs(problem.weight).max(initial=0)) or 1.0
    return Model(arcs.network(), len(problem.expert), float(np.abs(weight).max(initial=1)) / top)


class _Arcs:
    """Collects arcs; nodes are experts, entries, one cell per (entry, group) in use, and the sink."""

    def __init__(self, problem: Problem, cells: Cells | None) -> None:
        self.problem = problem
        self.parts: list[tuple[Ints, Ints, Ints, Ints]] = []
        self.cell_of_pair = np.full(len(problem.expert), -1, dtype=np.int64)
        self.cell_keys: Ints = np.zeros(0, dtype=np.int64)
        if cells is not None:
            self._number_cells(cells)
        self.sink = problem.experts + problem.entries + len(self.cell_keys)
        self.nodes = self.sink + 1

    def _number_cells(self, cells: Cells) -> None:
        label = cells.label[self.problem.expert]
        inside = label >= 0
        keys = self.problem.entry[inside] * len(cells.least) + label[inside]
        self.cell_keys, place = np.unique(keys, return_inverse=True)
        self.cell_of_pair[inside] = place

    def add(self, tail: Ints, head: Ints, capacity: Ints, cost: Ints) -> None:
        held = capacity > 0
        self.parts.append((tail[held], head[held], capacity[held], cost[held]))

    def add_pairs(self, weight: Ints) -> None:
        problem, cell = self.problem, self.cell_of_pair
        start = np.where(cell >= 0, problem.experts + problem.entries + cell, problem.experts + problem.entry)
        self.add(start, problem.expert, np.ones_like(weight), -weight)

    def add_missing_seats(self, penalty: int) -> None:
        entries = np.arange(self.problem.entries)
        self._to_sink(self.problem.experts + entries, self.problem.demand, penalty)

    def add_loads(self, penalty: int) -> None:
        experts = np.arange(self.problem.experts)
        self._to_sink(experts, self.problem.low, -penalty)
        self._to_sink(experts, self.problem.high - self.problem.low, 0)

    def _to_sink(self, tail: Ints, capacity: Ints, cost: int) -> None:
        self.add(tail, np.full(len(tail), self.sink), capacity, np.full(len(tail), cost, dtype=np.int64))

    def add_cells(self, cells: Cells, penalty: int) -> None:
        entry, group = np.divmod(self.cell_keys, len(cells.least))
        held = fixed_in_cells(self.problem, cells)[entry, group]
        least, most = np.maximum(cells.least[group] - held, 0), np.maximum(cells.most[group] - held, 0)
        tail = self.problem.experts + entry
        head = self.problem.experts + self.problem.entries + np.arange(len(entry))
        self.add(tail, head, np.minimum(least, most), np.full(len(tail), -penalty))
        self.add(tail, head, np.maximum(most - least, 0), np.zeros(len(tail), dtype=np.int64))

    def network(self) -> Network:
        columns = [np.concatenate(column).astype(np.int64, copy=False) for column in zip(*self.parts, strict=True)]
        supply = np.zeros(self.nodes, dtype=np.int64)
        supply[self.problem.experts : self.problem.experts + self.problem.entries] = self.problem.demand
        supply[self.sink] = -self.problem.demand.sum()
        return Network(columns[0], columns[1], columns[2], columns[3], supply)


def fixed_in_cells(problem: Problem, cells: Cells) -> Ints:
    """How many fixed experts each entry already has from each group."""
    count = np.zeros((problem.entries, len(cells.least)), dtype=np.int64)
    label = cells.label[problem.fixed[:, 0]]
    inside = label >= 0
    np.add.at(count, (problem.fixed[inside, 1], label[inside]), 1)
    return count
