"""The desk: what needs this person now, oldest first, with its deadline; then what is under way; then figures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.enums import JobState
from kechuang.base.models import Job
from kechuang.base.workdays import years_with_table
from kechuang.engine.applications.models import Application
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.queries import calls_in_office
from kechuang.engine.calls.rules import step_times
from kechuang.engine.enums import CallState, ObjectionState
from kechuang.engine.publicity.models import Objection
from kechuang.engine.workflow.states import STATES
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role, RosterState
from kechuang.orgs.models import Guardianship, RosterUpload
from kechuang.orgs.scoping import under
from kechuang.web.navigation import address
from kechuang.web.officer.queue.filters import line_of, own_moves
from kechuang.web.views import SIGNED_IN, Page

OWN_PAGES = (
    (Role.GUARDIAN, "guardian"),
    (Role.EXPERT, "reviews"),
    (Role.PUPIL, "applications"),
    (Role.TEACHER, "applications"),
    (Role.PARTNER_OFFICER, "applications"),
)
WARN_FROM_MONTH = 11
"""The State Council publishes next year's holidays in November; from then on a missing table is asked for."""


@dataclass
class Task:
    """One line of “needs you now”."""

    title: str
    url: str
    n: int = 1
    over: str = ""
    since: datetime | None = None
    until: datetime | None = None
    icon: str = "clipboard-list"
    tone: str = ""

    @property
    def days(self) -> int:
        return (clock.now() - self.since).days if self.since else 0


def tasks_of(actor: Actor) -> list[Task]:
    """All that waits for this person: nearest deadline first, then the longest wait."""
    calls = list(calls_in_office(actor)) if actor.paths("application.view") else []
    sources: list[Callable[[], list[Task]]] = [
        lambda: queues(actor, calls), lambda: drafts(actor, calls), lambda: objections(actor), lambda: rosters(actor),
        lambda: guardians(actor), lambda: failed_jobs(actor), lambda: missing_holidays(actor),
    ]  # fmt: skip
    found = [task for source in sources for task in source()]
    far = clock.now().replace(year=clock.now().year + 50)
    return sorted(found, key=lambda task: (task.until or far, task.since or far))


def queues(actor: Actor, calls: list[Call]) -> list[Task]:
    """Applications in a state from which this office makes a forward move; one query for all calls."""
    running = {call.pk: call for call in calls if call.state == CallState.PUBLISHED}
    waiting = {pk: own_moves(call, actor) for pk, call in running.items()}
    rows = Application.objects.official(actor).filter(call__in=running).order_by()
    found = []
    for row in rows.values("call", "state").annotate(n=Count("pk"), oldest=Min("state_since")):
        call, state = running[row["call"]], row["state"]
        moves = [move for move in waiting[call.pk] if state in move.source and not move.undoes]
        if not moves:
            continue
        until = step_times(call, moves[0].step)[1]
        found.append(
            Task(
                _(STATES[state].label),
                f"{address('office_applications', call.slug)}?state={state}",
                row["n"],
                str(call),
                row["oldest"],
                until,
            )
        )
    return found + [task for call in running.values() if (task := line_task(actor, call))]


def line_task(actor: Actor, call: Call) -> Task | None:
    """What the city itself must recommend: the schools of its line."""
    line = line_of(call, actor)
    if line is None:
        return None
    seen = (
        Application.objects.official(actor)
        .filter(call=call, state="endorsed", org__path__startswith=line.path)
        .aggregate(n=Count("pk"), oldest=Min("state_since"))
    )
    url = f"{address('office_applications', call.slug)}?state=endorsed&district={line.pk}"
    return (
        Task(
            _("%(line)s待推荐") % {"line": line.label},
            url,
            seen["n"],
            str(call),
            seen["oldest"],
            step_times(call, "recommend")[1],
        )
        if seen["n"]
        else None
    )


def drafts(actor: Actor, calls: list[Call]) -> list[Task]:
    mine = [call for call in calls if call.state == CallState.DRAFT and actor.can("call.edit", call)]
    return [
        Task(_("通知还没有发布"), address("office_call", call.slug), 1, str(call), call.created_at, icon="speakerphone")
        for call in mine
    ]


def objections(actor: Actor) -> list[Task]:
    if not actor.paths("objection.handle"):
        return []
    open_states = (ObjectionState.RECEIVED, ObjectionState.IN_HANDLING)
    rows = Objection.objects.visible_to(actor, "objection.handle").filter(state__in=open_states)
    n, oldest = rows.count(), rows.order_by("pk").first()
    return (
        [
            Task(
                _("异议待处理"),
                address("objections"),
                n,
                since=getattr(oldest, "received_at", None),
                icon="message-circle",
                tone="warning",
            )
        ]
        if n
        else []
    )


