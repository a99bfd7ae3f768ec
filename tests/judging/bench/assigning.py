"""A1–A6: totals, the worst served, fairness among optima, CPU and memory, shortfalls by name, row order."""

from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from kechuang.judging import Assignment, assign
from tests.judging.bench import peers
from tests.judging.bench.data import Task, made_instance, read_task
from tests.judging.bench.report import Report, cpu_of, peak_megabytes

OPTIMUM = {"midl": 201.8849, "midl-lb": 150.0431, "aamas2015": 1339.5, "preflib3": 454.25, "synth-1k": 2885.0244}
"""Totals of the min-cost flow as the data's README gives them."""
OPTIMUM_10K = 42903.3666
BEST_FAIR = {"midl": (0.94484, 201.7687, 0.9995), "midl-lb": (0.94484, 141.0, 1.0)}
"""(bound of the worst entry, total beside it, share of that total asked for)."""
FAIR_10K = (3.3519, 42899.0)
PEERS = {
    "midl": "MinMax 201.8665/.9033, FairFlow 201.7279/.9448, FairSequence 198.7245/.8671",
    "midl-lb": "MinMax 150.0184/0, FairFlow 132.4655/.6671, FairSequence 140.1424/.3022, MIP (31 s) 141.8262/.9448",
    "aamas2015": "MinMax 1339.5/.75, FairFlow 1339.5/.75",
    "preflib3": "MinMax 454.25/.75, FairFlow 454.25/.75",
    "synth-1k": "FairSequence 2839.09/.372",
    "synth-10k": "MinMax 42897.9/3.272 cpu 86 840 MB, FairFlow 42346.4/3.352 cpu 91 743 MB",
}
TENTH = {"midl": 1.047, "aamas2015": 0.869, "preflib3": 1.044, "synth-1k": 1.89, "synth-10k": 3.7005}
"""Best p10 (worst tenth by the README's cut) a peer or the plain optimum reaches at the optimal total."""
SHORT_20 = (8, 73)


def run(report: Report, root: Path, folder: Path, seed: int) -> None:
    report.heading("Assignment (total / worst entry / worst tenth)")
    assign(np.ones((2, 2)), 1, 1)
    for name in OPTIMUM:
        task = read_task(root / "assign" / f"{name}.npz")
        _one(report, name, task, OPTIMUM[name], cpu_limit=0.5)
        peers.run(report, name, task)
    large = made_instance(root, folder, seed)
    _large(report, large, seed)
    _row_order(report, read_task(root / "assign" / "midl.npz"))
    report.bar(
        "A4",
        "peak memory",
        f"{peak_megabytes()} MB",
        bar="<= 400 MB",
        peers="MinMax 840 MB",
        holds=peak_megabytes() <= 400,
    )


def _one(report: Report, name: str, task: Task, optimum: float, cpu_limit: float) -> None:
    found = {
        mode: cpu_of(lambda mode=mode: assign(*task.arguments, mode=mode)) for mode in ("total", "fair", "maximin")
    }
    for mode, (result, cpu) in found.items():
        report.bar(
            "A4", f"{name} {mode} CPU", f"{cpu:.2f} s", bar=f"<= {cpu_limit} s", peers="", holds=cpu <= cpu_limit
        )
        _valid(report, name, mode, task, result)
    total, fair, worst = (found[mode][0] for mode in ("total", "fair", "maximin"))
    report.bar("A1", f"{name} total", f"{total.total:.4f}", bar=f">= .99999 x {optimum}", peers=PEERS[name],
               holds=total.total >= 0.99999 * optimum)  # fmt: skip
    _fair(report, name, total, fair)
    if name in BEST_FAIR:
        bound, beside, share = BEST_FAIR[name]
        report.bar("A2", f"{name} maximin", f"{worst.total:.4f} / {worst.worst:.4f}",
                   bar=f"worst >= {bound - 1e-4:.4f}, total >= {share} x {beside}", peers=PEERS[name],
                   holds=worst.worst >= bound - 1e-4 and worst.total >= share * beside)  # fmt: skip
    else:
        report.bar("A2", f"{name} maximin", f"{worst.total:.4f} / {worst.worst:.4f}", bar="worst >= that of fair",
                   peers="", holds=worst.worst >= fair.worst - 1e-9)  # fmt: skip


