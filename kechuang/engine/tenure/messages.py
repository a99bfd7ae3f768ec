"""Who is told of a report: the holder before and after its day, the office when it is handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from kechuang.base.messages import notify
from kechuang.orgs.models import Membership, Org
from kechuang.orgs.rules import BY_OFFICE, roles_by_office

if TYPE_CHECKING:
    from kechuang.engine.honours.models import Honour
    from kechuang.engine.tenure.models import Report, SpotCheck, StudioMember
    from kechuang.orgs.actor import Actor

HANDED_IN = mark("%(name)s 提交了%(report)s")
HANDED_IN_THEN = mark("“%(name)s”（%(number)s）提交了%(report)s，请审核：通过，或写明要改什么后退回。")
ACCEPTED = mark("%(report)s已通过")
ACCEPTED_THEN = mark("“%(name)s”（%(number)s）的%(report)s已通过审核。%(reason)s")
RETURNED = mark("%(report)s被退回修改")
RETURNED_WHY = mark("“%(name)s”（%(number)s）的%(report)s要修改：%(reason)s\n改好后请重新提交，截止日期 %(due)s。")
OPENED = mark("可以填写%(report)s了，%(due)s 截止")
NEAR = mark("%(report)s将于 %(due)s 截止")
LATE = mark("%(report)s已逾期，请尽快提交")
WAITS = mark("“%(name)s”（%(number)s）的%(report)s还没有提交，截止日期 %(due)s。逾期会记入年度检查。")
REMINDERS = {"opened": OPENED, "near": NEAR, "late": LATE}


def holders(honour: Honour) -> list[Any]:
    """The accounts of whoever holds an honour: the person, or the office of the organisation."""
    if honour.person is not None:
        return [honour.person.user] if honour.person.user_id else []
    offices = [role for role, granted in BY_OFFICE.items() if "application.edit" in granted]
    return _users(honour.org, offices)


def _users(org: Org, roles: Any) -> list[Any]:
    held = Membership.objects.current().filter(org=org, role__in=roles, person__user__isnull=False)
    return [membership.person.user for membership in held.select_related("person__user")]


def _words(report: Report) -> dict[str, Any]:
    honour = report.honour
    return {"name": honour.name, "number": honour.number, "reason": report.reason, "due": report.due_on.isoformat()}


def _tell(users: list[Any], kind: str, title: str, body: str, report: Report, by: Any = None, once: str = "") -> int:
    words = _words(report)

    def said(sentence: str) -> Any:
        return lambda: _(sentence) % {**words, "report": report.label}

    return notify(
        users, f"report.{kind}", title=said(title), body=said(body), url=f"/reports/{report.public_id}/",
        about=report.honour, by=by, once=once,
    )  # fmt: skip


def tell_handed_in(report: Report, by: Actor) -> None:
    _tell(_users(report.office, roles_by_office("honour.check")), "handed_in", HANDED_IN, HANDED_IN_THEN, report, by)


def tell_decided(report: Report, by: Actor) -> None:
    title, body = (ACCEPTED, ACCEPTED_THEN) if report.state == "accepted" else (RETURNED, RETURNED_WHY)
    _tell(holders(report.honour), report.state, title, body, report, by)


def remind(report: Report, occasion: str) -> int:
    """Once for each report, its day and the occasion ("opened", "near", "late")."""
    once = f"report:{report.pk}:{report.due_on}:{occasion}"
    return _tell(holders(report.honour), occasion, REMINDERS[occasion], WAITS, report, once=once)


CHECKED = mark("抽查结论：%(result)s")
CHECKED_WHAT = mark("%(day)s 对“%(name)s”（%(number)s）的抽查结论：%(result)s。%(remark)s")


def tell_checked(check: SpotCheck, by: Actor) -> None:
    words = {
        "name": check.honour.name, "number": check.honour.number, "remark": check.remark,
        "day": check.visited_on.isoformat() if check.visited_on else "",
    }  # fmt: skip

    def said(sentence: str) -> Any:
        return lambda: _(sentence) % {**words, "result": check.get_result_display()}

    notify(
        holders(check.honour), "honour.checked", title=said(CHECKED), body=said(CHECKED_WHAT),
        url=f"/office/honours/{check.honour.number}/", about=check.honour, by=by,
    )  # fmt: skip


INVITED = mark("%(leader)s 邀请您加入工作室")
INVITED_WHAT = mark(
    "“%(leader)s”（%(title)s）邀请您加入工作室。%(task)s\n同意后，您的姓名会出现在工作室的公开页面上；随时可以退出。"
)
ANSWERED = mark("%(name)s：%(state)s")
ANSWERED_WHAT = mark("您邀请“%(name)s”加入工作室，对方的答复：%(state)s。")


def tell_invited(row: StudioMember, by: Actor) -> None:
    honour = row.honour
    users = [row.person.user] if row.person.user_id else []

    def said(sentence: str) -> Any:
        return lambda: _(sentence) % {"leader": honour.name, "title": _(honour.title), "task": row.task}

    notify(
        users, "studio.invited", title=said(INVITED), body=said(INVITED_WHAT), url=f"/studios/{row.public_id}/",
        about=honour, by=by,
    )  # fmt: skip


def tell_of_answer(row: StudioMember, by: Actor) -> None:
    def said(sentence: str) -> Any:
        return lambda: _(sentence) % {"name": row.person.name, "state": row.get_state_display()}

    notify(
        holders(row.honour), "studio.answered", title=said(ANSWERED), body=said(ANSWERED_WHAT),
        url=f"/office/honours/{row.honour.number}/", about=row.honour, by=by,
    )  # fmt: skip
