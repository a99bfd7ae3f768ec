"""Place the entries with the fewest choices first, make room by moving one other, then improve by seeded swaps."""

import math
import random
from collections.abc import Callable
from functools import partial

from kechuang.judging.timetables.grid import Cell, Grid
from kechuang.judging.timetables.soft import SoftRules

TRIES_PER_ENTRY = 60
HOT, COLD = 4.0, 0.05


def construct(grid: Grid, soft: SoftRules, held: set[int]) -> list[int]:
    """Entries that found no cell."""
    cells = {entry: grid.cells_of(entry) for entry in range(len(grid.plan.entries)) if entry not in grid.cell_of}
    hardest_first = sorted(cells, key=lambda entry: (len(cells[entry]), entry))
    return [entry for entry in hardest_first if not _place(grid, soft, entry, cells[entry], held)]


def _place(grid: Grid, soft: SoftRules, entry: int, cells: list[Cell], held: set[int]) -> bool:
    return place_best(grid, soft, entry, cells) or _make_room(grid, soft, entry, cells, held)


def place_best(grid: Grid, soft: SoftRules, entry: int, cells: list[Cell]) -> bool:
    load = _panel_load(grid)
    free = [cell for cell in cells if grid.why_not(entry, cell) is None]
    if not free:
        return False
    grid.put(entry, min(free, key=lambda cell: (soft.cost_at(grid, entry, cell), load[cell[0]], cell[1], cell[0])))
    return True


def _panel_load(grid: Grid) -> list[int]:
    load = [0] * len(grid.plan.panels)
    for panel, _ in grid.entry_at:
        load[panel] += 1
    return load


def _make_room(grid: Grid, soft: SoftRules, entry: int, cells: list[Cell], held: set[int]) -> bool:
    """Move one entry that stands in the way to another cell."""
    for cell in cells:
        for other in _in_the_way(grid, entry, cell):
            if other in held:
                continue
            old = grid.lift(other)
            if grid.why_not(entry, cell) is None:
                grid.put(entry, cell)
                if place_best(grid, soft, other, grid.cells_of(other)):
                    return True
                grid.lift(entry)
            grid.put(other, old)
    return False


def _in_the_way(grid: Grid, entry: int, cell: Cell) -> list[int]:
    """The entry in the cell, or, where it is empty, those heard at the same time."""
    if cell in grid.entry_at:
        return [grid.entry_at[cell]]
    return [other for other, (_, slot) in sorted(grid.cell_of.items()) if slot == cell[1]]


def improve(grid: Grid, soft: SoftRules, held: set[int], seed: int) -> None:
    """Simulated annealing over moves and swaps that keep all hard rules; ends at the best board seen."""
    chance = random.Random(seed)  # noqa: S311 -- not for secrets
    movable = [entry for entry in sorted(grid.cell_of) if entry not in held]
    if not movable:
        return
    cells = {entry: grid.cells_of(entry) for entry in movable}
    best, best_cost, cost = dict(grid.cell_of), 0.0, 0.0
    tries = TRIES_PER_ENTRY * len(movable)
    for turn in range(tries):
        heat = HOT * (COLD / HOT) ** (turn / tries)
        entry = chance.choice(movable)
        cell = chance.choice(cells[entry])
        if cell != grid.cell_of[entry] and grid.entry_at.get(cell) not in held:
            cost += _try_move(grid, soft, entry, cell, partial(_accept, heat=heat, chance=chance))
        if cost < best_cost - 1e-9:
            best, best_cost = dict(grid.cell_of), cost
    _restore(grid, best)


def _accept(change: float, heat: float, chance: random.Random) -> bool:
    return change <= 0 or chance.random() < math.exp(-change / heat)


def _restore(grid: Grid, cells: dict[int, Cell]) -> None:
    for entry in list(grid.cell_of):
        grid.lift(entry)
    for entry, cell in cells.items():
        grid.put(entry, cell)


def _try_move(grid: Grid, soft: SoftRules, entry: int, cell: Cell, accept: Callable[[float], bool]) -> float:
    """Move the entry to the cell, or swap it with who is there; returns the change in cost if accepted, else 0."""
    other = grid.entry_at.get(cell)
    old = grid.cell_of[entry]
    before = _lift_costing(grid, soft, entry)
    if other is not None:
        before += _lift_costing(grid, soft, other)
    after = _put_costing(grid, soft, [(entry, cell)] if other is None else [(entry, cell), (other, old)])
    if after is not None and accept(after - before):
        return after - before
    for moved in (entry, other):
        if moved is not None and moved in grid.cell_of:
            grid.lift(moved)
    grid.put(entry, old)
    if other is not None:
        grid.put(other, cell)
    return 0.0


def _lift_costing(grid: Grid, soft: SoftRules, entry: int) -> float:
    cost = soft.cost_at(grid, entry, grid.cell_of[entry])
    grid.lift(entry)
    return cost


def _put_costing(grid: Grid, soft: SoftRules, moves: list[tuple[int, Cell]]) -> float | None:
    """Cost of the placements in turn, None if one breaks a hard rule."""
    cost = 0.0
    for entry, cell in moves:
        if grid.why_not(entry, cell) is not None:
            return None
        cost += soft.cost_at(grid, entry, cell)
        grid.put(entry, cell)
    return cost
