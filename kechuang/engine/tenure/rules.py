"""What an honour asks of its holder while it lasts: when a report is due, what it lacks, who is drawn for a check. Pure.

Plan 四(五)1, 五(三): bases are checked and subsidised by grade. Domain §3.5: a base reports on its year and is checked; §3.6: 年度报告;
§3.7: a studio works for three years with a mid-term and a final check.
"""

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from kechuang.engine.applications.rules import is_blank, is_required, is_shown
from kechuang.engine.honours.rules import years_later
from kechuang.engine.programme.declaration import HonourPlan, Question, ReportPlan

TERMS = ("granted", "renewed", "promoted")
"""Rows of an honour's life with which a term begins."""
AHEAD = 400
"""Days for which the reports of an honour without end are planned."""


@dataclass(frozen=True)
class Due:
    """A report of a term: what it is on, from when on it can be written, and its last day."""

    code: str
    number: int
    covers_from: date
    covers_until: date
    opens_on: date

    @property
    def due_on(self) -> date:
        return self.covers_until


def schedule(plan: HonourPlan, since: date, until: date | None, today: date) -> list[Due]:
    """All reports of the term that began on `since`; of one without end those of the next year and those before."""
    return [due for report in plan.reports for due in _of(report, since, until, today)]


def _of(report: ReportPlan, since: date, until: date | None, today: date) -> list[Due]:
    if report.when == "yearly":
        last = until or today + timedelta(days=AHEAD)
        years = _years(since, last, whole=until is None)
        return [_due(report, number, start, end) for number, (start, end) in enumerate(years, 1)]
    if until is None:
        return []
    end = until if report.when == "end" else since + (until - since) // 2
    return [_due(report, 1, since, end)]


def _years(since: date, last: date, *, whole: bool) -> list[tuple[date, date]]:
    """Years of a term, each with its first and last day; `whole`: only those that are over by `last`."""
    found, start, number = [], since, 1
    while start <= last:
        end = years_later(since, number)
        assert end is not None
        if whole and end > last:
            break
        found.append((start, min(end, last)))
        start, number = end + timedelta(days=1), number + 1
    return found


def _due(report: ReportPlan, number: int, start: date, end: date) -> Due:
    return Due(report.code, number, start, end, max(start, end - timedelta(days=report.open_days)))


def missing(questions: Iterable[Question], answers: Mapping[str, Any], attached: Mapping[str, int]) -> list[str]:
    """Labels of what must be answered before the report is handed in, in its order."""
    return [
        _(question.label)
        for question in questions
        if is_required(question, "submitted")
        and is_shown(question, answers, "")
        and is_blank(question, answers.get(question.code), attached.get(question.code, 0))
    ]


# --- spot checks -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Holder:
    """One of those who may be drawn: the number of the honour, and the layer in which it is drawn (district and level)."""

    number: str
    layer: str


def draw(pool: Sequence[Holder], share: float, seed: int) -> list[str]:
    """Of each layer its share, one at least, by chance: the same pool, share and seed give the same numbers again.

    Layers keep every district and every level in the sample; the order in which the pool is handed in plays no part.
    """
    layers: dict[str, list[str]] = {}
    for holder in pool:
        layers.setdefault(holder.layer, []).append(holder.number)
    chance = random.Random(seed)  # noqa: S311 -- a sample that anybody can draw again from its seed
    found: list[str] = []
    for layer in sorted(layers):
        numbers = sorted(layers[layer])
        found += chance.sample(numbers, max(1, math.ceil(share * len(numbers) - 1e-9)))
    return sorted(found)


# --- subsidies ---------------------------------------------------------------------------------------------------


def why_no_subsidy(state: str, state_label: str, reports: Sequence[tuple[str, str]], *, reports_wanted: bool) -> str:
    """Plan 五(三): why a holder is not proposed for this year's subsidy ("" = it is).

    `reports`: state and label of each yearly report that is due in the year. The honour must be valid, every report accepted.
    """
    if state != "valid":
        return _("称号状态：%(state)s") % {"state": state_label}
    if reports_wanted and not reports:
        return _("本年度没有到期的年度报告")
    late = next((label for state, label in reports if state != "accepted"), "")
    return _("年度报告：%(state)s") % {"state": late} if late else ""
