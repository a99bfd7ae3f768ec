"""Rules of a review round: aliases, what a complete score is, when a comment is owed, when a round may close."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kechuang.base.errors import Refused
from kechuang.engine.enums import ExpertKind
from kechuang.engine.programme.declaration import Criterion, Question, RoundPlan, Rubric

COMMENT_LENGTH = 10
"""An opinion of fewer characters says nothing that a jury could use."""
TEXT_LIMIT = 4000
REMIND_EVERY = timedelta(hours=12)
PLACES = Decimal("0.01")
YES = {True, "true", "True", "yes", "1", "on"}


@dataclass(frozen=True)
class ScoreSheet:
    """What an expert fills in: marks by criterion code, gates by code (True = passed), two comments."""

    marks: Mapping[str, Any] = field(default_factory=dict)
    gates: Mapping[str, Any] = field(default_factory=dict)
    comment: str = ""
    feedback: str = ""


def aliases(count: int, *, seed: int | str, taken: Iterable[str] = ()) -> list[str]:
    """`count` numbers such as E-0042, drawn and not counted, so that a number tells nothing about order or origin."""
    used = set(taken)
    top = max(10_000, 10 * (count + len(used)))
    width = len(str(top - 1))
    draw = random.Random(f"{seed}:{len(used)}")  # noqa: S311 -- a replayable draw that hides the order, not a secret
    drawn = (_alias(number, width) for number in draw.sample(range(1, top), count + len(used)))
    return list(islice((alias for alias in drawn if alias not in used), count))


def _alias(number: int, width: int) -> str:
    return f"E-{number:0{width}d}"


# --- scores ------------------------------------------------------------------------------------------------------


def clean_sheet(rubric: Rubric, sheet: ScoreSheet) -> ScoreSheet:
    """The sheet in stored form; Refused where a mark is no number, out of its range, or of no criterion."""
    known = {criterion.code: criterion for criterion in rubric.criteria}
    strange = sorted(set(sheet.marks) - set(known))
    if strange:
        raise Refused(_("评分表中没有“%(codes)s”这一项，请刷新页面后再填。") % {"codes": "、".join(strange)})
    marks = {code: _mark(known[code], value) for code, value in sheet.marks.items() if not _blank(value)}
    gates = {
        gate.code: sheet.gates[gate.code] in YES for gate in rubric.gates if not _blank(sheet.gates.get(gate.code))
    }
    return ScoreSheet(marks, gates, _text(sheet.comment), _text(sheet.feedback))


@dataclass(frozen=True)
class Sender:
    """Which page sent a sheet, and as which of its messages ("token.number" in the message)."""

    token: str = ""
    number: int = 0

    @classmethod
    def read(cls, text: object) -> Self:
        token, _dot, number = str(text or "").partition(".")
        return cls(token[:40], int(number)) if token and number.isdecimal() and len(number) < 9 else cls()


def is_late(sender: Sender, last: Sender) -> bool:
    """Whether a later message of the same page has been taken already: a network may deliver out of order."""
    return bool(sender.token) and sender.token == last.token and sender.number <= last.number


def is_conflict(version: int, current: int, sender: Sender, last: Sender) -> bool:
    """Whether somebody else wrote since: a page whose answer was lost on the way is no conflict with itself."""
    return version != current and not (sender.token and sender.token == last.token)


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _text(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(text) > TEXT_LIMIT:
        raise Refused(_("意见有 %(n)s 字，最多 %(limit)s 字，请精简后再保存。") % {"n": len(text), "limit": TEXT_LIMIT})
    return text


def _mark(criterion: Criterion, value: object) -> float | int:
    words = {"name": _(criterion.name), "points": f"{criterion.points:g}", "value": value}
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise Refused(_("“%(name)s”的得分“%(value)s”不是数字，请填 0 至 %(points)s 之间的数。") % words) from None
    if not number.is_finite() or not 0 <= number <= Decimal(str(criterion.points)):
        raise Refused(_("“%(name)s”的得分 %(value)s 超出范围，请填 0 至 %(points)s 之间的数。") % words)
    if number != number.quantize(PLACES):
        raise Refused(_("“%(name)s”的得分 %(value)s 最多保留两位小数。") % words)
    return int(number) if number == number.to_integral_value() else float(number)


def missing(rubric: Rubric, plan: RoundPlan, sheet: ScoreSheet) -> list[str]:
    """What a clean sheet still lacks before it may be submitted, one sentence each."""
    found = [
        _("“%(name)s”还没有评分。") % {"name": _(criterion.name)}
        for criterion in rubric.criteria
        if criterion.code not in sheet.marks
    ]
    found += [_("“%(label)s”还没有回答。") % {"label": g.label} for g in rubric.gates if g.code not in sheet.gates]
    if comment_is_owed(plan, sheet.gates) and len(sheet.comment) < COMMENT_LENGTH:
        found.append(_("评审意见至少写 %(n)s 个字，现在是 %(have)s 个字。") % _lengths(sheet.comment))
    return found


def _lengths(comment: str) -> dict[str, int]:
    return {"n": COMMENT_LENGTH, "have": len(comment)}


def comment_is_owed(plan: RoundPlan, gates: Mapping[str, bool]) -> bool:
    """Always in a written round; at a defence, where the jury speaks, only when a gate (三自) was answered with no."""
    return plan.kind == "scoring" or not all(gates.values())


def total(marks: Mapping[str, Any]) -> Decimal:
    """The sum of the marks, exactly as it would be added by hand."""
    return sum((Decimal(str(value)) for value in marks.values()), Decimal(0)).quantize(PLACES)


# --- questions an expert may read --------------------------------------------------------------------------------


def is_shown(question: Question, stage: str, answers: Mapping[str, Any], *, blind: bool) -> bool:
    if blind and question.hidden_when_blind:
        return False
    if question.stages and stage not in question.stages:
        return False
    if question.show_if is None:
        return True
    given = answers.get(question.show_if.question)
    return bool(set(given if isinstance(given, list) else [given]) & set(question.show_if.values))


# --- rounds ------------------------------------------------------------------------------------------------------


def why_scoring_is_shut(state: str, opens_at: datetime | None, closes_at: datetime | None, now: datetime) -> str:
    if state != "open":
        return _("本轮评审已经结束或尚未开始，不能再保存评分。如需修改请联系组委会。")
    if opens_at and now < opens_at:
        return _("本轮评审将于 %(at)s 开始。") % {"at": f"{opens_at:%Y-%m-%d %H:%M}"}
    if closes_at and now >= closes_at:
        return _("本轮评审已于 %(at)s 截止，不能再保存评分。如需延期请联系组委会。") % {
            "at": f"{closes_at:%Y-%m-%d %H:%M}"
        }
    return ""


def why_not_closed(short: Mapping[str, int]) -> str:
    """The sentence that names the entries still short of reviews ("" = none)."""
    if not short:
        return ""
    return ngettext(
        "还有 %(n)s 件作品缺评审，共缺 %(reviews)s 份：%(names)s。请催办或增派专家；确需结束请写明理由。",
        "还有 %(n)s 件作品缺评审，共缺 %(reviews)s 份：%(names)s。请催办或增派专家；确需结束请写明理由。",
        len(short),
    ) % {"n": len(short), "reviews": sum(short.values()), "names": name_some(short)}


def shortfall_sentence(short: Mapping[str, int], experts: int) -> str:
    """What is short after an assignment, in numbers, and what would mend it ("" = nothing)."""
    if not short:
        return ""
    return _(
        "%(experts)s 位专家不够用：%(n)s 件作品共缺 %(reviews)s 份评审（%(names)s）。"
        "请邀请相应学科且无回避关系的专家，或提高专家的最大评审量，再补充分配。"
    ) % {"experts": experts, "n": len(short), "reviews": sum(short.values()), "names": name_some(short)}


def coverage_sentence(uncovered: Mapping[str, list[str]]) -> str:
    """Which entries lack which kind of expert ("" = none)."""
    if not uncovered:
        return ""
    names = "、".join(
        _("%(name)s 缺%(kinds)s") % {"name": name, "kinds": "、".join(str(ExpertKind(kind).label) for kind in kinds)}
        for name, kinds in sorted(uncovered.items())[:8]
    )
    return _("%(n)s 件作品的专家组成不满足要求（%(names)s）。请邀请相应类别的专家，或在专家库中补填专家类别。") % {
        "n": len(uncovered),
        "names": names,
    }


def name_some(short: Mapping[str, int], limit: int = 8) -> str:
    worst = sorted(short.items(), key=lambda item: (-item[1], item[0]))
    names = "、".join(_("%(name)s 缺 %(n)s 份") % {"name": name, "n": n} for name, n in worst[:limit])
    return _("%(names)s 等") % {"names": names} if len(worst) > limit else names
