"""The board on which entries are placed: a cell is (panel, slot). It never allows a hard rule to be broken."""

from collections import Counter
from collections.abc import Hashable

from kechuang.judging.timetables.facts import Plan

Cell = tuple[int, int]


class Grid:
    """Positions instead of keys; `cell_of[entry]` and `entry_at[cell]` mirror each other."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.cell_of: dict[int, Cell] = {}
        self.entry_at: dict[Cell, int] = {}
        slots = len(plan.slots)
        self.people: list[Counter[Hashable]] = [Counter() for _ in range(slots)]
        self.judges: list[Counter[Hashable]] = [Counter() for _ in range(slots)]
        self.bound_rooms: list[Counter[Hashable]] = [Counter() for _ in range(slots)]
        self.active = [0] * slots
        self.open_rooms = [[room.key for room in plan.rooms if slot.key not in room.closed] for slot in plan.slots]
        self.panels_of = [self._panels_of(entry) for entry in range(len(plan.entries))]
        self.roommates = [self._roommates(panel) for panel in range(len(plan.panels))]

    def _roommates(self, panel: int) -> list[int]:
        """The panel itself and those bound to the same room, which take turns in it."""
        room = self.plan.panels[panel].room
        return [
            other
            for other, facts in enumerate(self.plan.panels)
            if other == panel or (room is not None and facts.room == room)
        ]

    def _panels_of(self, entry: int) -> list[int]:
        facts = self.plan.entries[entry]
        return [
            place
            for place, panel in enumerate(self.plan.panels)
            if (not facts.panels or panel.key in facts.panels)
            and (panel.key, facts.key) not in self.plan.conflicts
            and not panel.judges & facts.people
        ]

    def cells_of(self, entry: int) -> list[Cell]:
        """Cells the entry could have on an empty board."""
        away = self.plan.entries[entry].away
        slots = [n for n, slot in enumerate(self.plan.slots) if slot.key not in away]
        return [(panel, slot) for panel in self.panels_of[entry] for slot in slots if self.panel_may_sit(panel, slot)]

    def panel_may_sit(self, panel: int, slot: int) -> bool:
        facts = self.plan.panels[panel]
        rooms = self.open_rooms[slot]
        return self.plan.slots[slot].key not in facts.away and (
            bool(rooms) if facts.room is None else facts.room in rooms
        )

    def why_not(self, entry: int, cell: Cell) -> str | None:
        """The hard rule that forbids the cell now, by name."""
        panel, slot = cell
        facts = self.plan.entries[entry]
        if panel not in self.panels_of[entry]:
            return "conflict"
        if self.plan.slots[slot].key in facts.away:
            return "entry_away"
        if not self.panel_may_sit(panel, slot):
            return "panel_away"
        if cell in self.entry_at:
            return "taken"
        return self._clash(entry, panel, slot)

    def _clash(self, entry: int, panel: int, slot: int) -> str | None:
        people, judges = self.plan.entries[entry].people, self.plan.panels[panel].judges
        if any(self.people[slot][person] or self.judges[slot][person] for person in people):
            return "person_busy"
        if any(self.judges[slot][judge] or self.people[slot][judge] for judge in judges):
            return "judge_busy"
        room = self.plan.panels[panel].room
        if self.active[slot] >= len(self.open_rooms[slot]) or (room is not None and self.bound_rooms[slot][room]):
            return "no_room"
        return None

    def put(self, entry: int, cell: Cell) -> None:
        self.cell_of[entry], self.entry_at[cell] = cell, entry
        self._count(entry, cell, 1)

    def lift(self, entry: int) -> Cell:
        cell = self.cell_of.pop(entry)
        del self.entry_at[cell]
        self._count(entry, cell, -1)
        return cell

    def _count(self, entry: int, cell: Cell, step: int) -> None:
        panel, slot = cell
        for person in self.plan.entries[entry].people:
            self.people[slot][person] += step
        for judge in self.plan.panels[panel].judges:
            self.judges[slot][judge] += step
        if self.plan.panels[panel].room is not None:
            self.bound_rooms[slot][self.plan.panels[panel].room] += step
        self.active[slot] += step
