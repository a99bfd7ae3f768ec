"""Rules of a call: when its steps are open, and what the law asks before it is published (domain.md §2.1)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.engine.enums import CallState
from kechuang.engine.programme.validation import problems

if TYPE_CHECKING:
    from kechuang.engine.calls.models import Call


def step_times(call: Call, code: str) -> tuple[datetime | None, datetime | None]:
    """Opening and closing time of a step; the step `apply` is the call's own two columns once it is published."""
    step = call.plan.step(code)
    if step is None:
        return None, None
    return _parsed(step.opens_at), _parsed(step.closes_at)


def _parsed(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def why_step_is_shut(call: Call, code: str, now: datetime) -> str:
    """The sentence that says why step `code` may not be taken now ("" = it may). The server's clock decides."""
    if not code:
        return ""
    if call.state == CallState.DRAFT:
        return _("本次申报还没有发布。")
    step = call.plan.step(code)
    opens, closes = step_times(call, code)
    if step and opens and now < opens:
        return _("“%(step)s”将于 %(at)s 开始，现在还不能办理。") % {"step": _(step.name), "at": in_words(opens)}
    if step and closes and now >= closes:
        return _(
            "“%(step)s”已于 %(at)s 截止（以服务器时间为准，现在是 %(now)s），不能再办理。如有特殊情况请联系主办单位。"
        ) % {
            "step": _(step.name),
            "at": in_words(closes),
            "now": in_words(now),
        }
    return ""


def at_the_deadline(call: Call, state: str = "draft") -> list[str]:
    """What happens when applying closes, in plain words, as the engine does it: for somebody whose entry is in `state`.

    `why_step_is_shut` refuses by the server's clock without any grace; only what screening asks for may still come after it.
    """
    if call.closes_at is None:
        return [_("长期接受申报，没有截止时间；提交后按先后顺序审查。")]
    screen = step_times(call, "screen")[1]
    if state == "incomplete":
        return [
            _("请在这个时间前补齐要求的材料并重新提交；时间一到，系统不再接收，没有宽限。"),
            _("以服务器收到的时间为准，请不要等到最后几分钟。"),
        ]
    found = [
        _("时间一到，系统不再接收提交，没有宽限；以服务器收到的时间为准，不看自己电脑上的钟。"),
        _("已经提交的照常审核，什么都不用做；提交后不能再改，除非学校退回。"),
        _("还没提交的草稿、退回后没有重新提交的，都不算参加；写过的内容和附件还在，可以看，不能再改。"),
        _("附件传完、参赛同意和承诺都齐了才能提交，请至少提前一天检查。"),
    ]
    if screen:
        late = _("截止后只有一种情况还能改：资格审查要求补材料的，可以在 %(at)s 前补交。")
        found.append(late % {"at": in_words(screen)})
    return found


def in_words(at: datetime) -> str:
    return date_format(clock.local(at), "Y-m-d H:i:s" if at.second else "Y-m-d H:i")


def why_not_publishable(call: Call, today: date) -> list[str]:
    """Everything that stands between the draft and its publication, one sentence each."""
    plan = call.plan
    found = [_(text) % params for text, params in problems(plan)]
    if plan.needs_approval_number:
        found += _approval_problems(call, today)
    if call.opens_at is None or (call.closes_at is None and not plan.rolling):
        found.append(_("请填写申报开始时间。") if plan.rolling else _("请填写申报开始和截止时间。"))
    found += [
        _("步骤“%(name)s”还没有截止时间。") % {"name": _(step.name)}
        for step in plan.steps
        if step.code in {"endorse", "recommend", "screen"} and not step.closes_at and not plan.rolling
    ]
    return found


def _approval_problems(call: Call, today: date) -> list[str]:
    """No number, no publishing: 深教规〔2020〕3号; approval holds one year, the contest is held once."""
    if not call.approval_number.strip():
        return [_("没有批准文号，不能发布。面向中小学生的竞赛须先取得主管部门批准（深教规〔2020〕3号）。")]
    if call.approval_from is None or call.approval_until is None:
        return [_("请填写批准文号的有效期。")]
    if not call.approval_from <= today <= call.approval_until:
        return [
            _("今天不在批准文号的有效期内（%(a)s 至 %(b)s），不能发布。")
            % {"a": call.approval_from, "b": call.approval_until}
        ]
    if call.closes_at and clock.local(call.closes_at).date() > call.approval_until:
        return [_("申报截止时间晚于批准文号的有效期（至 %(b)s）。") % {"b": call.approval_until}]
    return []


FORBIDDEN_WORDS = ("报名费", "参赛费", "缴费", "收费标准", "评审费", "工本费", "证书费")
"""零收费 (教监管厅函〔2022〕4号): a call has no fee field, and its form must not ask for one."""


def fee_words(texts: list[str]) -> list[str]:
    """The forbidden words that stand in any of the texts."""
    return [word for word in FORBIDDEN_WORDS if any(word in text for text in texts)]
