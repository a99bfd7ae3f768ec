"""The public data sets: read where they lie, never copied; the large instance is made by the data's own generator."""

import csv
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse


@dataclass(frozen=True)
class Task:
    """An assignment problem as `assign` takes it."""

    affinity: Any
    demand: Any
    load_max: Any
    load_min: Any
    conflicts: Any

    @property
    def arguments(self) -> tuple[Any, ...]:
        return (self.affinity, self.demand, self.load_max, self.load_min, self.conflicts)

    def dense(self) -> tuple[Any, Any]:
        """Scores and a mask of conflicts, entries × experts; pairs that are not eligible count as conflicts."""
        if not sparse.issparse(self.affinity):
            mask = np.asarray(self.conflicts).astype(bool)
            return np.nan_to_num(self.affinity).T, (mask | np.isnan(self.affinity)).T
        scores = self.affinity.toarray()
        mask = np.zeros(scores.shape, dtype=bool)
        mask[self.conflicts[:, 0], self.conflicts[:, 1]] = True
        return scores.T, (mask | (scores == 0)).T


def read_task(path: Path, low: str = "load_lb") -> Task:
    held = np.load(path)
    if "affinity" in held:
        return Task(held["affinity"], held["demand"], held["load_ub"], held[low], held["conflict"])
    shape = (len(held["load_ub"]), len(held["demand"]))
    matrix = sparse.coo_array((held["w"], (held["expert"], held["entry"])), shape=shape)
    return Task(matrix, held["demand"], held["load_ub"], held[low], np.column_stack([held["ce"], held["cp"]]))


def made_instance(root: Path, folder: Path, seed: int) -> Path:
    """10,000 entries x 800 experts x 5 reviews by gen_synth.py, made once per seed."""
    target = folder / f"synth-10k-{seed}.npz"
    if not target.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [sys.executable, root / "gen_synth.py", target, str(seed)], check=True, stdout=subprocess.DEVNULL
        )
    return target


@dataclass(frozen=True)
class Scores:
    """A score file: labels, scores, and criteria (rows × criteria, perhaps none)."""

    item: Any
    judge: Any
    score: Any
    criteria: Any
    fold: Any


def read_scores(path: Path) -> Scores:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    named = [name for name in rows[0] if name not in ("item", "judge", "score", "fold")]
    criteria = np.array([[float(row[name] or "nan") for name in named] for row in rows]).reshape(len(rows), len(named))
    return Scores(
        np.array([row["item"] for row in rows]),
        np.array([row["judge"] for row in rows]),
        np.array([float(row["score"]) for row in rows]),
        criteria,
        np.array([row.get("fold", "") for row in rows]),
    )


@dataclass(frozen=True)
class Panel:
    """Every judge scored every entry: entries × judges, and entries × judges × criteria."""

    name: str
    score: Any
    criteria: Any


def full_panels(root: Path) -> list[Panel]:
    """The essays and the skating segments, without the entries (or judges, where that keeps more) that lack a score."""
    paths = [path for path in sorted((root / "score").glob("*.csv")) if path.name.startswith(("essay", "skate"))]
    return [_panel(path) for path in paths]


def _panel(path: Path) -> Panel:
    rows = read_scores(path)
    items, item = np.unique(rows.item, return_inverse=True)
    judges, judge = np.unique(rows.judge, return_inverse=True)
    score = np.full((len(items), len(judges)), np.nan)
    criteria = np.full((len(items), len(judges), rows.criteria.shape[1]), np.nan)
    score[item, judge], criteria[item, judge] = rows.score, rows.criteria
    whole_items, whole_judges = ~np.isnan(score).any(axis=1), ~np.isnan(score).any(axis=0)
    by_item = whole_items.sum() * len(judges) >= whole_judges.sum() * len(items)
    keep = (whole_items, slice(None)) if by_item else (slice(None), whole_judges)
    return Panel(path.stem, score[keep[0]][:, keep[1]], criteria[keep[0]][:, keep[1]])