def _fair(report: Report, name: str, total: Assignment, fair: Assignment) -> None:
    tenth = worst_tenth(fair.entry_totals)
    report.bar("A3", f"{name} fair", f"{fair.total:.4f} / {fair.worst:.4f} / {tenth:.4f}",
               bar=f"total kept, worst tenth >= {TENTH.get(name, 0)}", peers="",
               holds=abs(fair.total - total.total) < 1e-6 and fair.worst >= total.worst - 1e-9 and tenth >= TENTH.get(name, 0) - 5e-4)  # fmt: skip


def worst_tenth(sums: Any) -> float:
    """Mean of the worst tenth, rounded down to whole entries, as the README cuts it."""
    return float(np.sort(sums)[: max(1, len(sums) // 10)].mean())


def _valid(report: Report, name: str, mode: str, task: Task, found: Assignment) -> None:
    """Counted from the pairs alone."""
    if sparse.issparse(task.affinity):
        banned = set(map(tuple, task.conflicts.tolist()))
    else:
        banned = set(map(tuple, np.argwhere(task.conflicts).tolist()))
    broken = sum(tuple(pair) in banned for pair in found.pairs.tolist())
    over = int((np.bincount(found.pairs[:, 0], minlength=len(task.load_max)) > task.load_max).sum())
    short = sum(found.shortfall.values())
    if broken or over or short:
        report.bar("A1", f"{name} {mode} faults", f"{broken} conflicts, {over} overloads, {short} short", bar="none",
                   peers="", holds=False)  # fmt: skip


def _large(report: Report, path: Path, seed: int) -> None:
    task, name = read_task(path), "synth-10k"
    found = {}
    for mode, limit in (("total", 2.0), ("fair", 30.0), ("maximin", 30.0)):
        found[mode], cpu = cpu_of(lambda mode=mode: assign(*task.arguments, mode=mode))
        _valid(report, name, mode, task, found[mode])
        report.bar(
            "A4", f"{name} seed {seed} {mode} CPU", f"{cpu:.2f} s", bar=f"<= {limit:g} s", peers="", holds=cpu <= limit
        )
    total, fair, worst = found["total"], found["fair"], found["maximin"]
    optimum = OPTIMUM_10K if seed == 1 else total.bound
    report.bar("A1", f"{name} seed {seed} total", f"{total.total:.4f}", bar=f">= .99999 x {optimum:.4f}",
               peers=PEERS[name] if seed == 1 else "", holds=total.total >= 0.99999 * optimum)  # fmt: skip
    if seed == 1:
        _fair(report, name, total, fair)
        low, beside = FAIR_10K
        report.bar("A2", f"{name} maximin", f"{worst.total:.2f} / {worst.worst:.4f}", bar=f"worst >= {low}, total >= {beside}",
                   peers=PEERS[name], holds=worst.worst >= low and worst.total >= beside)  # fmt: skip
    else:
        report.bar("A2", f"{name} maximin", f"{worst.total:.2f} / {worst.worst:.4f} (bound {worst.worst_bound:.4f})",
                   bar=f"worst >= fair {fair.worst:.4f}", peers="", holds=worst.worst >= fair.worst - 1e-9)  # fmt: skip
    short = assign(*read_task(path, "load_lb20").arguments, mode="total")
    missing = (len(short.load_shortfall), sum(short.load_shortfall.values()))
    named = {message.params["expert"] for message in short.messages if "expert" in message.params}
    report.bar("A5", f"{name} lower bound 20: experts, reviews missing", f"{missing[0]}, {missing[1]}, all named",
               bar=f"{SHORT_20[0]}, {SHORT_20[1]}" if seed == 1 else "named", peers="none of them names anybody",
               holds=named == set(short.load_shortfall) and (seed != 1 or missing == SHORT_20))  # fmt: skip


def _row_order(report: Report, task: Task) -> None:
    random = np.random.default_rng(0)
    experts, entries = random.permutation(task.affinity.shape[0]), random.permutation(task.affinity.shape[1])
    moved = (task.affinity[np.ix_(experts, entries)], task.demand[entries], task.load_max[experts], task.load_min[experts],
             task.conflicts[np.ix_(experts, entries)])  # fmt: skip
    for mode in ("total", "fair", "maximin"):
        one, other, again = (assign(*rows, mode=mode, seed=3) for rows in (task.arguments, moved, task.arguments))
        same = abs(one.total - other.total) < 1e-9 and abs(one.worst - other.worst) < 1e-9
        report.bar("A6", f"row order, seed ({mode})", f"{one.total:.4f} = {other.total:.4f}", bar="same total, worst, pairs",
                   peers="", holds=same and np.array_equal(one.pairs, again.pairs))  # fmt: skip
