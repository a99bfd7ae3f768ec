"""The next review: prizes right after k advised reviews, beside the same number spread evenly."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from kechuang.judging import next_reviews, rank
from tests.judging.bench.data import full_panels
from tests.judging.bench.protocol import Draw, draw
from tests.judging.bench.report import Report

RATIOS = (0.15, 0.35)
SHARE = 0.3
"""Further reviews, as a share of the entries; three each were given before."""


def run(report: Report, root: Path, draws: int) -> None:
    report.heading(
        f"Where to spend the next review ({SHARE:.0%} further reviews, prizes {RATIOS}, {draws} draws a cell)"
    )
    found: dict[str, list[Any]] = defaultdict(list)
    for scenario in ("natural", "severe", "panels"):
        for panel in full_panels(root):
            rows = [_prizes_right(draw(panel, 3, scenario, number), number) for number in range(draws)]
            found[scenario].append(np.mean(rows, axis=0))
    for scenario, rows in found.items():
        before, even, advised = np.mean(rows, axis=0)
        report.line(f"{scenario:10} prizes right: before {before:.4f}, spread evenly {even:.4f}, advised {advised:.4f}")
    before, even, advised = np.mean([row for rows in found.values() for row in rows], axis=0)
    report.bar("4", "prizes right after advised reviews", f"{advised:.4f} (before {before:.4f})", bar=f"> evenly spread {even:.4f}",
               peers="sfiab re-judges a whole band by hand", holds=advised > even)  # fmt: skip


def _prizes_right(task: Draw, seed: int) -> list[float]:
    entries, judges = task.scores.shape
    random = np.random.default_rng([seed, 4])
    met = np.zeros((entries, judges), dtype=bool)
    met[task.item, task.judge] = True
    advice = next_reviews(task.item, task.judge, task.score, round(SHARE * entries), prize_ratios=RATIOS)
    advised = [(review.entry, review.experts[0]) for review in advice.reviews]
    evenly = [(n, random.choice(np.nonzero(~met[n])[0])) for n in random.permutation(entries)[: len(advised)]]
    return [_right(task, pairs) for pairs in ([], evenly, advised)]


def _right(task: Draw, pairs: list[tuple[int, int]]) -> float:
    more = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    given = task.scores[more[:, 0], more[:, 1]]
    found = rank(np.r_[task.item, more[:, 0]], np.r_[task.judge, more[:, 1]], np.r_[task.score, given])
    estimate = np.array([value for _entry, value in sorted(found.estimates().items())])
    return float(np.mean(_tiers(estimate) == _tiers(task.truth)))


def _tiers(values: Any) -> Any:
    order = np.argsort(np.argsort(-values, kind="stable"), kind="stable")
    limits = (np.cumsum(RATIOS) * len(values) + 1e-9).astype(int)
    return np.searchsorted(limits, order, side="right")
