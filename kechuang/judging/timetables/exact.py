"""When the construction leaves an entry out: CP-SAT says whether the hard rules allow more, and how."""

from collections import defaultdict
from collections.abc import Hashable
from typing import Any

from kechuang.judging.timetables.grid import Cell, Grid

WORK = 20.0  # deterministic time units, not seconds: the result repeats


def place_most(grid: Grid, held: set[int], seed: int) -> dict[int, Cell]:
    """A placement of as many entries as possible; `held` entries keep their cells."""
    from ortools.sat.python import cp_model  # noqa: PLC0415 -- slow import

    model = cp_model.CpModel()
    chosen = _choices(model, grid, held)
    by_entry: dict[int, list[Any]] = defaultdict(list)
    for (entry, _), variable in chosen.items():
        by_entry[entry].append(variable)
    for variables in by_entry.values():
        model.add_at_most_one(variables)
    sits = _sittings(model, grid, chosen)
    _one_place_at_a_time(model, grid, chosen, sits)
    for (entry, cell), variable in chosen.items():
        model.add_hint(variable, grid.cell_of.get(entry) == cell)
    model.maximize(sum(chosen.values()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.random_seed = 1, seed
    solver.parameters.max_deterministic_time = WORK
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return dict(grid.cell_of)
    return {entry: cell for (entry, cell), variable in chosen.items() if solver.value(variable)}


def _choices(model: Any, grid: Grid, held: set[int]) -> dict[tuple[int, Cell], Any]:
    chosen = {}
    for entry in range(len(grid.plan.entries)):
        cells = [grid.cell_of[entry]] if entry in held else grid.cells_of(entry)
        for panel, slot in cells:
            chosen[entry, (panel, slot)] = model.new_bool_var(f"e{entry}p{panel}s{slot}")
        if entry in held:
            model.add(chosen[entry, cells[0]] == 1)
    return chosen


def _sittings(model: Any, grid: Grid, chosen: dict[tuple[int, Cell], Any]) -> dict[Cell, Any]:
    """Whether a panel sits in a slot: at most one entry, and only if it sits."""
    at: dict[Cell, list[Any]] = defaultdict(list)
    for (_, cell), variable in chosen.items():
        at[cell].append(variable)
    sits = {}
    for cell, variables in sorted(at.items()):
        sits[cell] = model.new_bool_var(f"p{cell[0]}s{cell[1]}")
        model.add(sum(variables) == sits[cell])
    return sits


def _one_place_at_a_time(model: Any, grid: Grid, chosen: dict[tuple[int, Cell], Any], sits: dict[Cell, Any]) -> None:
    """Persons, judges and rooms are in one place in a slot."""
    busy: dict[tuple[str, Hashable, int], list[Any]] = defaultdict(list)
    for (entry, (_, slot)), variable in chosen.items():
        for person in grid.plan.entries[entry].people:
            busy["person", person, slot].append(variable)
    active: dict[int, list[Any]] = defaultdict(list)
    for (panel, slot), variable in sits.items():
        active[slot].append(variable)
        facts = grid.plan.panels[panel]
        for judge in facts.judges:
            busy["person", judge, slot].append(variable)
        if facts.room is not None:
            busy["room", facts.room, slot].append(variable)
    for variables in busy.values():
        if len(variables) > 1:
            model.add_at_most_one(variables)
    for slot, variables in active.items():
        model.add(sum(variables) <= len(grid.open_rooms[slot]))
