"""Why an assignment cannot be complete, and what would mend it.

An entry that lacks a review reaches, by exchanges, a set of experts who are all full: those experts together cannot carry
the entries that depend on them (a violator of Hall's condition, 1935, found by one search of the residual graph). The
sentence names that set, the number missing, and how many experts or how much higher a limit would do.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from kechuang.judging.arrays import Bools, Ints
from kechuang.judging.assignment.problem import Problem
from kechuang.judging.messages import Message, say

NAMED = 5


@dataclass(frozen=True)
class Bottleneck:
    """`entries` need `demand` reviews and can only be given `capacity` by `experts`; `missing` is what is left over."""

    entries: Ints
    experts: Ints
    demand: int
    capacity: int
    missing: int

    @property
    def message(self) -> Message:
        """One sentence with what would mend it; positions of entries are replaced by names where there are any."""
        names = tuple(int(entry) for entry in self.entries[:NAMED])
        count, experts = len(self.entries), len(self.experts)
        if not experts:
            each = int(np.ceil(self.demand / max(count, 1)))
            return say("assign.too_few_experts", entries=count, names=names, demand=each, missing=self.missing)
        typical = max(1, round(self.capacity / max(experts, 1)))
        return say(
            "assign.tight", entries=count, names=names, demand=self.demand, experts=experts, capacity=self.capacity,
            missing=self.missing, more=int(np.ceil(self.missing / typical)), raise_by=int(np.ceil(self.missing / experts)),
        )  # fmt: skip


def bottlenecks(problem: Problem, used: Bools, shortfall: dict[int, int]) -> list[Bottleneck]:
    """One for each part of the residual graph that the short entries reach, the worst first; parts that overlap are one."""
    if not shortfall:
        return []
    by_entry, by_expert = _neighbours(problem, ~used, of_entries=True), _neighbours(problem, used, of_entries=False)
    parts: list[tuple[set[int], set[int]]] = []
    for entry in sorted(shortfall, key=lambda at: (-shortfall[at], at)):
        if any(entry in entries for entries, _experts in parts):
            continue
        entries, experts = _reached(entry, by_entry, by_expert)
        apart = []
        for other in parts:
            if other[0].isdisjoint(entries) and other[1].isdisjoint(experts):
                apart.append(other)
            else:
                entries, experts = entries | other[0], experts | other[1]
        parts = [*apart, (entries, experts)]
    missing = [sum(shortfall.get(at, 0) for at in entries) for entries, _experts in parts]
    found = [_bottleneck(problem, *part, n) for part, n in zip(parts, missing, strict=True)]
    return sorted(found, key=lambda row: -row.missing)


def _neighbours(problem: Problem, held: Bools, *, of_entries: bool) -> list[Ints]:
    at, to = (problem.entry, problem.expert) if of_entries else (problem.expert, problem.entry)
    size = problem.entries if of_entries else problem.experts
    order = np.argsort(at[held], kind="stable")
    return np.split(to[held][order], np.searchsorted(at[held][order], np.arange(1, size)))


def _reached(start: int, by_entry: list[Ints], by_expert: list[Ints]) -> tuple[set[int], set[int]]:
    """Entries and experts that exchanges reach from a short entry: over a pair not used, back over one that is."""
    entries, experts, queue = {start}, set[int](), deque([start])
    while queue:
        for expert in by_entry[queue.popleft()].tolist():
            if expert in experts:
                continue
            experts.add(expert)
            for entry in by_expert[expert].tolist():
                if entry not in entries:
                    entries.add(entry)
                    queue.append(entry)
    return entries, experts


def _bottleneck(problem: Problem, entries: set[int], experts: set[int], missing: int) -> Bottleneck:
    inside = np.array(sorted(entries), dtype=np.int64)
    full = np.array(sorted(experts), dtype=np.int64)
    able = np.isin(problem.entry, inside) & ~np.isin(problem.expert, full)
    capacity = int(problem.high[full].sum()) + int(able.sum())
    return Bottleneck(inside, full, int(problem.demand[inside].sum()), capacity, missing)
