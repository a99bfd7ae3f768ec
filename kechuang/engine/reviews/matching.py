"""Who judges what, as a function from stored inputs to stored outputs: run again on the record, it gives the same pairs."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kechuang import judging
from kechuang.engine.programme.codec import canonical, digest

VERSION = "3"


@dataclass(frozen=True)
class Matching:
    """Pairs (reviewer, entry) with the fixed ones among them; `shortfall` by alias; `bound` is the proved upper bound of `total`
    and `gap` the distance to it; `uncovered` names the kinds of expert an entry lacks; `advice` says what would mend a shortage."""

    pairs: tuple[tuple[int, int], ...]
    total: float
    worst: float
    bound: float
    shortfall: dict[str, int]
    seconds: float
    uncovered: dict[str, list[str]] = field(default_factory=dict)
    advice: tuple[judging.Message, ...] = ()
    gap: float = 0.0

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
        **_groups(inputs),
    }
    demand, loads = [entry[4] for entry in entries], [reviewer[3] for reviewer in reviewers]
    affinity = _affinity(inputs)
    held = _held(facts["fixed"], len(loads))
    if facts["coverage"] and facts["spread"]:  # groups that overlap: each solve is a program of its own, one must do
        found = judging.assign(affinity, demand, loads, **facts)
    else:
        found = _evenly(lambda caps: judging.assign(affinity, demand, caps, **facts), loads, held)
    aliases = [entry[1] for entry in entries]
    kinds = [kind for kind, _least in inputs["coverage"]]
    return Matching(
        pairs=tuple((reviewers[int(r)][0], entries[int(e)][0]) for r, e in found.pairs),
        total=_rounded(found.total),
        worst=_rounded(found.worst),
        bound=_rounded(found.bound),
        shortfall={entries[int(e)][1]: int(n) for e, n in sorted(found.shortfall.items())},
        seconds=round(time.perf_counter() - started, 3),
        uncovered=_uncovered(found, aliases, kinds),
        advice=tuple(_with_aliases(message, aliases) for message in found.messages if message.code in MENDS),
        gap=round(found.gap, 6),
    )


MENDS = ("assign.tight", "assign.too_few_experts")
SENTENCES = 3


def _with_aliases(message: judging.Message, aliases: list[str]) -> judging.Message:
    names = tuple(aliases[place] for place in message.params["names"])
    return judging.Message(message.code, {**message.params, "names": names})


def _uncovered(found: judging.Assignment, aliases: list[str], kinds: list[str]) -> dict[str, list[str]]:
    lacking: dict[str, list[str]] = {}
    for entry, group in sorted(found.coverage_shortfall):
        lacking.setdefault(aliases[entry], []).append(kinds[group])
    return lacking


def _groups(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Coverage and spread as the solver takes them; None where the plan asks for none."""
    members: dict[str, list[int]] = {}
    for place, reviewer in enumerate(inputs["reviewers"]):
        members.setdefault(reviewer[4], []).append(place)
    coverage = [(members.get(kind, []), least) for kind, least in inputs["coverage"]]
    most = inputs["spread"]
    return {
        "coverage": coverage or None,
        "spread": ([reviewer[5] for reviewer in inputs["reviewers"]], most) if most else None,
    }


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


def eligible(inputs: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Pairs (reviewer, entry) whose fields meet at all."""
    if not inputs["reviewers"] or not inputs["entries"]:
        return []
    found = _affinity(inputs).tocoo()
    reviewers, entries = inputs["reviewers"], inputs["entries"]
    return [(reviewers[int(r)][0], entries[int(e)][0]) for r, e in zip(found.row, found.col, strict=True)]


def _indices(pairs: list[list[int]], row: Mapping[int, int], column: Mapping[int, int]) -> list[tuple[int, int]] | None:
    return [(row[r], column[e]) for r, e in pairs if r in row and e in column] or None
