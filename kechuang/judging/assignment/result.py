"""What `assign` hands back, and the words for what could not be had."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kechuang.judging.arrays import Bools, Floats, Ints
from kechuang.judging.assignment.bottleneck import bottlenecks
from kechuang.judging.assignment.groups import Rule
from kechuang.judging.assignment.problem import Problem
from kechuang.judging.messages import Message, say


@dataclass(frozen=True)
class Assignment:
    """Pairs of expert and entry, sorted by entry and expert.

    `bound` is a proved upper bound of `total`, `worst_bound` of `worst`; `coverage_shortfall` maps (entry, group) to
    what is missing. `messages` say all shortfalls in words.
    """

    pairs: Ints
    total: float
    worst: float
    loads: Ints
    entry_totals: Floats
    bound: float
    worst_bound: float
    mode: str
    shortfall: dict[int, int] = field(default_factory=dict)
    load_shortfall: dict[int, int] = field(default_factory=dict)
    coverage_shortfall: dict[tuple[int, int], int] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()
    seconds: float = 0.0

    @property
    def complete(self) -> bool:
        return not (self.shortfall or self.load_shortfall or self.coverage_shortfall)

    @property
    def gap(self) -> float:
        """Distance to the bound as a share of it: 0 is a proved optimum."""
        return max(0.0, (self.bound - self.total) / abs(self.bound)) if self.bound else 0.0

    def as_dict(self) -> dict[str, Any]:
        return {
            "pairs": self.pairs.tolist(),
            "total": self.total,
            "worst": self.worst,
            "bound": self.bound,
            "worst_bound": self.worst_bound,
            "mode": self.mode,
            "loads": self.loads.tolist(),
            "shortfall": {str(key): value for key, value in self.shortfall.items()},
            "load_shortfall": {str(key): value for key, value in self.load_shortfall.items()},
            "coverage_shortfall": {f"{entry}:{group}": n for (entry, group), n in self.coverage_shortfall.items()},
            "messages": [message.as_dict() for message in self.messages],
        }


def missing(wanted: Ints, got: Ints) -> dict[int, int]:
    short = np.maximum(wanted - got, 0)
    return {int(index): int(short[index]) for index in np.nonzero(short)[0]}


def missing_coverage(pairs: Ints, rules: list[Rule], problem: Problem) -> dict[tuple[int, int], int]:
    found = {}
    wanted = (problem.demand > 0) | np.isin(np.arange(problem.entries), problem.fixed[:, 1])
    for rule in rules:
        inside = pairs[np.isin(pairs[:, 0], rule.members), 1]
        got = np.bincount(inside, minlength=problem.entries)
        for entry in np.nonzero(wanted & (got < rule.least))[0]:
            found[int(entry), rule.group] = int(rule.least - got[entry])
    return found


def explain(problem: Problem, used: Bools, result: dict[str, Any]) -> tuple[Message, ...]:
    """Who is short of what and what would mend it."""
    entry_choice = np.bincount(problem.entry, minlength=problem.entries)
    expert_choice = np.bincount(problem.expert, minlength=problem.experts)
    return (
        *_overall(problem),
        *(_entry_short(problem, entry, n, int(entry_choice[entry])) for entry, n in result["shortfall"].items()),
        *(row.message for row in bottlenecks(problem, used, result["shortfall"])),
        *(
            _expert_short(problem, expert, n, int(expert_choice[expert]))
            for expert, n in result["load_shortfall"].items()
        ),
        *(
            say("assign.coverage_short", entry=e, group=g, missing=n)
            for (e, g), n in result["coverage_shortfall"].items()
        ),
    )


def _overall(problem: Problem) -> tuple[Message, ...]:
    demand, capacity, minimum = int(problem.demand.sum()), int(problem.high.sum()), int(problem.low.sum())
    found = []
    if capacity < demand:
        found.append(say("assign.capacity_short", capacity=capacity, demand=demand, missing=demand - capacity))
    if minimum > demand:
        found.append(say("assign.minimum_above_demand", minimum=minimum, demand=demand))
    return tuple(found)


def _entry_short(problem: Problem, entry: int, count: int, eligible: int) -> Message:
    if eligible < problem.demand[entry]:
        return say(
            "assign.entry_short", entry=entry, missing=count, eligible=eligible, demand=int(problem.demand[entry])
        )
    return say("assign.entry_short_full", entry=entry, missing=count, eligible=eligible)


def _expert_short(problem: Problem, expert: int, count: int, eligible: int) -> Message:
    code = "assign.expert_short" if eligible < problem.low[expert] else "assign.expert_short_taken"
    return say(code, expert=expert, missing=count, eligible=eligible, possible=eligible)
