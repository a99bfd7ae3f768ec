"""Who judges what, as a function from stored inputs to stored outputs: run again on the record, it gives the same pairs."""

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kechuang import judging
from kechuang.engine.programme.codec import canonical, digest

VERSION = "2"


@dataclass(frozen=True)
class Matching:
    """Pairs (reviewer, entry) with the fixed ones among them; `shortfall` by alias; `bound` is the proved upper bound of `total`."""

    pairs: tuple[tuple[int, int], ...]
    total: float
    worst: float
    bound: float
    shortfall: dict[str, int]
    seconds: float

    @property
    def digest(self) -> str:
        return digest(sorted(self.pairs))


def match(inputs: Mapping[str, Any]) -> Matching:
    """Solve the assignment described by `inputs` (see queries.matrix.assignment_inputs), in the one spelling they are stored in."""
    started = time.perf_counter()
    inputs = json.loads(canonical(inputs))
    reviewers, entries = inputs["reviewers"], inputs["entries"]
    if not reviewers or not entries:
        return Matching((), 0.0, 0.0, 0.0, {alias: demand for _pk, alias, _s, _d, demand in entries if demand}, 0.0)
    row = {reviewer[0]: place for place, reviewer in enumerate(reviewers)}
    column = {entry[0]: place for place, entry in enumerate(entries)}
    facts = {
        "conflicts": _indices(inputs["conflicts"], row, column),
        "fixed": _indices(inputs["fixed"], row, column),
        "forbidden": _indices(inputs["forbidden"], row, column),
        "mode": inputs["mode"],
        "seed": inputs["seed"],
    }
    demand, loads = [entry[4] for entry in entries], [reviewer[3] for reviewer in reviewers]
    affinity = _affinity(inputs)
    found = _evenly(
        lambda caps: judging.assign(affinity, demand, caps, **facts), loads, _held(facts["fixed"], len(loads))
    )
    return Matching(
        pairs=tuple((reviewers[int(r)][0], entries[int(e)][0]) for r, e in found.pairs),
        total=_rounded(found.total),
        worst=_rounded(found.worst),
        bound=_rounded(found.bound),
        shortfall={entries[int(e)][1]: int(n) for e, n in sorted(found.shortfall.items())},
        seconds=round(time.perf_counter() - started, 3),
    )


def _held(fixed: list[tuple[int, int]] | None, experts: int) -> list[int]:
    """How many entries each expert holds already: no cap may fall below that."""
    counts = Counter(expert for expert, _entry in fixed or ())
    return [counts[expert] for expert in range(experts)]


def _evenly(solve: Callable[[list[int]], judging.Assignment], loads: list[int], held: list[int]) -> judging.Assignment:
    """Among the assignments of the optimal total, one with the lowest greatest load: nobody judges ten while others judge none.

    The total never falls when a cap rises, so the lowest cap that costs nothing is found by halving.
    """
    best = solve(loads)
    low, high = -(-len(best.pairs) // len(loads)), max(best.loads, default=0)
    while low < high:
        cap = (low + high) // 2
        tried = solve([max(min(load, cap), own) for load, own in zip(loads, held, strict=True)])
        if tried.total >= best.total - 1e-6 and len(tried.pairs) == len(best.pairs):
            best, high = tried, cap
        else:
            low = cap + 1
    return best


def _rounded(value: float) -> float:
    return round(float(value), 6) + 0.0


def _affinity(inputs: Mapping[str, Any]) -> Any:
    reviewers, entries = inputs["reviewers"], inputs["entries"]
    return judging.affinity(
        [reviewer[1] for reviewer in reviewers],
        [[entry[3]] for entry in entries],
        neighbours=inputs["near"],
        expert_stages=[reviewer[2] for reviewer in reviewers],
        entry_stages=[entry[2] for entry in entries],
    )


def _indices(pairs: list[list[int]], row: Mapping[int, int], column: Mapping[int, int]) -> list[tuple[int, int]] | None:
    return [(row[r], column[e]) for r, e in pairs if r in row and e in column] or None