def rosters(actor: Actor) -> list[Task]:
    if not actor.paths("roster.upload"):
        return []
    rows = RosterUpload.objects.visible_to(actor).filter(state=RosterState.CHECKED, by=actor.user)
    return [
        Task(
            _("名册检查完毕，等您导入"),
            address("roster", row.public_id),
            1,
            str(row),
            row.created_at,
            icon="table-import",
        )
        for row in rows[:5]
    ]


def guardians(actor: Actor) -> list[Task]:
    if not actor.has_role(Role.SCHOOL_OFFICER):
        return []
    inside = under("pupil__pupil__school__path", actor.paths("roster.upload"))
    rows = Guardianship.objects.filter(inside, confirmed_at__isnull=True, ended_at__isnull=True)
    seen = rows.aggregate(n=Count("pk"), oldest=Min("created_at"))
    return (
        [
            Task(
                _("监护关系待确认"),
                f"{address('people')}?unconfirmed=1",
                seen["n"],
                since=seen["oldest"],
                icon="user-check",
            )
        ]
        if seen["n"]
        else []
    )


def failed_jobs(actor: Actor) -> list[Task]:
    if not actor.paths("job.view"):
        return []
    seen = Job.objects.filter(state=JobState.FAILED).aggregate(n=Count("pk"), oldest=Min("finished_at"))
    return (
        [
            Task(
                _("后台任务没有成功"),
                f"{address('jobs')}?state=failed",
                seen["n"],
                since=seen["oldest"],
                icon="alert-triangle",
                tone="danger",
            )
        ]
        if seen["n"]
        else []
    )


def missing_holidays(actor: Actor) -> list[Task]:
    if not actor.paths("holiday.edit"):
        return []
    today = clock.today()
    wanted = [today.year] + [today.year + 1] * (today.month >= WARN_FROM_MONTH)
    known = years_with_table()
    return [
        Task(
            _("还没有 %(year)s 年的节假日安排，公示期无法计算") % {"year": year},
            f"{address('holidays')}?year={year}",
            icon="calendar",
            tone="danger",
        )
        for year in wanted
        if year not in known
    ]


class Desk(Page):
    """Whoever signs in lands here; people without an office go on to their own page."""

    permission = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.actor.roles - {role for role, _name in OWN_PAGES}:
            return redirect("office")
        for role, name in OWN_PAGES:
            if role in self.actor.roles and (url := address(name)):
                return redirect(url)
        return self.render("officer/no_role.html")


class Office(Page):
    """The desk of everybody who holds an office: school, district, city, inspection and the three administrators."""

    permission = SIGNED_IN
    template = "officer/desk.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.actor.roles - {role for role, _name in OWN_PAGES}:
            raise PermissionDenied
        calls = list(calls_in_office(self.actor)) if self.actor.paths("application.view") else []
        running = [call for call in calls if call.state == CallState.PUBLISHED]
        return self.render(
            tasks=tasks_of(self.actor),
            running=[self.line(call) for call in running],
            stats=self.stats(running),
            own=self.own_links(),
        )

    def line(self, call: Call) -> dict[str, Any]:
        """Where a running call stands in time, and the next closing."""
        now = clock.now()
        closing = [
            (closes, step) for step in call.plan.steps if (closes := step_times(call, step.code)[1]) and closes > now
        ]
        at, step = min(closing, key=lambda pair: pair[0]) if closing else (None, None)
        return {"call": call, "until": at, "step": _(step.name) if step else ""}

    def stats(self, running: list[Call]) -> list[dict[str, Any]]:
        if not running:
            return []
        rows = Application.objects.official(self.actor).filter(call__in=running)
        counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
        first = ("submitted", "returned")
        later = [state for state in STATES if state not in {*first, "draft", "withdrawn"}]
        return [
            {"label": _("收到申报"), "value": sum(counts.values()), "unit": _("件")},
            {"label": _("还在学校"), "value": sum(counts.get(state, 0) for state in first), "unit": _("件")},
            {"label": _("已报送"), "value": sum(counts.get(state, 0) for state in later), "unit": _("件")},
        ]

    def own_links(self) -> list[dict[str, str]]:
        """Somebody who holds an office may also be a teacher, a parent or an expert."""
        words = {"guardian": _("我的孩子"), "reviews": _("我的评审"), "applications": _("我的申报")}
        names = dict.fromkeys(name for role, name in OWN_PAGES if role in self.actor.roles)
        return [{"label": words[name], "url": url} for name in names if (url := address(name))]
