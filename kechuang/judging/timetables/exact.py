"""CP-SAT where the search cannot be sure: whether the hard rules allow more entries, and whether the soft rules allow less cost.

Only for boards of a size that is solved in seconds; a larger one keeps what the search found and is not called proved.
"""

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from kechuang.judging.timetables.grid import Cell, Grid
from kechuang.judging.timetables.soft import SoftRules

WORK = 8.0  # deterministic time units, not seconds: the result repeats
MOST_CHOICES = 60_000
"""Cells open to all entries together, up to which placing is solved."""
MOST_COSTED = 4_000
"""The same for the costs of the soft rules, which are far harder."""
UNIT = 1000


@dataclass(frozen=True)
class Solved:
    """`cells` by entry; `most` bounds the entries that can be placed; `proved`: nothing better exists."""

    cells: dict[int, Cell]
    most: int
    proved: bool


def place_most(grid: Grid, held: set[int], seed: int) -> Solved:
    """A placement of as many entries as possible; `held` entries keep their cells."""
    board = _Board(grid, held)
    if len(board.chosen) > MOST_CHOICES:
        return Solved(dict(grid.cell_of), len(board.by_entry), proved=False)
    board.model.maximize(sum(board.chosen.values()))
    return board.solve(seed)


def cheapest(grid: Grid, soft: SoftRules, held: set[int], seed: int) -> Solved | None:
    """The placement of as many entries as now with the least cost of soft rules; None where the board is too large to say."""
    if sum(len(grid.cells_of(entry)) for entry in range(len(grid.plan.entries))) > MOST_COSTED:
        return None
    board = _Board(grid, held)
    board.model.add(sum(board.chosen.values()) >= len(grid.cell_of))
    board.model.minimize(sum(board.costs(soft)))
    return board.solve(seed)


class _Board:
    """The hard rules as a model: `chosen[entry, cell]`, and `sits[cell]` where a panel hears anybody."""

    def __init__(self, grid: Grid, held: set[int]) -> None:
        from ortools.sat.python import cp_model  # noqa: PLC0415 -- slow import

        self.grid, self.solver_kind = grid, cp_model
        self.model = cp_model.CpModel()
        self.chosen = self._choices(held)
        self.by_entry: dict[int, list[Any]] = defaultdict(list)
        for (entry, _cell), variable in self.chosen.items():
            self.by_entry[entry].append(variable)
        for variables in self.by_entry.values():
            self.model.add_at_most_one(variables)
        self.sits = self._sittings()
        self._one_place_at_a_time()
        for (entry, cell), variable in self.chosen.items():
            self.model.add_hint(variable, grid.cell_of.get(entry) == cell)

    def _choices(self, held: set[int]) -> dict[tuple[int, Cell], Any]:
        chosen = {}
        for entry in range(len(self.grid.plan.entries)):
            cells = [self.grid.cell_of[entry]] if entry in held else self.grid.cells_of(entry)
            for panel, slot in cells:
                chosen[entry, (panel, slot)] = self.model.new_bool_var(f"e{entry}p{panel}s{slot}")
            if entry in held:
                self.model.add(chosen[entry, cells[0]] == 1)
        return chosen

    def _sittings(self) -> dict[Cell, Any]:
        """Whether a panel sits in a slot: at most one entry, and only if it sits."""
        at: dict[Cell, list[Any]] = defaultdict(list)
        for (_entry, cell), variable in self.chosen.items():
            at[cell].append(variable)
        sits = {}
        for cell, variables in sorted(at.items()):
            sits[cell] = self.model.new_bool_var(f"p{cell[0]}s{cell[1]}")
            self.model.add(sum(variables) == sits[cell])
        return sits

    def _one_place_at_a_time(self) -> None:
        """Persons, judges and rooms are in one place in a slot."""
        busy: dict[tuple[str, Hashable, int], list[Any]] = defaultdict(list)
        plan = self.grid.plan
        for (entry, (_panel, slot)), variable in self.chosen.items():
            for person in plan.entries[entry].people:
                busy["person", person, slot].append(variable)
        active: dict[int, list[Any]] = defaultdict(list)
        for (panel, slot), variable in self.sits.items():
            active[slot].append(variable)
            for judge in plan.panels[panel].judges:
                busy["person", judge, slot].append(variable)
            if plan.panels[panel].room is not None:
                busy["room", plan.panels[panel].room, slot].append(variable)
        for variables in busy.values():
            if len(variables) > 1:
                self.model.add_at_most_one(variables)
        for slot, variables in active.items():
            self.model.add(sum(variables) <= len(self.grid.open_rooms[slot]))

    def costs(self, soft: SoftRules) -> list[Any]:
        """What the soft rules cost, in thousandths."""
        weights, plan = soft.plan.weights, self.grid.plan
        found = [
            round(UNIT * weights.far * plan.entries[entry].far * soft.early[cell[1]]) * variable
            for (entry, cell), variable in self.chosen.items()
        ]
        return found + self._neighbours(soft) + self._lunches(soft)

    def _neighbours(self, soft: SoftRules) -> list[Any]:
        """One for each two entries of a school that follow each other before a panel or in its room."""
        at: dict[tuple[Cell, Hashable], list[Any]] = defaultdict(list)
        for (entry, cell), variable in self.chosen.items():
            if (school := self.grid.plan.entries[entry].school) is not None:
                at[cell, school].append(variable)
        found = []
        for ((panel, slot), school), variables in sorted(at.items(), key=repr):
            for other in self.grid.roommates[panel]:
                later = at.get(((other, slot + 1), school))
                if later and slot + 1 in soft.neighbours(slot):
                    both = self.model.new_bool_var("")
                    self.model.add(both >= sum(variables) + sum(later) - 1)
                    found.append(round(UNIT * soft.plan.weights.same_school) * both)
        return found

    def _lunches(self, soft: SoftRules) -> list[Any]:
        found = []
        for lunch in soft.lunch.values():
            for panel in range(len(self.grid.plan.panels)):
                sits = [self.sits[panel, slot] for slot in lunch if (panel, slot) in self.sits]
                if lunch and len(sits) == len(lunch):
                    missed = self.model.new_bool_var("")
                    self.model.add(missed >= sum(sits) - len(sits) + 1)
                    found.append(round(UNIT * soft.plan.weights.lunch) * missed)
        return found

    def solve(self, seed: int) -> Solved:
        solver = self.solver_kind.CpSolver()
        solver.parameters.num_workers, solver.parameters.random_seed = 1, seed % (2**31 - 1)
        solver.parameters.max_deterministic_time = WORK
        state = solver.solve(self.model)
        if state not in (self.solver_kind.OPTIMAL, self.solver_kind.FEASIBLE):
            return Solved(dict(self.grid.cell_of), len(self.by_entry), proved=False)
        cells = {entry: cell for (entry, cell), variable in self.chosen.items() if solver.value(variable)}
        bound = solver.best_objective_bound
        return Solved(cells, min(len(self.by_entry), int(bound + 1e-6)), proved=state == self.solver_kind.OPTIMAL)
