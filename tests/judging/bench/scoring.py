"""S1–S7: the order recovered from few judges, speed, groups that share nothing, and honest intervals."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from kechuang.judging import rank
from tests.judging.bench.data import Scores, full_panels, read_scores
from tests.judging.bench.protocol import cells, draw, draws_of, tau, top_precision
from tests.judging.bench.report import Report, cpu_of

METHODS = ("auto", "mixed", "additive", "mean", "trimmed", "zscore")
README = {
    "oracle (severity known)": (0.8710, 0.824, None, None),
    "REML": (0.8495, 0.808, 0.005, 0.016),
    "judge gain model": (0.8477, 0.804, 0.007, 0.019),
    "ridge, fixed 1": (0.8435, 0.803, 0.011, 0.056),
    "additive": (0.8274, 0.789, 0.027, 0.144),
    "raw mean": (0.8264, 0.787, 0.028, 0.125),
    "trimmed": (0.8037, 0.752, 0.051, 0.158),
    "z-score": (0.7879, 0.750, 0.067, 0.298),
}
COMPONENTS = {"fll-state-project": 6, "fll-multi-project": 52}

Cell = dict[str, list[tuple[float, float]]]


def run(report: Report, root: Path, draws: int) -> None:
    report.heading(f"Scoring ({draws} draws a cell; the README's figures are of its own 40 cells and draws)")
    means: dict[tuple[str, str, int], dict[str, Any]] = {}
    covered: list[float] = []
    for panel, scenario, k in cells(full_panels(root)):
        found: Cell = defaultdict(list)
        for number in range(draws_of(scenario, draws)):
            _one_draw(draw(panel, k, scenario, number), found, covered if scenario == "natural" else None)
        means[panel.name, scenario, k] = {name: np.nanmean(np.array(rows), axis=0) for name, rows in found.items()}
    _table(report, means)
    _bars(report, means, float(np.mean(covered)))


def _one_draw(task: Any, found: Cell, covered: list[float] | None) -> None:
    for method in METHODS:
        criteria = task.criteria if method == "auto" and task.criteria.shape[1] else None
        ranking = rank(task.item, task.judge, task.score, criteria=criteria, method=method)
        estimate = np.array([value for _entry, value in sorted(ranking.estimates().items())])
        found[method].append((tau(estimate, task.truth), top_precision(estimate, task.truth)))
        if method == "auto" and covered is not None:
            covered.append(float(np.mean([row.low <= task.truth[row.entry] <= row.high for row in ranking.table])))


def _regret(means: Any, method: str) -> list[float]:
    return [max(cell[name][0] for name in METHODS) - cell[method][0] for cell in means.values()]


def _table(report: Report, means: Any) -> None:
    report.line(f"{'':26}{'tau':>8}{'top-15':>8}{'regret':>8}{'worst':>8}   ({len(means)} cells)")
    for method in METHODS:
        of_tau, of_top = (np.mean([cell[method][at] for cell in means.values()]) for at in (0, 1))
        regret = _regret(means, method)
        report.line(f"{method:26}{of_tau:8.4f}{of_top:8.3f}{np.mean(regret):8.3f}{max(regret):8.3f}")
    for name, figures in README.items():
        report.line(f"{'README ' + name:26}" + "".join("     ---" if f is None else f"{f:8.4g}" for f in figures))


def _bars(report: Report, means: Any, cover: float) -> None:
    auto, reml = (np.mean([cell[name] for cell in means.values()], axis=0) for name in ("auto", "mixed"))
    worst = max(_regret(means, "auto"))
    report.bar("S1", "mean tau of auto", f"{auto[0]:.4f} (REML here {reml[0]:.4f})", bar=">= REML - .001",
               peers="REML .8495, judge gain .8477, raw mean .8264", holds=auto[0] >= reml[0] - 0.001)  # fmt: skip
    report.bar(
        "S1", "worst regret", f"{worst:.3f}", bar="<= .016", peers="REML .016, judge gain .019", holds=worst <= 0.016
    )
    natural = max(c["mean"][0] - c["auto"][0] for (_n, s, _k), c in means.items() if s == "natural")
    severe = max(c["mixed"][0] - c["auto"][0] for (_n, s, _k), c in means.items() if "severe" in s)
    report.bar(
        "S2",
        "natural cells below the raw mean by at most",
        f"{natural:.4f}",
        bar="<= .016",
        peers="",
        holds=natural <= 0.016,
    )
    report.bar(
        "S2", "severe cells below REML by at most", f"{severe:.4f}", bar="<= .003", peers="", holds=severe <= 0.003
    )
    report.bar("S3", "top 15 %", f"{auto[1]:.4f} (REML here {reml[1]:.4f})", bar=">= REML - .002", peers="REML .808",
               holds=auto[1] >= reml[1] - 0.002)  # fmt: skip
    zscore, mean = (np.mean([cell[name][0] for cell in means.values()]) for name in ("zscore", "mean"))
    report.bar("S4", "z-score beside the raw mean", f"{zscore:.4f} < {mean:.4f}, warned of", bar="harm is said",
               peers="z-score .7879, raw mean .8264", holds=_warns("zscore") and _warns("trimmed"))  # fmt: skip
    report.bar(
        "S7",
        "90 % intervals, natural full panels",
        f"cover {cover:.3f}",
        bar=".85 to .95",
        peers="",
        holds=0.85 <= cover <= 0.95,
    )


def _warns(method: str) -> bool:
    found = rank(["a", "a", "b", "b", "c", "c"], list("xyxzyz"), [1, 2, 3, 4, 5, 6], method=method)
    return any(message.code.startswith("rank.warn") for message in found.reasons)


def speed(report: Report, root: Path) -> None:
    report.heading("Size")
    rank(["a", "a", "b", "b"], list("xyxy"), [1, 2, 3, 4])
    rows = read_scores(root / "score" / "insteval-sparse.csv")
    held = rows.fold != "0"
    found, cpu = cpu_of(lambda: rank(rows.item[held], rows.judge[held], rows.score[held]))
    error = _held_out_error(found, rows, ~held)
    report.bar("S5", "InstEval, fold 0 held out: RMSE", f"{error:.4f}", bar="<= 1.1935",
               peers="lme4 1.1930, ridge 1.1960, lecturer mean 1.2229", holds=error <= 1.1935)  # fmt: skip
    report.bar(
        "S5",
        "InstEval CPU (rank, intervals included)",
        f"{cpu:.2f} s",
        bar="<= 1 s",
        peers="lme4 4.3 s",
        holds=cpu <= 1,
    )
    random = np.random.default_rng(0)
    entry = np.repeat(np.arange(10_000), 5)
    expert = np.concatenate([random.choice(800, 5, replace=False) for _ in range(10_000)])
    value = (
        70
        + 5 * random.normal(size=10_000)[entry]
        + 4 * random.normal(size=800)[expert]
        + 5 * random.normal(size=50_000)
    )
    _found, cpu = cpu_of(lambda: rank(entry, expert, value, prize_ratios=[0.1, 0.2, 0.3]))
    report.bar("S5", "10,000 entries x 800 judges x 5 CPU", f"{cpu:.2f} s", bar="<= 2 s", peers="", holds=cpu <= 2)
    for name, expected in COMPONENTS.items():
        scores = read_scores(root / "score" / f"{name}.csv")
        ranking = rank(scores.item, scores.judge, scores.score)
        report.bar("S6", f"{name}: groups", f"{ranking.components.count}, said", bar=str(expected), peers="nobody says",
                   holds=ranking.components.count == expected and str(expected) in ranking.components.sentence)  # fmt: skip


def _held_out_error(found: Any, rows: Scores, out: Any) -> float:
    levels, severity = found.estimates(), {row.judge: row.value for row in found.severity}
    mean = float(np.mean(list(levels.values())))
    guess = [levels.get(i, mean) + severity.get(j, 0.0) for i, j in zip(rows.item[out], rows.judge[out], strict=True)]
    return float(np.sqrt(np.mean((rows.score[out] - np.array(guess)) ** 2)))
