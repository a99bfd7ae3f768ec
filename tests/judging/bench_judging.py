"""Prints the bars of the judging engine beside the figures of other engines.

Reads the data from KECHUANG_BENCHMARKS: `python -m tests.judging.bench_judging [--draws 60]`. Nothing is copied here.
"""

import argparse
import csv
import math
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import sparse, stats

from kechuang.judging import assign, rank
from kechuang.judging.arrays import tail_mean
from kechuang.judging.ranking.mixed import fit_reml
from kechuang.judging.ranking.table import read_sheet

OPTIMUM = {"midl": 201.8849, "midl-lb": 150.0431, "aamas2015": 1339.5, "preflib3": 454.25, "synth-1k": 2885.0244}
BEST_FAIR = {"midl": (0.9448, 201.7687), "midl-lb": (0.9448, 141.8262), "synth-10k": (3.3519, 42899.0)}
PEERS = {
    "midl": "MinMax 201.8665/.9033, FairFlow 201.7279/.9448",
    "midl-lb": "MinMax 150.0184/0, FairFlow 132.4655/.6671, MIP 141.8262/.9448",
    "aamas2015": "MinMax 1339.5/.75 p10 .869, FairFlow p10 .865",
    "preflib3": "MinMax 454.25/.75 p10 1.044",
    "synth-1k": "FairSequence 2839.09/.372",
    "synth-10k": "MinMax 42897.9/3.272 cpu 86, FairFlow 42346.4/3.352 cpu 91",
}


def load(path: Path, low: str = "load_lb"):
    held = np.load(path)
    if "affinity" in held:
        return held["affinity"], held["demand"], held["load_ub"], held[low], held["conflict"]
    shape = (len(held["load_ub"]), len(held["demand"]))
    matrix = sparse.coo_array((held["w"], (held["expert"], held["entry"])), shape=shape)
    return matrix, held["demand"], held["load_ub"], held[low], np.column_stack([held["ce"], held["cp"]])


