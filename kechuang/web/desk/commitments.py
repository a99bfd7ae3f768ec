"""On the desk of holders and of their partners: what an honour asks of them while it lasts."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.engine.partnerships.queries import ANSWER, ending, waiting_for
from kechuang.engine.tenure.queries.reports import owed_by, waiting_in
from kechuang.engine.tenure.queries.studio import own_invitations
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.web.desk.tasks import Task


def tasks(actor: Actor) -> list[Task]:
    return [*_partnerships(actor), *_reports(actor), *_to_read(actor), *_invitations(actor)]


def _partnerships(actor: Actor) -> Iterable[Task]:
    """Questions that wait for the own word, and agreements that end."""
    if not actor.paths(ANSWER):
        return
    for row in waiting_for(actor):
        over = row.application.call.named if row.application else _("续签合作协议")
        yield Task(
            _("请答复：%(org)s 请您单位合作") % {"org": row.holder}, reverse("partnership", args=[row.public_id]),
            _("去答复"), over=over, since=row.asked_at, until=row.application.call.closes_at if row.application else None,
            icon="building-community", tone="warning", counts=False,
        )  # fmt: skip
    for agreement in ending(actor, clock.today()):
        yield Task(
            _("合作协议快到期了"), reverse("agreement", args=[agreement.number]), _("看协议"),
            over=f"{agreement.honour.org} – {agreement.partner}", until=clock.end_of(agreement.until), icon="file-text",
            counts=False,
        )  # fmt: skip


def _reports(actor: Actor) -> Iterable[Task]:
    """What the own titles owe now, late or handed back first of all."""
    if Role.TEACHER not in actor.roles and not actor.paths(ANSWER):
        return
    for report in owed_by(actor, clock.today()):
        is_back, is_late, words = report.state == "returned", report.is_late, {"report": report.label}
        title = (
            _("%(report)s被退回修改")
            if is_back
            else _("%(report)s已逾期，请尽快提交")
            if is_late
            else _("请填写%(report)s")
        )
        day = clock.end_of(report.due_on)
        yield Task(
            title % words, reverse("report_edit", args=[report.public_id]), _("看理由并修改") if is_back else _("去填写"),
            over=f"{report.honour.name} · {_(report.honour.title)}", until=None if is_late else day, since=day if is_late else None,
            icon="file-text", tone="warning" if is_back or is_late else "", counts=False,
        )  # fmt: skip


def _to_read(actor: Actor) -> Iterable[Task]:
    """Of an office: reports that wait for its word, and those that should have come."""
    found = waiting_in(actor, clock.today())
    if not found:
        return
    (n, since), (late, due) = found["submitted"], found["late"]
    if n:
        yield Task(
            _("报告待审核"), f"{reverse('reports')}?state=submitted", _("去审核"), n, since=since, icon="file-text"
        )
    if late:
        yield Task(
            _("报告逾期没有提交"), f"{reverse('reports')}?state=late", _("去看看"), late, since=clock.end_of(due),
            icon="alert-triangle", tone="warning",
        )  # fmt: skip


def _invitations(actor: Actor) -> Iterable[Task]:
    """Studios that ask a teacher in."""
    if Role.TEACHER not in actor.roles:
        return
    for row in own_invitations(actor).filter(state="invited"):
        yield Task(
            _("请答复：%(name)s 邀请您加入工作室") % {"name": row.honour.name}, reverse("studio_invitation", args=[row.public_id]),
            _("去答复"), over=_(row.honour.title), since=row.invited_at, icon="users-group", counts=False,
        )  # fmt: skip
