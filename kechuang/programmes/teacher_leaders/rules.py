"""Eligibility of a teacher leader, pure. Skeleton: the national certification of science advisers, senior level (domain.md §3.7):
five continuous years, and two of three within ten years."""

from collections.abc import Mapping
from typing import Any

YEARS_OF_SERVICE = 5
WINDOW = 10
KINDS = ("advised", "won", "researched")
"""(a) first adviser of a national or international award, (b) own national award or provincial title, (c) core member of a
provincial project or first or second author in a national journal."""
NEEDED = 2


def kinds_met(answers: Mapping[str, Any], year: int) -> list[str]:
    """Which of the three are proved by a row of the last ten years; the first column of each table is the year."""
    return [code for code in KINDS if any(_is_recent(row, year) for row in answers.get(code) or [])]


def _is_recent(row: list[str], year: int) -> bool:
    digits = str(row[0]).strip().removesuffix("年") if row else ""
    return digits.isdecimal() and year - WINDOW < int(digits) <= year


def is_long_enough(answers: Mapping[str, Any]) -> bool:
    try:
        return float(answers.get("years", 0)) >= YEARS_OF_SERVICE
    except (TypeError, ValueError):
        return False
