"""Who may be a guest engineer, pure. 行动计划 四(三)4: 遴选具有专业优势、符合师德要求的工程师. Domain §3.7: employer with its code, years, fields."""

from collections.abc import Mapping
from typing import Any

from kechuang.base.checksums import check_uscc

YEARS, YEARS_OF_SENIORS = 5, 3
SENIOR = frozenset({"高级职称"})


def years_needed(answers: Mapping[str, Any]) -> int:
    """专业优势: five years in the trade, three with a senior title."""
    return YEARS_OF_SENIORS if answers.get("grade") in SENIOR else YEARS


def is_experienced(answers: Mapping[str, Any]) -> bool:
    try:
        return float(answers.get("years") or 0) >= years_needed(answers)
    except (TypeError, ValueError):
        return False


def is_code_of_an_employer(text: str) -> bool:
    """统一社会信用代码 (GB 32100-2015) with its check digit."""
    return not check_uscc(text.strip().upper())
