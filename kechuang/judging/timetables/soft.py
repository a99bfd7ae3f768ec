"""The soft rules, each with its cost: near enough to be felt, never at the price of a hard rule."""

from collections import Counter, defaultdict
from collections.abc import Hashable
from datetime import timedelta

from kechuang.judging.messages import Message, say
from kechuang.judging.timetables.facts import Plan
from kechuang.judging.timetables.grid import Cell, Grid

BREAK = timedelta(minutes=45)
"""Who comes after a break of that length does not come back to back."""
LATE = 0.34  # a far entry should not be heard in the first third of a day


class SoftRules:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        days: dict[Hashable, list[int]] = defaultdict(list)
        for place, slot in enumerate(plan.slots):
            days[slot.day].append(place)
        self.lunch = {day: [s for s in slots if plan.slots[s].lunch] for day, slots in days.items()}
        self.early: dict[int, float] = {}
        for slots in days.values():
            for place, slot_at in enumerate(slots):
                self.early[slot_at] = max(0.0, 1 - place / (len(slots) * LATE))

    def neighbours(self, slot: int) -> list[int]:
        """Slots just before and after on the same day, with no long break between."""
        near = [other for other in (slot - 1, slot + 1) if 0 <= other < len(self.plan.slots)]
        return [other for other in near if self._follow(min(slot, other), max(slot, other))]

    def _follow(self, first: int, second: int) -> bool:
        one, other = self.plan.slots[first], self.plan.slots[second]
        if one.day != other.day:
            return False
        return one.end is None or other.start is None or other.start - one.end < BREAK

    def cost_at(self, grid: Grid, entry: int, cell: Cell) -> float:
        """What the entry costs in the cell, the rest of the board as it is."""
        weights = self.plan.weights
        panel, slot = cell
        cost = weights.far * self.plan.entries[entry].far * self.early[slot]
        cost += weights.same_school * len(self._same_school(grid, entry, cell))
        return cost + weights.lunch * self._takes_lunch(grid, panel, slot)

    def _same_school(self, grid: Grid, entry: int, cell: Cell) -> list[int]:
        school = self.plan.entries[entry].school
        if school is None:
            return []
        near = [
            grid.entry_at.get((panel, slot)) for slot in self.neighbours(cell[1]) for panel in grid.roommates[cell[0]]
        ]
        return [other for other in near if other not in (None, entry) and self.plan.entries[other].school == school]

    def _takes_lunch(self, grid: Grid, panel: int, slot: int) -> bool:
        """Whether this cell takes the panel's last free lunch slot of the day."""
        lunch = self.lunch[self.plan.slots[slot].day]
        return slot in lunch and all(other == slot or (panel, other) in grid.entry_at for other in lunch)

    def report(self, grid: Grid) -> tuple[dict[str, float], list[Message]]:
        """Cost by rule over the whole board and a message for each place it is broken."""
        weights, cost, said = self.plan.weights, Counter[str](), list[Message]()
        for entry, cell in sorted(grid.cell_of.items(), key=lambda item: item[1]):
            facts = self.plan.entries[entry]
            if far := facts.far * self.early[cell[1]]:
                cost["far"] += weights.far * far  # type: ignore[assignment]
                said.append(say("timetable.far_early", entry=facts.key, slot=self.plan.slots[cell[1]].key))
            for other in self._same_school(grid, entry, cell):
                if grid.cell_of[other][1] > cell[1]:
                    cost["same_school"] += weights.same_school  # type: ignore[assignment]
                    said.append(say("timetable.same_school", first=facts.key, second=self.plan.entries[other].key))
        missed = self._missed_lunches(grid)
        cost["lunch"] += weights.lunch * len(missed)  # type: ignore[assignment]
        return dict(cost), [*said, *missed]

    def _missed_lunches(self, grid: Grid) -> list[Message]:
        return [
            say("timetable.lunch", panel=panel.key, day=day)
            for day, lunch in self.lunch.items()
            for place, panel in enumerate(self.plan.panels)
            if lunch and all((place, slot) in grid.entry_at for slot in lunch)
        ]
