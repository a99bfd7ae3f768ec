"""Coverage ("at least one teacher researcher") and spread ("at most one of a school") as the solvers want them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kechuang.judging.arrays import Ints
from kechuang.judging.assignment.problem import masks


@dataclass(frozen=True)
class Rule:
    """Of an entry's experts at least `least` and at most `most` come from `members` (a mask over experts)."""

    members: Ints
    least: int
    most: int | None
    group: int


@dataclass(frozen=True)
class Cells:
    """Rules over disjoint groups: `label[expert]` is its group or -1; these stay inside a flow."""

    label: Ints
    least: Ints
    most: Ints


def rules_of(coverage: Sequence[tuple[Any, int]] | None, spread: Any, experts: int) -> list[Rule]:
    found = [
        Rule(np.nonzero(mask)[0], int(least), None, number)
        for number, (mask, least) in enumerate(_coverage(coverage, experts))
    ]
    for labels, most in _spreads(spread):
        found += [Rule(members, 0, most, -1) for members in _by_label(labels, experts)]
    return found


def _coverage(coverage: Sequence[tuple[Any, int]] | None, experts: int) -> list[tuple[Any, int]]:
    if not coverage:
        return []
    return list(zip(masks([group for group, _ in coverage], experts), [least for _, least in coverage], strict=True))


def _spreads(spread: Any) -> list[tuple[Any, int]]:
    """One (labels, most) pair or a list of them."""
    if spread is None:
        return []
    if isinstance(spread, tuple) and len(spread) == 2 and np.ndim(spread[1]) == 0:
        return [spread]
    return list(spread)


def _by_label(labels: Any, experts: int) -> list[Ints]:
    """Experts of each organisation; None, '' and -1 mean "of no organisation"."""
    if len(labels) != experts:
        raise ValueError(f"spread: expected {experts} labels, one per expert, got {len(labels)}")
    groups: dict[Any, list[int]] = {}
    for expert, label in enumerate(labels):
        if label not in (None, "", -1):
            groups.setdefault(label, []).append(expert)
    return [np.array(members, dtype=np.int64) for members in groups.values()]


def as_cells(rules: list[Rule], experts: int, ceiling: int) -> Cells | None:
    """The rules as one partition of the experts, or None where groups overlap (then a MIP decides)."""
    label = np.full(experts, -1, dtype=np.int64)
    for number, rule in enumerate(rules):
        if np.any(label[rule.members] >= 0):
            return None
        label[rule.members] = number
    least = np.array([rule.least for rule in rules], dtype=np.int64)
    most = np.array([ceiling if rule.most is None else rule.most for rule in rules], dtype=np.int64)
    return Cells(label, least, most)
