"""What the landing page of a call tells, in the order in which people ask: what, for whom, until when, how, how judged."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kechuang.engine.calls.models import Call
from kechuang.engine.calls.rules import step_times
from kechuang.engine.enums import CallState
from kechuang.engine.programme.declaration import Programme
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role, Stage
from kechuang.web.templatetags._words import moment_words, time_left

APPLICANTS = frozenset({Role.PUPIL, Role.TEACHER, Role.PARTNER_OFFICER})
BEFORE, OPEN, CLOSED = "before", "open", "closed"


@dataclass(frozen=True)
class DivisionRow:
    """Stages that share their disciplines, and these disciplines."""

    stages: str
    disciplines: str


def phase(call: Call, now: datetime) -> str:
    """Where the application window stands: before, open or closed."""
    if call.state == CallState.PUBLISHED and call.opens_at <= now < call.closes_at:
        return OPEN
    return BEFORE if call.state == CallState.PUBLISHED and now < call.opens_at else CLOSED


def may_begin(call: Call, actor: Actor, now: datetime) -> bool:
    """Whether the button 开始申报 stands on the page of this visitor."""
    return phase(call, now) == OPEN and bool(actor.roles & APPLICANTS)


def dated_steps(call: Call, now: datetime) -> list[dict[str, Any]]:
    """Every step with its dates in words, for the timeline component."""
    rows, is_now_taken = [], False
    for step in call.plan.steps:
        opens, closes = step_times(call, step.code)
        state = _state(opens, closes, now, is_now_taken)
        is_now_taken = is_now_taken or state == "now"
        left = f" · {time_left(closes, now)}" if state == "now" and closes else ""
        begins = call.opens_at if rows else None
        rows.append({"title": _(step.name), "note": f"{_dates(opens, closes, begins)}{left}", "state": state})
    return rows


def _dates(opens: datetime | None, closes: datetime | None, begins: datetime | None) -> str:
    """A later step that opens with the call itself is known by its end."""
    if opens and closes and opens != begins:
        return _("%(a)s 至 %(b)s") % {"a": moment_words(opens), "b": moment_words(closes)}
    if closes:
        return _("%(b)s 前") % {"b": moment_words(closes)}
    return _("%(a)s 起") % {"a": moment_words(opens)} if opens else _("时间另行公布")


def _state(opens: datetime | None, closes: datetime | None, now: datetime, is_now_taken: bool) -> str:
    """One step is "now": the first that is open; the others that are open already wait for it."""
    if closes and now >= closes:
        return "done"
    return "now" if opens and opens <= now and closes and not is_now_taken else "next"


def divisions(plan: Programme) -> list[DivisionRow]:
    groups: dict[tuple[str, ...], list[str]] = {}
    for discipline in plan.disciplines:
        groups.setdefault(discipline.stages, []).append(_(discipline.name))
    return [DivisionRow(_stages(stages), "、".join(names)) for stages, names in groups.items()]


def _stages(stages: tuple[str, ...]) -> str:
    return "、".join(str(Stage(stage).label) for stage in stages)


def stage_names(plan: Programme) -> str:
    return _stages(plan.stages)


def team_words(plan: Programme) -> str:
    facts = {"n": plan.team.max_members, "a": plan.team.max_advisers}
    if plan.team.max_members == 1:
        return _("个人申报，指导教师不超过 %(a)s 名。") % facts
    return _("1 至 %(n)s 名学生组队，指导教师不超过 %(a)s 名。") % facts


def prize_rows(plan: Programme) -> list[tuple[str, str]]:
    """Prize and the share of the awarded that it goes to."""
    return [
        (_(prize.name), _("约占获奖作品的 %(n)s%%") % {"n": round(prize.share * 100)}) for prize in plan.prizes.prizes
    ]


def cap_words(plan: Programme) -> str:
    return _("获奖作品总数不超过参评作品的 %(n)s%%。") % {"n": round(plan.prizes.cap * 100)}
