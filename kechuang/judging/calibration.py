"""Calibration before scoring: every judge scores the same few sample entries, hears how they lie, and links the panels.

The sample is drawn with a seed, spread over the groups (divisions, disciplines) in proportion to their size. Its scores are
ordinary scores: given to `rank` with the others, they link judges who otherwise share no entry, so that severity can be
told across panels (common-item linking; Kolen & Brennan 2014, Linacre 1989 for judges).
"""

import random
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from kechuang.judging.messages import Message, say
from kechuang.judging.normal import NORMAL_90
from kechuang.judging.ranking.choose import fits_a_model
from kechuang.judging.ranking.mixed import fit_reml
from kechuang.judging.ranking.table import bare, read_sheet

SHARE = 0.05
"""A difference of less than so much of the scale is not worth a word to the judge."""


def calibration_sample(
    entries: Iterable[Hashable], count: int, *, groups: Mapping[Any, Hashable] | None = None, seed: int = 0
) -> list[Hashable]:
    """`count` entries for every judge to score first; the same for the same entries and seed, in whatever order they come."""
    by_group: dict[str, list[Hashable]] = defaultdict(list)
    for entry in sorted(set(entries), key=str):
        by_group[str(groups.get(entry, "") if groups else "")].append(entry)
    draw = random.Random(seed)  # noqa: S311 -- a replayable draw, not a secret
    for members in by_group.values():
        draw.shuffle(members)
    total = sum(map(len, by_group.values()))
    places = _shares({name: len(members) for name, members in by_group.items()}, min(count, total))
    return [entry for name in sorted(by_group) for entry in by_group[name][: places[name]]]


def _shares(sizes: Mapping[str, int], count: int) -> dict[str, int]:
    """Largest remainders."""
    total = sum(sizes.values()) or 1
    exact = {name: count * size / total for name, size in sizes.items()}
    given = {name: int(value) for name, value in exact.items()}
    order = sorted(sizes, key=lambda name: (given[name] - exact[name], name))
    for name in order[: count - sum(given.values())]:
        given[name] += 1
    return given


@dataclass(frozen=True)
class Feedback:
    """How a judge's scores of the sample lie beside the others': `difference` above 0 is generous; `clear` if beyond chance."""

    judge: Any
    scores: int
    difference: float
    error: float
    low: float
    high: float
    clear: bool
    message: Message


def calibration_feedback(entries: Any, judges: Any, scores: Any, *, scale: float = 100.0) -> list[Feedback]:
    """For each judge of the sample: the severity so far, in words they can act on. No other judge is named."""
    sheet = read_sheet(entries, judges, scores)
    if fits_a_model(sheet):
        fit = fit_reml(sheet)
        value, error = fit.judge, fit.judge_errors()
    else:
        left = sheet.score - sheet.item_means(sheet.score)[sheet.item]
        value = sheet.judge_means(left)
        error = np.full(len(value), float(left.std()) or scale)
    return [
        _feedback(bare(judge), int(sheet.judge_counts[at]), float(value[at]), float(error[at]), scale)
        for at, judge in enumerate(sheet.judges)
    ]


def _feedback(judge: Any, scores: int, value: float, error: float, scale: float) -> Feedback:
    margin = NORMAL_90 * error
    clear = abs(value) > margin and abs(value) >= SHARE * scale
    code = "calibration.even" if not clear else "calibration.generous" if value > 0 else "calibration.severe"
    return Feedback(
        judge, scores, value, error, value - margin, value + margin, clear, say(code, amount=abs(value), scores=scores)
    )
