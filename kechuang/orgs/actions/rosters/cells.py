"""Reading one cell as people fill it in: 八年级, 8, 初二; 2012-3-15, 2012.3.15, 20120315; a number Excel has spoilt."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.orgs.enums import Grade

NUMERALS = "一二三四五六七八九"
DATE = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})日?")
EXACT_DIGITS = 15
"""A spreadsheet keeps 15 digits of a number; an identifier of 18 typed as a number has lost its end."""


def text(value: Any, heading: str, limit: int = 60) -> str:
    found = str(value if value is not None else "").strip()
    if len(found) > limit:
        raise Refused(_("“%(heading)s”超过 %(limit)s 个字。") % {"heading": heading, "limit": limit})
    return found


def required(value: Any, heading: str, limit: int = 60) -> str:
    found = text(value, heading, limit)
    if not found:
        raise Refused(_("“%(heading)s”未填写。") % {"heading": heading})
    return found


def identifier(value: Any, heading: str) -> str:
    if isinstance(value, int | float) and len(str(int(value))) > EXACT_DIGITS:
        sentence = _("“%(heading)s”被当作数字保存，末尾几位已丢失。请把这一列设为“文本”格式后重新填写。")
        raise Refused(sentence % {"heading": heading})
    return re.sub(r"\s", "", text(value, heading, 40)).upper()


def grade(value: Any, heading: str) -> int:
    found = required(value, heading)
    number = _GRADES.get(found)
    if number is None:
        raise Refused(_("“%(value)s”不是年级，请从下拉列表中选择。") % {"value": found})
    return number


def _grades() -> dict[str, int]:
    names = {str(grade.label): grade.value for grade in Grade}
    names |= {str(n): n for n in range(1, 13)}
    names |= {f"{NUMERALS[n - 1]}年级": n for n in range(1, 10)}
    names |= {f"初中{NUMERALS[n - 1]}年级": n + 6 for n in (1, 2, 3)}
    return names | {f"高中{NUMERALS[n - 1]}年级": n + 9 for n in (1, 2, 3)}


_GRADES = _grades()


def day(value: Any, heading: str) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date) or value in ("", None):
        return value or None
    match = DATE.fullmatch(str(value).strip())
    try:
        return date(*(int(part) for part in match.groups() if part)) if match else _no_date(value, heading)
    except ValueError:
        return _no_date(value, heading)


def _no_date(value: Any, heading: str) -> NoReturn:
    facts = {"heading": heading, "value": value}
    raise Refused(_("“%(heading)s”写成了“%(value)s”，请按 2012-09-01 的样子填写。") % facts)


def year(value: Any, heading: str) -> int | None:
    if value in ("", None):
        return None
    found = str(value).strip().removesuffix("年")
    if not (found.isdigit() and 1990 <= int(found) <= 2100):
        raise Refused(_("“%(heading)s”应是四位年份。") % {"heading": heading})
    return int(found)


def choice(value: Any, heading: str, choices: dict[str, str], default: str = "") -> str:
    """A label from the list, as its stored value."""
    found = text(value, heading)
    if not found and default:
        return default
    if found not in choices:
        facts = {"heading": heading, "value": found, "choices": "、".join(choices)}
        raise Refused(_("“%(heading)s”填的“%(value)s”不在可选范围内：%(choices)s。") % facts)
    return choices[found]


def labels(choices: Any, only: Any = None) -> dict[str, str]:
    return {str(label): value for value, label in choices.choices if only is None or value in only}
