"""An order of experts and entries that depends on what they are, not on the row they stand in.

Every solver breaks ties by position. Sorting by a fingerprint of the neighbourhood first (Weisfeiler–Lehman
refinement) makes the result independent of row order; the seed is mixed in, so another seed breaks ties otherwise.
"""

import numpy as np
from numpy.typing import NDArray

from kechuang.judging.arrays import Ints
from kechuang.judging.assignment.problem import Problem

Hashes = NDArray[np.uint64]


def _mix(values: Hashes) -> Hashes:
    """SplitMix64: neighbouring inputs land far apart."""
    with np.errstate(over="ignore"):
        mixed = values + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _gather(at: Ints, values: Hashes, size: int) -> Hashes:
    """Sum of the values per node, wrapping at 64 bits: the same in any order."""
    total = np.zeros(size, dtype=np.uint64)
    with np.errstate(over="ignore"):
        np.add.at(total, at, values)
    return total


def _start(seed: int, *columns: Ints) -> Hashes:
    value = _mix(np.full(len(columns[0]), seed & (2**63 - 1), dtype=np.uint64))
    for column in columns:
        value = _mix(value ^ column.astype(np.uint64))
    return value


def canonical_order(problem: Problem, seed: int, expert_label: Ints, rounds: int = 3) -> tuple[Ints, Ints]:
    """Experts and entries in canonical order (old indices, first to last)."""
    edge = _mix(problem.weight.view(np.uint64) + problem.kept.astype(np.uint64))
    fixed_at = np.bincount(problem.fixed[:, 1], minlength=problem.entries)
    experts = _start(seed, problem.low, problem.high, expert_label)
    entries = _start(seed + 1, problem.demand, fixed_at)
    for _ in range(rounds):
        grown = _gather(problem.expert, _mix(edge ^ entries[problem.entry]), problem.experts)
        entries = _mix(entries ^ _gather(problem.entry, _mix(edge ^ experts[problem.expert]), problem.entries))
        experts = _mix(experts ^ grown)
    return np.argsort(experts, kind="stable"), np.argsort(entries, kind="stable")


def inverse(order: Ints) -> Ints:
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return place
