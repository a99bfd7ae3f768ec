"""What the landing page of a call tells, in the order in which people ask: what, for whom, until when, how, how judged."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kechuang.base.names import listed
from kechuang.engine.applications.applicants import entering_orgs
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.rules import step_times
from kechuang.engine.enums import CallState
from kechuang.engine.programme.declaration import Prize, Programme, Question
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Stage
from kechuang.web.templatetags._words import moment_words, time_left

BEFORE, OPEN, CLOSED = "before", "open", "closed"


@dataclass(frozen=True)
class DivisionRow:
    """Stages that share their disciplines, and these disciplines."""

    stages: str
    disciplines: str


def phase(call: Call, now: datetime) -> str:
    """Where the application window stands: before, open or closed."""
    if call.is_open_at(now):
        return OPEN
    return BEFORE if call.state == CallState.PUBLISHED and now < call.opens_at else CLOSED


def may_begin(call: Call, actor: Actor, now: datetime) -> bool:
    """Whether the button 开始申报 stands on the page of this visitor."""
    return phase(call, now) == OPEN and bool(entering_orgs(actor, call.plan))


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
    return [DivisionRow(_stages(stages), listed(names)) for stages, names in groups.items()]


def _stages(stages: tuple[str, ...]) -> str:
    return listed(Stage(stage).label for stage in stages)


def stage_names(plan: Programme) -> str:
    return _stages(plan.stages)


def team_words(plan: Programme) -> str:
    """Who applies, in one sentence."""
    if plan.nominated:
        return _("由学校或教育行政部门提名，不由个人或单位自行申报。")
    if plan.may_nominate:
        return _("由本人申报，也可以由所在单位推荐并填写。")
    if plan.applicant != "team":
        return {
            "school": _("以学校名义申报，由学校管理员或工作小组组长填写。"),
            "organisation": _("以单位名义申报，由单位管理员填写。"),
            "person": _("由本人申报。"),
        }[plan.applicant]
    facts = {"n": plan.team.max_members, "a": plan.team.max_advisers}
    if plan.team.max_members == 1:
        return _("个人申报，指导教师不超过 %(a)s 名。") % facts
    return _("1 至 %(n)s 名学生组队，指导教师不超过 %(a)s 名。") % facts


def prize_rows(plan: Programme) -> list[tuple[str, str]]:
    """Prize and the points it takes, or the share of the awarded that it goes to."""
    return [(_(prize.name), _prize_words(prize, plan)) for prize in plan.prizes.prizes]


def _prize_words(prize: Prize, plan: Programme) -> str:
    if prize.least is not None:
        return _("%(n)s 分以上") % {"n": f"{prize.least:g}"}
    facts = {"n": round(prize.share * 100)}
    return _("约占获奖作品的 %(n)s%%") % facts if plan.applicant == "team" else _("约占入选的 %(n)s%%") % facts


def cap_words(plan: Programme) -> str:
    """How many may be awarded: a share of the entries, or whoever reaches the points."""
    if any(prize.least is not None for prize in plan.prizes.prizes):
        return _("达到规定分数的都可以认定，不设名额。")
    if plan.applicant != "team":
        return _("入选总数不超过参评总数的 %(n)s%%。") % {"n": round(plan.prizes.cap * 100)}
    return _("获奖作品总数不超过参评作品的 %(n)s%%。") % {"n": round(plan.prizes.cap * 100)}


@dataclass(frozen=True)
class Paper:
    """A file to prepare: its name, whether it must be there, what it may be."""

    name: str
    is_needed: bool
    words: str


def papers(plan: Programme) -> list[Paper]:
    """What a team prepares before it begins to fill in."""
    files = [q for section in plan.form for q in section.questions if q.kind in {"file", "files"}]
    return [Paper(_(q.label), bool(q.required_from), _paper_words(q)) for q in files]


def _paper_words(question: Question) -> str:
    facts = {"kinds": listed(question.file_types).upper(), "size": question.max_megabytes, "n": question.max_files}
    if question.max_files > 1:
        return _("%(kinds)s，最多 %(n)s 个，每个不超过 %(size)s MB") % facts
    return _("%(kinds)s，不超过 %(size)s MB") % facts


def questions(call: Call) -> list[tuple[str, str]]:
    """What people ask of a call, answered from its own rules, so that no answer contradicts them."""
    plan = call.plan
    is_team = plan.applicant == "team"
    needed = "；".join(f"{paper.name}（{paper.words}）" for paper in papers(plan) if paper.is_needed)
    return [
        (_("一个人可以报名吗？最多几个人？") if is_team else _("由谁来申报？"), team_words(plan)),
        (_("可以报几件作品？") if is_team else _("可以申报几份？"), _entries_words(plan)),
        (_("要交哪些材料？"), needed or _("没有必交的材料。")),
        *[(_("需要签什么承诺？"), "；".join(_(pledge.name) for pledge in plan.pledges))][: len(plan.pledges)],
        (_("评委会知道作者是谁吗？") if is_team else _("专家会知道是谁申报的吗？"), _blind_words(plan)),
        (_("多少作品能获奖？") if is_team else _("名额有多少？"), cap_words(plan)),
        (_("对结果有异议怎么办？"), _("名单公示 %(n)s 个工作日，公示期内任何人都可以实名提出异议，%(m)s 个工作日内答复。")
         % {"n": plan.notice.working_days, "m": plan.notice.answer_working_days}),
        (_("要交钱吗？获奖能加分吗？"), _("全程不收费；获奖结果不作为中小学招生入学依据。")),
    ]  # fmt: skip


def _entries_words(plan: Programme) -> str:
    if plan.applicant != "team":
        n = plan.entries_each
        return ngettext("最多提交 %(n)d 份。", "最多提交 %(n)d 份。", n) % {"n": n} if n else _("数量不限。")
    n = plan.team.entries_per_pupil
    return ngettext("每名学生只能参加 %(n)d 件作品。", "每名学生最多参加 %(n)d 件作品。", n) % {"n": n}


def _blind_words(plan: Programme) -> str:
    blind = "、".join(_(round_.name) for round_ in plan.rounds if round_.blind)
    if not blind:
        return (
            _("评审时专家能看到作者。与作者有利害关系的专家须回避。")
            if plan.applicant == "team"
            else _("专家能看到是谁申报的。与申报者有利害关系的专家须回避。")
        )
    return _("%(rounds)s匿名进行：专家看不到姓名和学校，请不要写在标题、正文、文件名里。") % {"rounds": blind}
