"""What a chart is drawn from: labels, series, the sentence that says what it shows. The same facts fill its table.

A page builds a `Chart`, its template shows it with `{% chart chart %}`. `/components/` shows each kind.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["bar", "line", "spark", "funnel", "dots"]
KINDS: tuple[Kind, ...] = ("bar", "line", "spark", "funnel", "dots")


@dataclass(frozen=True)
class Series:
    """One value per label; `lows` and `highs` are the ends of the intervals of dots; None leaves a gap."""

    name: str
    values: Sequence[float | None]
    lows: Sequence[float | None] = ()
    highs: Sequence[float | None] = ()


@dataclass(frozen=True)
class Chart:
    """One chart.

    kind: bar (side by side), line, spark (a small line without axes), funnel (steps, largest first; drawn by the style sheet, it needs no script and no table), dots (a row per label).
    says: the sentence that a reader would take away; it is also what a screen reader hears.
    links: a page per label; bars, steps and dots then open it, and the table links there.
    mark: (label, words) of an upright line, such as a deadline; line: (value, words) of a level line, such as a prize border.
    """

    kind: Kind
    title: str
    says: str
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    label_title: str = ""
    links: Sequence[str] = ()
    mark: tuple[str, str] | None = None
    line: tuple[float, str] | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"A chart cannot be {self.kind!r}; choose {', '.join(KINDS)}.")
        lengths = {len(values) for one in self.series for values in (one.values, one.lows, one.highs) if len(values)}
        if lengths - {len(self.labels)}:
            raise ValueError(f"{len(self.labels)} labels, but series of {sorted(lengths)} values.")

    @property
    def has_intervals(self) -> bool:
        return any(len(one.lows) for one in self.series)

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The rows of a funnel: each step with its value and its share of the first, in whole percent."""
        values = [value or 0 for value in self.series[0].values]
        first = max(values[0], 1)
        return [
            {
                "label": label,
                "url": self.links[n] if n < len(self.links) else "",
                "value": value,
                "of": max(first, *values),
                "share": round(100 * value / first),
            }
            for n, (label, value) in enumerate(zip(self.labels, values, strict=True))
        ]

    def facts(self) -> dict[str, Any]:
        """What the script draws, as plain JSON values."""
        return {
            "kind": self.kind,
            "labels": [str(label) for label in self.labels],
            "series": [
                {
                    "name": str(one.name),
                    "values": list(one.values),
                    "lows": list(one.lows),
                    "highs": list(one.highs),
                }
                for one in self.series
            ],
            "unit": str(self.unit),
            "links": list(self.links),
            "mark": [str(part) for part in self.mark] if self.mark else None,
            "line": [self.line[0], str(self.line[1])] if self.line else None,
        }

    def rows(self) -> list[dict[str, Any]]:
        """The lines of the table: the label, its page, and per series the value and its interval."""
        return [
            {"label": label, "url": self.links[n] if n < len(self.links) else "", "cells": list(self._cells(n))}
            for n, label in enumerate(self.labels)
        ]

    def _cells(self, n: int) -> Iterable[dict[str, Any]]:
        for one in self.series:
            interval = (one.lows[n], one.highs[n]) if len(one.lows) and len(one.highs) else None
            yield {"value": one.values[n], "interval": interval if interval and None not in interval else None}
