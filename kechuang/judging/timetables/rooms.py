"""Rooms for the panels of each slot: bound rooms first, then as few changes of room as possible."""

from collections.abc import Hashable

from kechuang.judging.timetables.grid import Cell, Grid


def give_rooms(grid: Grid, wanted: dict[Cell, Hashable]) -> dict[Cell, Hashable]:
    """A room for each used cell; `wanted` ones (kept from before) are honoured where they are open."""
    last: dict[int, Hashable] = {}
    given: dict[Cell, Hashable] = {}
    for slot in range(len(grid.plan.slots)):
        panels = sorted(panel for panel, at in grid.entry_at if at == slot)
        for panel, room in _rooms_of_slot(grid, slot, panels, wanted, last).items():
            given[panel, slot] = last[panel] = room
    return given


def _rooms_of_slot(
    grid: Grid, slot: int, panels: list[int], wanted: dict[Cell, Hashable], last: dict[int, Hashable]
) -> dict[int, Hashable]:
    """Claims in order: kept from before, bound, same as in the slot before, first that no one was last in."""
    open_ = grid.open_rooms[slot]
    bound = {panel: grid.plan.panels[panel].room for panel in panels if grid.plan.panels[panel].room is not None}
    kept = {panel: wanted[panel, slot] for panel in panels if (panel, slot) in wanted}
    chosen: dict[int, Hashable] = {}
    for claims in (bound, kept, last):
        for panel in panels:
            room = claims.get(panel)
            if panel not in chosen and room is not None and room in open_ and room not in chosen.values():
                chosen[panel] = room
    held = {room for panel, room in last.items() if panel not in panels}
    spare = sorted(
        (room for room in open_ if room not in chosen.values()), key=lambda room: (room in held, open_.index(room))
    )
    for panel in panels:
        if panel not in chosen:
            chosen[panel] = spare.pop(0)
    return chosen
