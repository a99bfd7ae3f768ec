"""Who may be a star, and how the parts weigh, pure. 行动计划 四(七)2: 评选出年度“明日科创之星”. Domain §3.8: eligibility; portfolio 40,
written potential test 20, defence 30, social responsibility 10."""

from collections.abc import Mapping
from typing import Any

PARTS: Mapping[str, float] = {"portfolio": 40, "social": 10, "test": 20, "defence": 30}
WINDOW = 3
"""Practice of the last three years counts: a star is of the year, not for a lifetime."""


def practice_rows(answers: Mapping[str, Any], year: int) -> list[list[str]]:
    """The rows of own research, inventions or contests within the window; the first column is the year."""
    return [row for row in answers.get("practice") or [] if _is_recent(row, year)]


def _is_recent(row: list[str], year: int) -> bool:
    digits = str(row[0]).strip().removesuffix("年") if row else ""
    return digits.isdecimal() and year - WINDOW < int(digits) <= year


def is_eligible(answers: Mapping[str, Any], year: int) -> bool:
    """At least one piece of own practice within the window, and something done for others."""
    return bool(practice_rows(answers, year)) and bool(str(answers.get("service") or "").strip())
