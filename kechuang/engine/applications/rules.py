"""Pure rules of an application: what is missing, what a team may be, what an answer may look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kechuang.engine.programme.codec import digest
from kechuang.engine.programme.declaration import Pledge, Programme, Question, TeamRule
from kechuang.orgs.enums import Stage, stage_of_grade

if TYPE_CHECKING:
    from kechuang.engine.applications.models import Adviser, Application, TeamMember

INSISTING = ("draft", "submitted", "endorsed", "recommended", "screened")
"""The road of an application; a question required from one of these is required from there on."""


def is_shown(question: Question, answers: Mapping[str, Any], stage: str) -> bool:
    """Whether the question is asked at all: of this stage, and with its condition met."""
    if question.stages and stage not in question.stages:
        return False
    if question.show_if is None:
        return True
    given = answers.get(question.show_if.question)
    given = given if isinstance(given, list) else [given]
    wanted = set(question.show_if.values)
    return any(str(value) in wanted for value in given if value is not None)


def is_required(question: Question, state: str) -> bool:
    """`required_from` names the first state that insists."""
    if not question.required_from or question.kind == "statement":
        return False
    order = {name: n for n, name in enumerate(INSISTING)}
    return order.get(state, len(order)) >= order.get(question.required_from, 1)


def missing_answers(plan: Programme, application: Application, attached: Mapping[str, int], state: str) -> list[str]:
    """Labels of what `state` insists on and is not there: the basic facts, then the form in its order."""
    missing = [label for name, label in basics(plan).items() if not getattr(application, name).strip()]
    if (
        (application.stage or not plan.stages)
        and application.discipline
        and not division_of(plan, application.stage, application.discipline)
    ):
        missing.append(_("学科（现在所选的不属于这个学段）"))
    for question in plan.questions():
        if not is_required(question, state) or not is_shown(question, application.answers, application.stage):
            continue
        if is_blank(question, application.answers.get(question.code), attached.get(question.code, 0)):
            missing.append(_(question.label))
    return missing


def basics(plan: Programme) -> dict[str, str]:
    """The facts that every entry of the programme has, with what the programme calls them."""
    words = plan.words
    found = {"title": _(words.title), "abstract": _(words.abstract)}
    if plan.stages:
        found["stage"] = _("学段")
    return found | {"discipline": _(words.kind)}


def is_blank(question: Question, value: Any, attached: int) -> bool:
    if question.kind in {"file", "files"}:
        return attached == 0
    return value is None or value == "" or value == []


def written_elsewhere(stood: Mapping[str, Any], wanted: Mapping[str, Any], was: Mapping[str, Any]) -> list[str]:
    """Names of the fields that somebody else changed as well: what stood is neither what is wanted nor what its writer began with."""
    return [
        name
        for name, value in wanted.items()
        if plain(value) != plain(stood.get(name)) and plain(was.get(name)) != plain(stood.get(name))
    ]


def plain(value: Any) -> Any:
    """A value to compare: without the spaces around it, and nothing is nothing however it is written."""
    return value.strip() if isinstance(value, str) else value or ""


def answer_problem(question: Question, value: Any) -> str:
    """Why `value` cannot be the answer ("" = it can). Blank is never a problem here: drafts stay easy."""
    if is_blank(question, value, 1):
        return ""
    check = _CHECKS.get(question.kind)
    return check(question, value) if check else ""


def _text(question: Question, value: Any) -> str:
    if not isinstance(value, str):
        return _("“%(label)s”应为文字。") % {"label": _(question.label)}
    if question.max_length and len(value) > question.max_length:
        return _("“%(label)s”最多 %(max)s 字，现在是 %(now)s 字。") % {
            "label": _(question.label),
            "max": question.max_length,
            "now": len(value),
        }
    return ""


def _number(question: Question, value: Any) -> str:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return _("“%(label)s”应为数字。") % {"label": _(question.label)}
    if question.minimum is not None and number < question.minimum:
        return _("“%(label)s”不能小于 %(n)s。") % {"label": _(question.label), "n": f"{question.minimum:g}"}
    if question.maximum is not None and number > question.maximum:
        return _("“%(label)s”不能大于 %(n)s。") % {"label": _(question.label), "n": f"{question.maximum:g}"}
    return (
        ""
        if number == number and abs(number) != float("inf")
        else _("“%(label)s”应为数字。") % {"label": _(question.label)}
    )


def _date(question: Question, value: Any) -> str:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return _("“%(label)s”应为日期，例如 2026-11-24。") % {"label": _(question.label)}
    return ""


def _choice(question: Question, value: Any) -> str:
    chosen = value if isinstance(value, list) else [value]
    if any(choice not in question.choices for choice in chosen):
        return _("“%(label)s”的选项不在可选范围内。") % {"label": _(question.label)}
    return ""


def _yes_no(question: Question, value: Any) -> str:
    return "" if value in ("yes", "no") else _("“%(label)s”请选择“是”或“否”。") % {"label": _(question.label)}


def _url(question: Question, value: Any) -> str:
    fine = isinstance(value, str) and value.startswith(("https://", "http://")) and len(value) <= 500
    return "" if fine else _("“%(label)s”应为以 https:// 开头的网址。") % {"label": _(question.label)}


def _table(question: Question, value: Any) -> str:
    width = len(question.columns)
    fine = (
        isinstance(value, list)
        and len(value) <= 200
        and all(isinstance(row, list) and len(row) == width for row in value)
    )
    return "" if fine else _("“%(label)s”的表格行列不对，请刷新页面后重填。") % {"label": _(question.label)}


_CHECKS = {
    "text": _text,
    "long_text": _text,
    "number": _number,
    "date": _date,
    "choice": _choice,
    "choices": _choice,
    "yes_no": _yes_no,
    "url": _url,
    "table": _table,
}


@lru_cache(maxsize=256)
def pledge_digest(pledge: Pledge) -> str:
    """What was signed: a changed text must be signed anew."""
    return digest([pledge.code, pledge.name, pledge.text])


def team_problem(
    plan: Programme, application: Application, members: Sequence[TeamMember], advisers: Sequence[Adviser]
) -> str:
    """CASTIC entry rules 2021 (domain.md §2.3): 1–3 pupils of one stage, at most two advisers. Imported entries may have no names."""
    rule = plan.team
    if not members:
        return "" if application.imported or plan.applicant != "team" else _("请至少添加一名参赛学生。")
    if sentence := _size_problem(rule, len(members), len(advisers)):
        return sentence
    stages = {stage_of_grade(member.grade) for member in members}
    if rule.one_stage and len(stages) > 1:
        return _("团队成员须同属一个学段（小学、初中或高中）。")
    if stages != {application.stage}:
        return _("作品的学段是“%(a)s”，与学生的年级不符。") % {
            "a": Stage(application.stage).label if application.stage else _("未选")
        }
    if len(members) > 1 and any(not member.share.strip() for member in members):
        return _("团队作品须写明每名成员各自承担的工作。")
    return ""


def _size_problem(rule: TeamRule, members: int, advisers: int) -> str:
    if members > rule.max_members:
        return _("团队最多 %(max)s 名学生，现在有 %(now)s 名。") % {"max": rule.max_members, "now": members}
    if advisers > rule.max_advisers:
        return _("指导教师最多 %(max)s 名，现在有 %(now)s 名。") % {"max": rule.max_advisers, "now": advisers}
    return ""


def division_of(plan: Programme, stage: str, discipline: str) -> str:
    """Division code `stage.discipline`, or "" while either is open or they do not go together."""
    return f"{stage}.{discipline}" if (stage, discipline) in plan.divisions() else ""


def division_name(plan: Programme, division: str) -> str:
    """“初中 · 物理学” for `junior.PH`; the kind alone where there are no stages."""
    stage, _dot, code = division.partition(".")
    if (stage, code) not in plan.divisions():
        return division
    if not stage:
        return _(plan.discipline(code).name)
    return _("%(stage)s · %(discipline)s") % {"stage": Stage(stage).label, "discipline": _(plan.discipline(code).name)}
