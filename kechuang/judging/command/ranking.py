"""`rank IN.csv|IN.xlsx OUT.csv`: columns item (entry), judge, score; further numeric columns are criteria."""

import argparse
from pathlib import Path
from typing import Any

from kechuang.judging.command.tables import column, number, read_rows, write_rows
from kechuang.judging.ranking import RankedEntry, rank
from kechuang.judging.ranking.choose import METHODS

HEADINGS = ("rank", "item", "estimate", "error", "low", "high", "rank_low", "rank_high", "scores", "mean", "component")


def add_to(commands: Any) -> None:
    found = commands.add_parser("rank", help="由评分计算排名")
    found.add_argument("source", type=Path)
    found.add_argument("target", type=Path)
    found.add_argument("--method", choices=METHODS, default="auto")
    found.add_argument("--ratios", type=_ratios, help="各等奖占全部作品的比例，如 0.09,0.21,0.30")
    found.add_argument("--seed", type=int, default=0)
    found.add_argument("--json", action="store_true")
    found.set_defaults(run=run)


def _ratios(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]


def run(options: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    rows = read_rows(options.source)
    entries, judges = column(rows, "item", "entry", "作品"), column(rows, "judge", "expert", "评委", "专家")
    scores = [number(text) for text in column(rows, "score", "得分", "总分")]
    found = rank(entries, judges, scores, method=options.method, prize_ratios=options.ratios, seed=options.seed)
    tiers = tuple(f"tier_{name}" for name in found.tier_names)
    write_rows(
        options.target,
        HEADINGS + tiers,
        (_cells(row) for row in found.table),
    )
    return found.as_dict() if options.json else _summary(found), True


def _cells(row: RankedEntry) -> tuple[Any, ...]:
    interval = (row.low, row.high, row.rank_low, row.rank_high)
    return (
        row.rank,
        row.entry,
        row.estimate,
        row.error,
        *interval,
        row.scores,
        row.mean,
        row.component + 1,
        *row.tiers,
    )


def _summary(found: Any) -> dict[str, Any]:
    return {
        "method": found.method,
        "entries": len(found.table),
        "judges": len(found.severity),
        "components": found.components.sentence,
        "reasons": [message.text for message in found.reasons],
        "alarms": [message.text for message in found.alarms],
    }
