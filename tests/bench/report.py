"""Figures of repeated runs, and the table that shows them beside the peers and the bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from tests.bench.bars import BARS, ENTRIES, GROWTH_BAR, KEPT, MEMORY_BAR


@dataclass(frozen=True)
class Sample:
    """One run of one row: answers (or flows) a second, milliseconds, CPU milliseconds of web and database per answer, and what
    the bare server did a second just before."""

    rate: float
    p50: float
    p95: float
    p99: float
    web_ms: float
    database_ms: float
    limit: float = 0

    @property
    def cpu_ms(self) -> float:
        return self.web_ms + self.database_ms


@dataclass
class Figures:
    """All runs of one row. The figures shown are medians; `spread` has the least and the greatest rate."""

    name: str
    samples: list[Sample] = field(default_factory=list)
    queries: int | None = None

    def of(self, name: str) -> float:
        return median(getattr(sample, name) for sample in self.samples)

    @property
    def rate(self) -> float:
        return self.of("rate")

    @property
    def limit(self) -> float:
        """Of the machine in the same minutes: others may use it too."""
        return self.of("limit")

    @property
    def spread(self) -> tuple[float, float]:
        rates = [sample.rate for sample in self.samples]
        return min(rates), max(rates)

    @property
    def value(self) -> float:
        """What the bar is about: seconds of one answer, or answers a second."""
        return self.of("p50") / 1000 if BARS[self.name].is_seconds else self.rate

    def as_json(self, entries: int = ENTRIES) -> dict[str, Any]:
        bar, limit = BARS.get(self.name), self.limit
        found: dict[str, Any] = {
            name: round(self.of(name), 2) for name in ("rate", "p50", "p95", "p99", "web_ms", "database_ms", "cpu_ms")
        }
        found |= {
            "queries": self.queries,
            "runs": [asdict(sample) for sample in self.samples],
            "limit": round(limit, 1),
            "share_of_limit": round(self.rate / limit, 4),
        }
        if bar:
            found |= {
                "bar": bar.bar,
                "bar_here": round(bar.scaled(limit, entries), 2),
                "met": bar.is_met(self.value, limit, entries),
            }
        return found


HEAD = (
    "row",
    "per second",
    "min–max",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "CPU ms web+db",
    "queries",
    "limit",
    "of limit",
    "pretalx",
    "HotCRP",
    "bar",
    "here",
    "",
)


def table(rows: Sequence[Figures], entries: int = ENTRIES) -> str:
    """Markdown, so that docs/performance.md can take it as it stands."""
    lines = [HEAD, tuple("---" for _ in HEAD), *(_line(figures, entries) for figures in rows)]
    widths = [max(_width(line[n]) for line in lines) for n in range(len(HEAD))]
    return "\n".join(
        "| " + " | ".join(_padded(cell, width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    )


def _line(figures: Figures, entries: int) -> tuple[str, ...]:
    bar, (low, high), limit = BARS[figures.name], figures.spread, figures.limit
    here = bar.scaled(limit, entries)
    goal = (f"≤ {bar.bar:g} s", f"≤ {here:.2f} s") if bar.is_seconds else (f"≥ {bar.bar:g}", f"≥ {here:.0f}")
    return (
        bar.label, f"{figures.rate:.1f}" if figures.rate < 100 else f"{figures.rate:,.0f}", f"{low:.1f}–{high:.1f}" if high < 100 else f"{low:,.0f}–{high:,.0f}",
        f"{figures.of('p50'):.1f}", f"{figures.of('p95'):.1f}", f"{figures.of('p99'):.1f}", f"{figures.of('web_ms'):.1f} + {figures.of('database_ms'):.1f}",
        "–" if figures.queries is None else str(figures.queries), f"{limit:,.0f}", f"{100 * figures.rate / limit:.1f} %", bar.pretalx, bar.hotcrp, *goal,
        "met" if bar.is_met(figures.value, limit, entries) else "NOT MET",
    )  # fmt: skip


def _width(text: str) -> int:
    return len(text)


def _padded(text: str, width: int) -> str:
    return text.ljust(width)


def growth(small: Sequence[Figures], large: Sequence[Figures], *, per_entry: float) -> str:
    """How much the large scene is worse, row by row, by CPU milliseconds (which a busy machine hardly sways); p95 and queries beside it.

    Pages that are kept for some seconds are compared as they are made anew: whether a copy ran out within a run is chance.
    An export of all is of so many times the rows, so its cost is compared per row (`per_entry`: the factor of entries).
    """
    lines = [
        f"| row | CPU ms | {per_entry:g} times the entries | worse by | | p95 ms | then | queries | then |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    before = {figures.name: figures for figures in small}
    for figures in large:
        if (was := before.get(figures.name)) is None or figures.name in KEPT:
            continue
        factor = per_entry if BARS[figures.name].is_seconds else 1
        now = figures.of("cpu_ms") / factor
        worse = now / was.of("cpu_ms") - 1
        note = " (per row)" if factor != 1 else ""
        verdict = "met" if worse <= GROWTH_BAR else "NOT MET"
        lines.append(
            f"| {BARS[figures.name].label}{note} | {was.of('cpu_ms'):.1f} | {now:.1f} | {100 * worse:+.0f} % | {verdict} "
            f"| {was.of('p95'):.1f} | {figures.of('p95'):.1f} | {was.queries} | {figures.queries} |"
        )
    return "\n".join(lines)


def memory_line(rss: float, pss: float, processes: int) -> str:
    verdict = "met" if pss <= MEMORY_BAR else "NOT MET"
    return (
        f"Memory of the {processes} web processes and their master after all rows: {pss:.0f} MB (shared pages counted once), "
        f"{rss:.0f} MB (resident sizes added up); bar ≤ {MEMORY_BAR} MB: {verdict}"
    )
