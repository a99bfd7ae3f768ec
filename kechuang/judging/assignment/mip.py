"""Overlapping groups (an expert who is both engineer and of the same district): exact by MIP (HiGHS)."""

from typing import Any

import numpy as np

from kechuang.judging.arrays import Floats, Ints, sum_at
from kechuang.judging.assignment.groups import Rule
from kechuang.judging.assignment.maximin import Solution, best_conceivable
from kechuang.judging.assignment.problem import Problem

NODES = 20_000  # a limit on the search that does not depend on the clock
SEAT, COVER, LOAD, KEPT = 4000.0, 500.0, 50.0, 20.0  # in units of the largest affinity


def solve_mip(problem: Problem, rules: list[Rule], mode: str) -> Solution:
    """All wishes in one program; slack variables say what cannot be had."""
    program = _Program(problem, rules)
    if mode != "total":
        program.add_worst(10.0 * problem.entries if mode == "maximin" else 1e-4)
    values, bound = program.solve()
    used = values[: len(problem.expert)] > 0.5
    total = float(problem.weight[used].sum() + problem.fixed_weight.sum())
    return Solution(used, total + max(0.0, bound), best_conceivable(problem))


class _Program:
    """Columns: pairs, missing seats, missing loads, missing coverage; then, if asked, the worst entry."""

    def __init__(self, problem: Problem, rules: list[Rule]) -> None:
        self.problem, self.rules = problem, rules
        self.unit = float(np.abs(problem.weight).max(initial=0)) or 1.0
        self.cost: list[Floats] = []
        self.lower: list[Floats] = []
        self.upper: list[Floats] = []
        self.rows: list[tuple[Ints, Ints, Floats]] = []
        self.low: list[Floats] = []
        self.high: list[Floats] = []
        self.row_count = self.column_count = 0
        self._add_all()

    def _columns(self, cost: Floats, upper: Floats, lower: float = 0.0) -> Ints:
        start = self.column_count
        self.cost.append(cost)
        self.lower.append(np.full(len(cost), lower))
        self.upper.append(upper)
        self.column_count += len(cost)
        return np.arange(start, self.column_count)

    def _rows(self, low: Floats, high: Floats) -> Ints:
        start = self.row_count
        self.low.append(low)
        self.high.append(high)
        self.row_count += len(low)
        return np.arange(start, self.row_count)

    def _add_all(self) -> None:
        problem, unit = self.problem, self.unit
        gain = problem.weight + KEPT * unit * problem.kept
        self.pairs = self._columns(-gain, np.ones(len(gain)))
        seats = self._columns(np.full(problem.entries, SEAT * unit), problem.demand.astype(float))
        loads = self._columns(np.full(problem.experts, LOAD * unit), problem.low.astype(float))
        wanted = problem.demand.astype(float)
        rows = self._rows(wanted, wanted)
        self.rows += [(rows[problem.entry], self.pairs, np.ones(len(gain))), (rows, seats, np.ones(len(rows)))]
        rows = self._rows(np.zeros(problem.experts), problem.high.astype(float))
        self.rows.append((rows[problem.expert], self.pairs, np.ones(len(gain))))
        rows = self._rows(problem.low.astype(float), np.full(problem.experts, np.inf))
        self.rows += [(rows[problem.expert], self.pairs, np.ones(len(gain))), (rows, loads, np.ones(len(rows)))]
        for rule in self.rules:
            self._add_rule(rule)

    def _add_rule(self, rule: Rule) -> None:
        problem = self.problem
        inside = np.isin(problem.expert, rule.members)
        held = np.bincount(problem.fixed[np.isin(problem.fixed[:, 0], rule.members), 1], minlength=problem.entries)
        wanted = (problem.demand > 0) | (held > 0)
        least = np.where(wanted, np.maximum(rule.least - held, 0), 0).astype(float)
        most = np.full(problem.entries, np.inf) if rule.most is None else np.maximum(rule.most - held, 0).astype(float)
        rows = self._rows(least, np.maximum(most, least))
        self.rows.append((rows[problem.entry[inside]], self.pairs[inside], np.ones(int(inside.sum()))))
        if rule.least:
            slack = self._columns(np.full(problem.entries, COVER * self.unit), least)
            self.rows.append((rows, slack, np.ones(len(rows))))

    def add_worst(self, price: float) -> None:
        """A column t that no served entry's sum falls below, paid per unit."""
        problem = self.problem
        column = self._columns(np.array([-price]), np.array([np.inf]), -np.inf)
        served = np.nonzero(problem.demand > 0)[0]
        base = sum_at(problem.fixed[:, 1], problem.fixed_weight, problem.entries)[served]
        rows = np.full(problem.entries, -1)
        rows[served] = self._rows(-base, np.full(len(served), np.inf))
        self.rows.append((rows[problem.entry], self.pairs, problem.weight))
        self.rows.append((rows[served], np.full(len(served), column[0]), -np.ones(len(served))))

    def solve(self) -> tuple[Floats, float]:
        """Column values and the proved distance to the best objective."""
        from scipy import optimize, sparse  # noqa: PLC0415 -- slow import

        row, column, value = (np.concatenate(part) for part in zip(*self.rows, strict=True))
        matrix = sparse.csr_array((value, (row, column)), shape=(self.row_count, self.column_count))
        integral = np.zeros(self.column_count)
        integral[: len(self.pairs)] = 1
        found: Any = optimize.milp(
            np.concatenate(self.cost),
            integrality=integral,
            bounds=optimize.Bounds(np.concatenate(self.lower), np.concatenate(self.upper)),
            constraints=optimize.LinearConstraint(matrix, np.concatenate(self.low), np.concatenate(self.high)),
            options={"node_limit": NODES, "mip_rel_gap": 1e-9},
        )
        if found.x is None:
            raise ArithmeticError(f"the mixed-integer program found no assignment: {found.message}")
        reached = (
            found.fun if found.mip_dual_bound is None else found.mip_dual_bound
        )  # None: nothing was left to choose
        return found.x, float(found.fun - reached)
