"""The README's protocol: draw k judges an entry from a full panel, give a method only those, compare with the whole panel."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from tests.judging.bench.data import Panel

SCENARIOS = ("natural", "severe", "panels", "islands", "islands-severe", "split", "split-severe")
TOP = 0.15


@dataclass(frozen=True)
class Draw:
    """Rows given to a method; `scores` are what each judge would give each entry, `truth` what is to be recovered."""

    item: Any
    judge: Any
    score: Any
    criteria: Any
    truth: Any
    scores: Any


def cells(panels: list[Panel]) -> Iterator[tuple[Panel, str, int]]:
    for panel in panels:
        judges = panel.score.shape[1]
        for k in (3, 5):
            for scenario in SCENARIOS:
                apart = scenario.startswith(("islands", "panels", "split"))
                if judges >= (2 * k if apart else k + 1):
                    yield panel, scenario, k


def draws_of(scenario: str, draws: int) -> int:
    """60 draws a cell, 40 in split and islands (in proportion, where fewer are asked for)."""
    return max(1, draws * 2 // 3) if scenario.startswith(("split", "islands")) else draws


def draw(panel: Panel, k: int, scenario: str, number: int) -> Draw:
    random = np.random.default_rng([number, k, SCENARIOS.index(scenario)])
    items, judges = panel.score.shape
    truth, shift, gain = panel.score.mean(axis=1), np.zeros(judges), np.ones(judges)
    if "severe" in scenario:
        gain = random.lognormal(0, 0.25, judges)
        shift = random.normal(0, 0.75 * truth.std(ddof=1), judges)
    scores = panel.score.mean() + (panel.score - panel.score.mean()) * gain + shift
    if scenario.startswith(("panels", "islands")):
        chosen = _grouped(items, judges, k, random, swap=scenario.startswith("panels"))
    else:
        chosen = np.array([random.choice(judges, k, replace=False) for _ in range(items)])
    if scenario.startswith("split"):
        rest = np.ones_like(panel.score, dtype=bool)
        rest[np.arange(items)[:, None], chosen] = False
        truth = np.where(rest, panel.score, 0).sum(axis=1) / rest.sum(axis=1)
    item, judge = np.repeat(np.arange(items), k), chosen.ravel()
    return Draw(item, judge, scores[item, judge], _criteria(panel, gain, shift)[item, judge], truth, scores)


def _criteria(panel: Panel, gain: Any, shift: Any) -> Any:
    """Criteria under the same severity and gain: they still add up to the scores."""
    count = panel.criteria.shape[2]
    if not count:
        return panel.criteria
    centre = panel.criteria.mean(axis=(0, 1))
    return centre + (panel.criteria - centre) * gain[None, :, None] + (shift / count)[None, :, None]


def _grouped(items: int, judges: int, k: int, random: np.random.Generator, *, swap: bool) -> Any:
    """Fixed panels; with `swap` each fifth entry has one judge of another panel."""
    panels = random.permutation(judges)[: judges // k * k].reshape(-1, k)
    chosen = panels[random.permutation(items) % len(panels)].copy()
    for item in range(0, items if swap else 0, 5):
        others = np.setdiff1d(np.arange(judges), chosen[item])
        chosen[item, random.integers(k)] = random.choice(others)
    return chosen


def tau(estimate: Any, truth: Any) -> float:
    return float(stats.kendalltau(estimate, truth)[0])


def top_precision(estimate: Any, truth: Any) -> float:
    size = math.ceil(TOP * len(truth))
    best = set(np.argsort(-truth, kind="stable")[:size])
    return len(best & set(np.argsort(-estimate, kind="stable")[:size])) / size
