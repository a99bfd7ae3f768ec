"""Re-solve one seat of every entry at once: a flow that keeps sums above a target exactly.

With all but one of an entry's experts held, its sum depends on one choice only, so any function of the sum is a cost
of that choice. One flow then finds the best of exponentially many exchanges, chains and cycles of any length included.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from kechuang.judging.arrays import Bools, Floats, Ints
from kechuang.judging.assignment.groups import Cells, Rule
from kechuang.judging.assignment.model import build_model
from kechuang.judging.assignment.problem import Problem
from kechuang.judging.assignment.service import Service

Worth = Callable[[Floats, Floats], Floats]


def resolve_one_seat(
    problem: Problem, rules: list[Rule], cells: Cells | None, used: Bools, freed: Ints, worth: Worth, among: Bools
) -> Bools:
    """The best choice that differs from `used` in the pairs `freed` only (positions of used pairs, at most one an entry).

    `worth(weight, sum)` values a pair by its weight and the sum its entry would have; `among` are the pairs to consider.
    """
    held = used.copy()
    held[freed] = False
    opened = np.zeros(problem.entries, dtype=np.int64)
    opened[problem.entry[freed]] = 1
    open_pairs = np.nonzero(among & ~held & (opened[problem.entry] > 0))[0]
    part = _part(problem, held, opened, open_pairs, worth)
    model = build_model(part, rules, cells)
    held[open_pairs[model.network.solve()[: model.pairs] > 0]] = True
    return held


def _part(problem: Problem, held: Bools, opened: Ints, open_pairs: Ints, worth: Worth) -> Problem:
    load = np.bincount(problem.expert[held], minlength=problem.experts)
    pairs = np.column_stack([problem.expert[held], problem.entry[held]])
    return replace(
        problem,
        expert=problem.expert[open_pairs],
        entry=problem.entry[open_pairs],
        weight=_value(problem, held, open_pairs, worth),
        kept=problem.kept[open_pairs],
        demand=opened,
        low=np.maximum(problem.low - load, 0),
        high=problem.high - load,
        fixed=np.concatenate([problem.fixed, pairs]),
        fixed_weight=np.concatenate([problem.fixed_weight, problem.weight[held]]),
    )


def _value(problem: Problem, held: Bools, open_pairs: Ints, worth: Worth) -> Floats:
    entry, weight = problem.entry[open_pairs], problem.weight[open_pairs]
    return worth(weight, Service.of(problem).sums(held)[entry] + weight)


def lift_to(target: float, lift: float) -> Worth:
    """Total, less `lift` for each unit that a sum falls below the target."""
    return lambda weight, total: weight - lift * np.maximum(target - total, 0.0)


def pick_seats(problem: Problem, used: Bools, random: np.random.Generator) -> Ints:
    """One used pair of every entry, at random."""
    at = np.nonzero(used)[0]
    at = at[np.lexsort((random.random(len(at)), problem.entry[at]))]
    first = np.ones(len(at), dtype=bool)
    first[1:] = problem.entry[at][1:] != problem.entry[at][:-1]
    return at[first]
