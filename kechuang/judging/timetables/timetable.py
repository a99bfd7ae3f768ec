"""`timetable` for defences and site visits, and `move_entry`, which leaves everyone else where they are."""

import time
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace

from kechuang.judging.messages import Message, say
from kechuang.judging.timetables.exact import cheapest, place_most
from kechuang.judging.timetables.facts import Defence, Panel, Plan, Room, Sitting, Slot, Timetable, Weights
from kechuang.judging.timetables.grid import Cell, Grid
from kechuang.judging.timetables.rooms import give_rooms
from kechuang.judging.timetables.search import construct, improve
from kechuang.judging.timetables.soft import SoftRules


class HardRule(ValueError):
    """A placement that a hard rule forbids; `message` says which."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


TINY = 1e-9


def timetable(
    panels: Iterable[Panel],
    rooms: Iterable[Room],
    slots: Iterable[Slot],
    entries: Iterable[Defence],
    *,
    conflicts: Iterable[tuple[Hashable, Hashable]] = (),
    fixed: Mapping[Hashable, tuple[Hashable, Hashable]] | None = None,
    weights: Weights | None = None,
    seed: int = 0,
    exact: bool = True,
) -> Timetable:
    """Hear every entry once. `conflicts` are (panel, entry); `fixed` maps an entry to its (panel, slot).

    Hard rules always hold: one entry per panel, room and slot; nobody in two places; no conflict. An entry that cannot
    be placed under them is in `unplaced` with the reason. Soft rules are weighed (see `Weights`). Without `exact` a
    timetable that construction cannot complete is handed back as it is, at once: to see whether so many slots may do.
    """
    started = time.perf_counter()
    plan = Plan(tuple(panels), tuple(rooms), tuple(slots), tuple(entries), frozenset(conflicts), weights or Weights())
    _check_keys(plan)
    grid, soft = Grid(plan), SoftRules(plan)
    held = _put_fixed(grid, fixed or {})
    most = len(plan.entries)
    left = construct(grid, soft, held)
    if left and not exact:
        return replace(_finish(grid, soft, {}, time.perf_counter() - started), placeable=most)
    if left:
        solved = place_most(grid, held, seed)
        most = solved.most
        _settle(grid, solved.cells)
    improve(grid, soft, held, seed)
    proved = _prove(grid, soft, held, seed)
    found = _finish(grid, soft, {}, time.perf_counter() - started)
    if found.unplaced and len(found.sittings) == most:
        said = say("timetable.most", placeable=most, entries=len(plan.entries))
        found = replace(found, messages=(*found.messages, said))
    return replace(found, placeable=most, proved=proved)


def _prove(grid: Grid, soft: SoftRules, held: set[int], seed: int) -> bool:
    """Nothing to prove where no soft rule is broken; else the exact solver decides, if the board is small enough."""
    before = sum(soft.report(grid)[0].values())
    if before < TINY:
        return True
    solved = cheapest(grid, soft, held, seed)
    if solved is None:
        return False
    old = dict(grid.cell_of)
    _settle(grid, solved.cells)
    if sum(soft.report(grid)[0].values()) > before - TINY:
        _settle(grid, old)
    return solved.proved


def _check_keys(plan: Plan) -> None:
    for name in ("panels", "rooms", "slots", "entries"):
        keys = [item.key for item in getattr(plan, name)]
        if len(set(keys)) != len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise ValueError(f"{name}: {twice!r} is given twice")


def _put_fixed(grid: Grid, fixed: Mapping[Hashable, tuple[Hashable, Hashable]]) -> set[int]:
    places = _places(grid.plan)
    held = set()
    for entry, (panel, slot) in fixed.items():
        at, cell = places["entries"][entry], (places["panels"][panel], places["slots"][slot])
        _put_or_refuse(grid, at, cell)
        held.add(at)
    return held


def _places(plan: Plan) -> dict[str, dict[Hashable, int]]:
    names = ("panels", "rooms", "slots", "entries")
    return {name: {item.key: place for place, item in enumerate(getattr(plan, name))} for name in names}


def _put_or_refuse(grid: Grid, entry: int, cell: Cell) -> None:
    if reason := grid.why_not(entry, cell):
        key = grid.plan.entries[entry].key
        raise HardRule(say(f"timetable.{reason}", entry=key))
    grid.put(entry, cell)


def _settle(grid: Grid, cells: Mapping[int, Cell]) -> None:
    for entry in list(grid.cell_of):
        grid.lift(entry)
    for entry, cell in cells.items():
        grid.put(entry, cell)


def _finish(grid: Grid, soft: SoftRules, wanted: dict[Cell, Hashable], seconds: float) -> Timetable:
    plan, rooms = grid.plan, give_rooms(grid, wanted)
    cells = sorted(grid.entry_at, key=lambda cell: (cell[1], cell[0]))
    sittings = [
        Sitting(plan.entries[grid.entry_at[cell]].key, plan.panels[cell[0]].key, rooms[cell], plan.slots[cell[1]].key)
        for cell in cells
    ]
    left = [entry for entry in range(len(plan.entries)) if entry not in grid.cell_of]
    costs, said = soft.report(grid)
    return Timetable(
        sittings=tuple(sittings),
        unplaced=tuple(plan.entries[entry].key for entry in left),
        penalty=sum(costs.values()),
        penalties=costs,
        messages=(*(_unplaced(grid, entry) for entry in left), *said),
        plan=plan,
        seconds=seconds,
    )


def _unplaced(grid: Grid, entry: int) -> Message:
    """The rule that forbids most cells is the one to tell."""
    cells = grid.cells_of(entry)
    reasons = [reason for cell in cells if (reason := grid.why_not(entry, cell))]
    reasons = reasons or ["entry_away" if grid.panels_of[entry] else "conflict"]
    common = max(sorted(set(reasons)), key=reasons.count)
    return say(f"timetable.{common}", entry=grid.plan.entries[entry].key)


def _board(table: Timetable) -> tuple[Grid, dict[Cell, Hashable]]:
    places, grid = _places(table.plan), Grid(table.plan)
    rooms: dict[Cell, Hashable] = {}
    for sitting in table.sittings:
        cell = (places["panels"][sitting.panel], places["slots"][sitting.slot])
        grid.put(places["entries"][sitting.entry], cell)
        rooms[cell] = sitting.room
    return grid, rooms


def resumed(plan: Plan, sittings: Iterable[Sitting]) -> Timetable:
    """A timetable made earlier, read back: refused where it breaks a hard rule of the plan."""
    _check_keys(plan)
    places, grid = _places(plan), Grid(plan)
    rooms: dict[Cell, Hashable] = {}
    for sitting in sittings:
        cell = (places["panels"][sitting.panel], places["slots"][sitting.slot])
        _put_or_refuse(grid, places["entries"][sitting.entry], cell)
        rooms[cell] = sitting.room
    return replace(_finish(grid, SoftRules(plan), rooms, 0.0), placeable=len(plan.entries))


def free_places(table: Timetable, entry: Hashable) -> list[tuple[Hashable, Hashable, float]]:
    """(panel, slot, soft cost) to which the entry could move with everyone else staying, cheapest first."""
    grid, _ = _board(table)
    soft, at = SoftRules(table.plan), _places(table.plan)["entries"][entry]
    if at in grid.cell_of:
        grid.lift(at)
    free = [cell for cell in grid.cells_of(at) if grid.why_not(at, cell) is None]
    costed = sorted((soft.cost_at(grid, at, cell), cell[1], cell[0]) for cell in free)
    return [(table.plan.panels[panel].key, table.plan.slots[slot].key, cost) for cost, slot, panel in costed]


def move_entry(table: Timetable, entry: Hashable, panel: Hashable = None, slot: Hashable = None) -> Timetable:
    """Move one entry and nobody else; without a slot to the cheapest free place. Refuses what breaks a hard rule."""
    places = _places(table.plan)
    grid, rooms = _board(table)
    at = places["entries"][entry]
    free = [(p, s) for p, s, _ in free_places(table, entry) if panel in (None, p) and slot in (None, s)]
    old = grid.lift(at) if at in grid.cell_of else None
    rooms.pop(old, None) if old else None
    if free:
        target = (places["panels"][free[0][0]], places["slots"][free[0][1]])
    elif slot is None:
        raise HardRule(say("timetable.full", entry=entry))
    else:
        panel_at = places["panels"][panel] if panel is not None else (old or (0, 0))[0]
        target = (panel_at, places["slots"][slot])
    _put_or_refuse(grid, at, target)
    moved = _finish(grid, SoftRules(table.plan), rooms, table.seconds)
    return replace(moved, placeable=table.placeable)
