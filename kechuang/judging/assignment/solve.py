"""`assign` and `reassign`: check, put in canonical order, solve by mode, put back, explain."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from kechuang.judging.arrays import Bools, Ints
from kechuang.judging.assignment.canonical import canonical_order, inverse
from kechuang.judging.assignment.fairness import fair_among_optima
from kechuang.judging.assignment.groups import Rule, as_cells, rules_of
from kechuang.judging.assignment.maximin import Solution, best_conceivable, raise_worst
from kechuang.judging.assignment.mip import solve_mip
from kechuang.judging.assignment.model import build_model
from kechuang.judging.assignment.problem import Problem, build
from kechuang.judging.assignment.result import Assignment, explain, missing, missing_coverage
from kechuang.judging.assignment.service import Service

MODES = ("total", "fair", "maximin")


def assign(
    affinity: Any,
    demand: Any,
    load_max: Any,
    load_min: Any = 0,
    conflicts: Any = None,
    *,
    mode: str = "fair",
    coverage: Sequence[tuple[Any, int]] | None = None,
    spread: Any = None,
    fixed: Any = None,
    forbidden: Any = None,
    seed: int = 0,
) -> Assignment:
    """Choose `demand` experts for each entry.

    `affinity` is experts × entries; NaN (or absent in a sparse matrix) is not eligible. `coverage` is a list of
    (experts, at least n); `spread` is (a label per expert, at most n) or a list of those. `fixed` pairs are in the
    result, `forbidden` ones and conflicts never are. Same seed, same pairs, whatever the row order.
    """
    problem = build(affinity, demand, load_max, load_min, conflicts, fixed, forbidden)
    return _assign(problem, rules_of(coverage, spread, problem.experts), mode, seed)


def reassign(
    previous: Any,
    affinity: Any,
    demand: Any,
    load_max: Any,
    load_min: Any = 0,
    conflicts: Any = None,
    *,
    coverage: Sequence[tuple[Any, int]] | None = None,
    spread: Any = None,
    fixed: Any = None,
    forbidden: Any = None,
    seed: int = 0,
) -> Assignment:
    """After recusals: keep as many of the `previous` pairs as possible, then the best total."""
    problem = build(affinity, demand, load_max, load_min, conflicts, fixed, forbidden, keep=previous)
    return _assign(problem, rules_of(coverage, spread, problem.experts), "total", seed)


def _assign(problem: Problem, rules: list[Rule], mode: str, seed: int) -> Assignment:
    if mode not in MODES:
        raise ValueError(f"mode: expected one of {', '.join(MODES)}, got {mode!r}")
    started = time.perf_counter()
    ordered, moved, back = _in_canonical_order(problem, rules, seed)
    solution = _solve(ordered, moved, mode)
    used = np.zeros(len(problem.expert), dtype=bool)
    used[back[solution.used]] = True
    result = _result(problem, rules, used, solution, mode)
    return replace(result, seconds=time.perf_counter() - started)


def _in_canonical_order(problem: Problem, rules: list[Rule], seed: int) -> tuple[Problem, list[Rule], Ints]:
    """The problem renumbered, its rules renumbered, and for each renumbered pair its old position."""
    order_e, order_p = canonical_order(problem, seed, _expert_labels(problem, rules))
    place_e, place_p = inverse(order_e), inverse(order_p)
    expert, entry = place_e[problem.expert], place_p[problem.entry]
    back = np.lexsort((expert, entry))
    renumbered = replace(
        problem,
        expert=expert[back],
        entry=entry[back],
        weight=problem.weight[back],
        kept=problem.kept[back],
        demand=problem.demand[order_p],
        low=problem.low[order_e],
        high=problem.high[order_e],
        fixed=np.column_stack([place_e[problem.fixed[:, 0]], place_p[problem.fixed[:, 1]]]),
    )
    moved = [replace(rule, members=np.sort(place_e[rule.members])) for rule in rules]
    return renumbered, sorted(moved, key=lambda rule: (rule.group, rule.members.tolist())), back


def _expert_labels(problem: Problem, rules: list[Rule]) -> Ints:
    """A number per expert that tells apart members of different kinds of group (not of different groups)."""
    label = np.zeros(problem.experts, dtype=np.int64)
    for rule in rules:
        label[rule.members] = label[rule.members] * 31 + 7 * (rule.group + 2) + len(rule.members)
    return label


def _solve(problem: Problem, rules: list[Rule], mode: str) -> Solution:
    ceiling = int(problem.demand.max(initial=0)) + len(problem.fixed) + 1
    cells = as_cells(rules, problem.experts, ceiling) if rules else None
    if rules and cells is None:
        return solve_mip(problem, rules, mode)
    model = build_model(problem, rules, cells)
    flow = model.network.solve()
    optimum: Bools = flow[: model.pairs] > 0
    bound = float(problem.weight[optimum].sum() + problem.fixed_weight.sum())
    if mode == "maximin":
        return raise_worst(problem, model, flow, bound, rules, cells)
    used = fair_among_optima(problem, model, flow, rules, cells) if mode == "fair" else optimum
    return Solution(used, bound, best_conceivable(problem))


def _result(problem: Problem, rules: list[Rule], used: Bools, solution: Solution, mode: str) -> Assignment:
    chosen = np.column_stack([problem.expert[used], problem.entry[used]])
    pairs = np.concatenate([chosen, problem.fixed])
    pairs = pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))]
    service = Service.of(problem)
    sums = service.sums(used)
    loads = np.bincount(chosen[:, 0], minlength=problem.experts)
    short: dict[str, Any] = {
        "shortfall": missing(problem.demand, np.bincount(chosen[:, 1], minlength=problem.entries)),
        "load_shortfall": missing(problem.low, loads),
        "coverage_shortfall": missing_coverage(pairs, rules, problem),
    }
    return Assignment(
        pairs=pairs,
        total=float(sums.sum()),
        worst=float(sums[service.served].astype(float).min(initial=np.inf)) if service.served.any() else 0.0,
        loads=loads + np.bincount(problem.fixed[:, 0], minlength=problem.experts),
        entry_totals=sums,
        bound=solution.bound,
        worst_bound=solution.worst_bound,
        mode=mode,
        messages=explain(problem, used, short),
        **short,
    )
