"""What concerns those who keep the platform: jobs and letters that failed, calendars, sign-ins, the audit chain."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Min
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.enums import JobState, MailState
from kechuang.base.models import AuditEntry, AuditHead, Job, Mail
from kechuang.base.prepared import Prepared
from kechuang.base.workdays import years_with_table
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Membership, User
from kechuang.web.desk.tasks import Task
from kechuang.web.navigation import address

WARN_FROM_MONTH = 11
"""The State Council publishes next year's holidays in November; from then on a missing table is asked for."""
LATELY = timedelta(days=7)
_FAILED_JOBS: Prepared[Any] = Prepared(
    lambda: (
        Job.objects.filter(state=JobState.FAILED)
        .order_by()
        .values("state")
        .annotate(n=Count("pk"), oldest=Min("finished_at"))
        .values_list("n", "oldest")
    )
)


def tasks(actor: Actor) -> list[Task]:
    return [*failed_jobs(actor), *missing_holidays(actor)]


def failed_jobs(actor: Actor) -> list[Task]:
    if not actor.paths("job.view"):
        return []
    seen = _FAILED_JOBS.first()
    if seen is None:
        return []
    n, oldest = seen
    url = f"{address('jobs')}?state=failed"
    return [
        Task(
            _("后台任务没有成功"),
            url,
            _("去看原因"),
            n,
            "",
            oldest,
            icon="alert-triangle",
            tone="danger",
        )
    ]


def missing_holidays(actor: Actor) -> list[Task]:
    if not actor.paths("holiday.edit"):
        return []
    today = clock.today()
    wanted = [today.year] + [today.year + 1] * (today.month >= WARN_FROM_MONTH)
    known = years_with_table()
    return [
        Task(
            _("还没有 %(year)s 年的节假日安排，公示期无法计算") % {"year": year}, f"{address('holidays')}?year={year}",
            _("去录入"), icon="calendar", tone="danger", counts=False,
        )
        for year in wanted
        if year not in known
    ]  # fmt: skip


def figures(actor: Actor) -> list[dict[str, Any]]:
    """A few numbers per administrator, each with the page behind it."""
    found: list[dict[str, Any]] = []
    if actor.has_role(Role.SYSTEM_ADMIN):
        found += _operator()
    if actor.has_role(Role.SECURITY_ADMIN):
        found += _security()
    if actor.has_role(Role.AUDITOR):
        found += _audit()
    return found


def _operator() -> list[dict[str, Any]]:
    states = dict(Job.objects.filter(state__in=Job.LIVE).order_by().values_list("state").annotate(n=Count("pk")))
    letters = Mail.objects.filter(state=MailState.FAILED).count()
    return [
        {
            "label": _("正在执行的任务"),
            "value": states.get(JobState.RUNNING, 0),
            "unit": _("项"),
            "url": address("jobs"),
        },
        {"label": _("排队的任务"), "value": states.get(JobState.QUEUED, 0), "unit": _("项"), "url": address("jobs")},
        {"label": _("没有发出的邮件"), "value": letters, "unit": _("封"), "url": address("jobs")},
    ]


def _security() -> list[dict[str, Any]]:
    lately = Membership.objects.filter(granted_at__gte=clock.now() - LATELY).count()
    blocked = User.objects.filter(is_active=False).count()
    return [
        {"label": _("近 7 天新授权"), "value": lately, "unit": _("项"), "url": address("people")},
        {"label": _("已停用的账号"), "value": blocked, "unit": _("个"), "url": address("people")},
    ]


def _audit() -> list[dict[str, Any]]:
    today = AuditEntry.objects.filter(at__gte=clock.start_of(clock.today())).count()
    head = AuditHead.objects.first()
    return [
        {"label": _("今天的操作记录"), "value": today, "unit": _("条"), "url": address("audit")},
        {"label": _("已封存到第"), "value": head.seq if head else 0, "unit": _("条"), "url": address("audit")},
    ]