def assignments(root: Path) -> None:
    files = {name: root / "assign" / f"{name}.npz" for name in OPTIMUM}
    if big := os.environ.get("KECHUANG_SYNTH_10K"):
        files["synth-10k"] = Path(big)
    for name, path in files.items():
        task = load(path)
        for mode in ("total", "fair", "maximin"):
            started = time.process_time()
            found = assign(*task, mode=mode)
            cpu, p10 = time.process_time() - started, tail_mean(found.entry_totals)
            short = sum(found.shortfall.values())
            print(
                f"{name:10} {mode:8} total {found.total:.4f} min {found.worst:.4f} p10 {p10:.4f} short {short} cpu {cpu:.2f}"
            )
        print(
            f"{'':10} peers    optimum {OPTIMUM.get(name, 42903.3666)}, best fair {BEST_FAIR.get(name, '-')}, {PEERS[name]}"
        )
    if big:
        found = assign(*load(files["synth-10k"], "load_lb20"), mode="total")
        print(
            "A5: experts below minimum",
            len(found.load_shortfall),
            "missing",
            sum(found.load_shortfall.values()),
            "(8, 73)",
        )
    print("peak RSS MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def read_scores(path: Path):
    with path.open() as file:
        rows = list(csv.DictReader(file))
    return (
        np.array([r["item"] for r in rows]),
        np.array([r["judge"] for r in rows]),
        np.array([float(r["score"]) for r in rows]),
    )


def full_panels(root: Path) -> dict[str, np.ndarray]:
    found = {}
    for path in sorted((root / "score").glob("*.csv")):
        if path.name.startswith(("essay", "skate")):
            item, judge, score = read_scores(path)
            items, i = np.unique(item, return_inverse=True)
            judges, j = np.unique(judge, return_inverse=True)
            panel = np.full((len(items), len(judges)), np.nan)
            panel[i, j] = score
            found[path.stem] = panel[:, ~np.isnan(panel).any(axis=0)]
    return found


def draw(panel: np.ndarray, k: int, scenario: str, random: np.random.Generator):
    """Rows (item, judge, score) and the truth, by the protocol of the benchmark's README."""
    items, judges = panel.shape
    scores, truth = panel.copy(), panel.mean(axis=1)
    if "severe" in scenario:
        spread = truth.std(ddof=1)
        gain = random.lognormal(0, 0.25, judges)
        scores = panel.mean() + (panel - panel.mean()) * gain + random.normal(0, 0.75 * spread, judges)
    if scenario.startswith("split"):
        chosen = np.array([random.choice(judges, k, replace=False) for _ in range(items)])
        rest = np.ones_like(panel, dtype=bool)
        rest[np.arange(items)[:, None], chosen] = False
        truth = np.where(rest, panel, 0).sum(axis=1) / rest.sum(axis=1)
    elif scenario.startswith(("panels", "islands")):
        chosen = grouped(items, judges, k, scenario.startswith("panels"), random)
    else:
        chosen = np.array([random.choice(judges, k, replace=False) for _ in range(items)])
    item = np.repeat(np.arange(items), k)
    judge = chosen.ravel()
    return item, judge, scores[item, judge], truth


def grouped(items: int, judges: int, k: int, swap: bool, random: np.random.Generator) -> np.ndarray:
    panels = random.permutation(judges)[: judges // k * k].reshape(-1, k)
    chosen = panels[random.permutation(items) % len(panels)].copy()
    if swap:
        for item in range(0, items, 5):
            others = np.setdiff1d(np.arange(judges), chosen[item])
            if len(others):
                chosen[item, random.integers(k)] = random.choice(others)
    return chosen


def top_precision(estimate: np.ndarray, truth: np.ndarray) -> float:
    size = math.ceil(0.15 * len(truth))
    best = set(np.argsort(-truth, kind="stable")[:size])
    return len(best & set(np.argsort(-estimate, kind="stable")[:size])) / size


METHODS = ("auto", "mixed", "mean", "additive", "trimmed", "zscore")
SCENARIOS = ("natural", "severe", "panels", "islands", "islands-severe", "split", "split-severe")


def scores(root: Path, draws: int) -> None:
    cells: dict[tuple[str, str, int], dict[str, list[tuple[float, float]]]] = {}
    covered: list[float] = []
    for name, panel in full_panels(root).items():
        for k in (3, 5):
            for scenario in SCENARIOS:
                if panel.shape[1] < (2 * k if scenario.startswith(("islands", "panels", "split")) else k + 1):
                    continue
                cell = cells.setdefault((name, scenario, k), {method: [] for method in METHODS})
                for number in range(draws):
                    random = np.random.default_rng([number, k, SCENARIOS.index(scenario)])
                    one_draw(draw(panel, k, scenario, random), cell, covered if scenario == "natural" else None)
    summary(cells)
    print(f"S7: 90 % intervals cover {np.mean(covered):.3f} on natural full panels (bar .85–.95)")


def one_draw(task, cell, covered: list[float] | None) -> None:
    item, judge, score, truth = task
    for method in METHODS:
        found = rank(item, judge, score, method=method)
        estimate = np.full(len(truth), np.nan)
        for row in found.table:
            estimate[row.entry] = row.estimate
        cell[method].append((stats.kendalltau(estimate, truth)[0], top_precision(estimate, truth)))
        if method == "auto" and covered is not None:
            covered.append(np.mean([row.low <= truth[row.entry] <= row.high for row in found.table]))


def summary(cells) -> None:
    means = {key: {m: np.nanmean(np.array(v), axis=0) for m, v in cell.items()} for key, cell in cells.items()}
    for method in METHODS:
        tau = np.mean([cell[method][0] for cell in means.values()])
        top = np.mean([cell[method][1] for cell in means.values()])
        regret = [max(c[m][0] for m in METHODS) - c[method][0] for c in means.values()]
        print(
            f"{method:9} tau {tau:.4f} top-15 {top:.3f} regret {np.mean(regret):.3f} worst {max(regret):.3f} ({len(means)} cells)"
        )
    natural = [c["mean"][0] - c["auto"][0] for (_, s, _), c in means.items() if s == "natural"]
    severe = [c["mixed"][0] - c["auto"][0] for (_, s, _), c in means.items() if "severe" in s]
    print(
        f"S2: natural below mean by at most {max(natural):.3f} (.016), severe below REML by at most {max(severe):.3f} (.003)"
    )


def speed(root: Path) -> None:
    with (root / "score" / "insteval-sparse.csv").open() as file:
        rows = list(csv.DictReader(file))
    item, judge = np.array([r["item"] for r in rows]), np.array([r["judge"] for r in rows])
    score, out = np.array([float(r["score"]) for r in rows]), np.array([r["fold"] == "0" for r in rows])
    cpu = timed(lambda: fit_reml(read_sheet(item[~out], judge[~out], score[~out])))
    fit = fit_reml(read_sheet(item[~out], judge[~out], score[~out]))
    items, judges = (
        dict(zip(fit.sheet.items, fit.item, strict=True)),
        dict(zip(fit.sheet.judges, fit.judge, strict=True)),
    )
    guess = [fit.mean + items.get(i, 0) + judges.get(j, 0) for i, j in zip(item[out], judge[out], strict=True)]
    print(f"S5: InstEval RMSE {np.sqrt(np.mean((score[out] - guess) ** 2)):.4f} (1.1935) cpu {cpu:.2f} (1)")
    random = np.random.default_rng(0)
    entry = np.repeat(np.arange(10_000), 5)
    expert = np.concatenate([random.choice(800, 5, replace=False) for _ in range(10_000)])
    value = (
        70
        + 5 * random.normal(size=10_000)[entry]
        + 4 * random.normal(size=800)[expert]
        + 5 * random.normal(size=50_000)
    )
    print(f"S5: 10,000 x 800 x 5, rank with intervals: cpu {timed(lambda: rank(entry, expert, value)):.2f} (2)")
    for name, expected in (("fll-state-project", 6), ("fll-multi-project", 52)):
        found = rank(*read_scores(root / "score" / f"{name}.csv"))
        print(f"S6: {name} components {found.components.count} ({expected})")


def timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--draws", type=int, default=60)
    options.add_argument("--only", choices=("assign", "scores", "speed"))
    chosen = options.parse_args()
    root = Path(os.environ["KECHUANG_BENCHMARKS"])
    for name, part in (
        ("assign", lambda: assignments(root)),
        ("speed", lambda: speed(root)),
        ("scores", lambda: scores(root, chosen.draws)),
    ):
        if chosen.only in (None, name):
            part()


if __name__ == "__main__":
    main()
