"""Reminders before a deadline: three days and one day ahead, to whoever can still do the thing.

Each looks at how things stand now, so a reminder stops by itself when the thing is done. `once` names person, thing,
deadline and distance: however often and however many workers run this, nobody reads it twice, and an extended deadline
reminds anew.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kechuang.base import clock
from kechuang.base.jobs import Progress, enqueue, job
from kechuang.base.messages import notify
from kechuang.engine.applications import tallies
from kechuang.engine.applications.asking import answerers
from kechuang.engine.applications.messages import team_users
from kechuang.engine.applications.models import Application
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.rules import at_the_deadline, in_words, step_times
from kechuang.engine.enums import CallState, RoundState
from kechuang.engine.publicity.models import Objection
from kechuang.engine.publicity.rules import OPEN_OBJECTIONS
from kechuang.engine.reviews.actions.rounds import users_of
from kechuang.engine.reviews.models import ReviewRound
from kechuang.engine.reviews.queries.progress import pending_by_reviewer
from kechuang.orgs.models import Membership, Org, User
from kechuang.orgs.queries import missing_consents
from kechuang.orgs.rules import roles_by_office

AHEAD = (1, 3)
"""Days before a deadline."""
CHUNK = 200
QUEUES = (
    ("endorse", "submitted", "application.endorse"),
    ("recommend", "endorsed", "application.recommend"),
    ("screen", "recommended", "application.screen"),
)


@dataclass(frozen=True)
class Due:
    """A deadline that is near enough to remind of."""

    at: datetime
    days: int

    def once(self, kind: str, pk: object) -> str:
        return f"{kind}:{pk}:{self.at:%Y%m%d%H%M}:{self.days}"

    @property
    def words(self) -> dict[str, Any]:
        return {"at": in_words(self.at), "left": _left(self.at)}


def _left(at: datetime) -> str:
    hours = max(1, int((at - clock.now()).total_seconds() // 3600))
    if hours >= 24:
        return ngettext("%(n)s 天", "%(n)s 天", hours // 24) % {"n": hours // 24}
    return ngettext("%(n)s 小时", "%(n)s 小时", hours) % {"n": hours}


def due(at: datetime | None) -> Due | None:
    """The nearest distance that `at` lies within; nothing once it is past or still far."""
    if at is None or at <= clock.now():
        return None
    days = next((days for days in AHEAD if at - clock.now() <= timedelta(days=days)), 0)
    return Due(at, days) if days else None


def enqueue_reminders() -> None:
    """At most one at a time; nothing in the night."""
    if 7 <= clock.now().hour < 22:
        enqueue("engine.remind", key="engine.remind")


@job("engine.remind", title=_("截止前提醒"))
def remind(progress: Progress) -> dict[str, int]:
    """All reminders that are due now. Safe to repeat."""
    sent = {"applications": 0, "queues": 0, "reviews": 0, "objections": 0}
    for call in Call.objects.filter(state=CallState.PUBLISHED).select_related("org").order_by("pk"):
        sent["applications"] += _teams(call, progress)
        sent["queues"] += _queues(call)
    for round in ReviewRound.objects.filter(state=RoundState.OPEN).select_related("call__org").order_by("pk"):
        sent["reviews"] += _experts(round)
    sent["objections"] = _objections()
    return sent


def _said(sentence: Callable[[], str], words: Callable[[], dict[str, Any]]) -> Callable[[], str]:
    return lambda: sentence() % words()


# --- teams -------------------------------------------------------------------------------------------------------


def _teams(call: Call, progress: Progress) -> int:
    """Drafts and returned entries before applying closes, asked-for papers before screening closes, missing consents."""
    count = 0
    for states, at in (
        (("draft", "returned"), call.closes_at),
        (("incomplete",), step_times(call, "screen")[1]),
    ):
        if near := due(at):
            rows = Application.objects.filter(call=call, state__in=states).order_by("pk")
            for part in _chunks(rows):
                count += sum(_team(application, call, near) for application in part)
                count += _consents(call, part, near)
                progress.check_stopped()
    return count


def _chunks(rows: Any) -> Iterator[list[Application]]:
    """By primary key, so that what is sent in between moves no page."""
    rows = rows.select_related("call", "created_by").prefetch_related(
        "members__person__user", "members__person__pupil", "advisers__person__user"
    )
    last = 0
    while part := list(islice(rows.filter(pk__gt=last), CHUNK)):
        yield part
        last = part[-1].pk


def _team(application: Application, call: Call, near: Due) -> int:
    users = team_users(application)
    words = {"title": str(application), "call": application.call.title}
    return notify(
        users, "reminder.entry", title=_said(lambda: _("还有 %(left)s 截止：“%(title)s”还没有提交"), lambda: words | near.words),
        body=_said(lambda: _("“%(call)s”将于 %(at)s 截止，“%(title)s”还没有提交。请打开申报，补齐缺的内容后提交；不想参加了可以撤回。\n\n到截止时间会怎样：\n%(rules)s"),
                   lambda: words | near.words | {"rules": _rules(call, application.state)}),
        url=f"/applications/{application.public_id}/edit/", about=application, once=near.once("entry", application.pk),
    )  # fmt: skip


def _rules(call: Call, state: str) -> str:
    return "\n".join(f"· {sentence}" for sentence in at_the_deadline(call, state))


def _consents(call: Call, part: Iterable[Application], near: Due) -> int:
    members = [member for application in part for member in application.members.all()]
    lacking = missing_consents({member.person_id for member in members}, call.plan.consents)
    return sum(_consent(call, member, near) for member in members if member.person_id in lacking)


def _consent(call: Call, member: Any, near: Due) -> int:
    words = {"name": member.person.name, "call": call.title}
    return notify(
        answerers(member), "reminder.consent", title=_said(lambda: _("还有 %(left)s 截止：%(name)s 的参赛同意还没有答复"), lambda: words | near.words),
        body=_said(lambda: _("%(name)s 要参加“%(call)s”，%(at)s 截止。请阅读说明后选择同意或不同意；不同意也可以，只是不能参加。"),
                   lambda: words | near.words),
        url="/desk/", about=member.person, once=near.once(f"consent:{call.pk}", member.person_id),
    )  # fmt: skip


# --- offices -----------------------------------------------------------------------------------------------------


def _queues(call: Call) -> int:
    count = 0
    for step, state, permission in QUEUES:
        if near := due(step_times(call, step)[1]):
            for org, n in _waiting(call, state):
                count += _queue(call, org, n, (step, state, permission), near)
    return count


def _waiting(call: Call, state: str) -> list[tuple[Org, int]]:
    """Where entries wait in a state: per school, per district, or with whoever runs the call."""
    if state == "recommended":
        n = tallies.by_state([call], [call.org.path])[call.pk][state]
        return [(call.org, n)] if n > 0 else []
    counts = tallies.waiting(call, state, by_school=state == "submitted")
    orgs = Org.objects.select_related("parent").in_bulk(counts)
    found = []
    for pk, n in counts.items():
        org = orgs[pk]
        found.append((call.org if org.is_line else org, n))
    return found


def _queue(call: Call, org: Org, n: int, queue: tuple[str, str, str], near: Due) -> int:
    step, state, permission = queue
    officers = User.objects.filter(is_active=True, person__in=_holders(org, permission).values("person"))
    words = {"call": call.title, "n": n, "step": ""}

    def filled() -> dict[str, Any]:
        name = next((_(s.name) for s in call.plan.steps if s.code == step), "")
        return words | near.words | {"step": name}

    return notify(
        list(officers), "reminder.queue",
        title=_said(lambda: ngettext("还有 %(left)s：%(n)s 件等您办理（%(step)s）", "还有 %(left)s：%(n)s 件等您办理（%(step)s）", n), filled),
        body=_said(lambda: _("“%(call)s”的%(step)s将于 %(at)s 截止，截止后不能再办理。现在还有 %(n)s 件在等。"), filled),
        url=f"/office/calls/{call.slug}/applications/?state={state}", about=call, once=near.once(f"queue:{step}:{org.pk}", call.pk),
    )  # fmt: skip


def _holders(org: Org, permission: str) -> Any:
    return Membership.objects.current().filter(Q(org=org), role__in=roles_by_office(permission))


# --- experts and objections --------------------------------------------------------------------------------------


def _experts(round: ReviewRound) -> int:
    near = due(round.closes_at)
    if near is None:
        return 0
    pending = pending_by_reviewer(round)
    return sum(_expert(round, user, reviewer, pending[reviewer], near) for reviewer, user in users_of(pending).items())


def _expert(round: ReviewRound, user: Any, reviewer: int, n: int, near: Due) -> int:
    def filled() -> dict[str, Any]:
        return {"n": n, "round": _(round.plan.name)} | near.words

    return notify(
        user, "reminder.review", title=_said(lambda: ngettext("还有 %(left)s：%(n)s 件等您评分", "还有 %(left)s：%(n)s 件等您评分", n), filled),
        body=_said(lambda: _("“%(round)s”将于 %(at)s 截止，还有 %(n)s 件等您评分。来不及请尽早告诉组委会。"), filled),
        url="/reviews/", about=round, once=near.once(f"review:{reviewer}", round.pk),
    )  # fmt: skip


def _objections() -> int:
    last = clock.today() + timedelta(days=max(AHEAD))
    rows = Objection.objects.filter(state__in=OPEN_OBJECTIONS, due_on__lte=last).select_related(
        "notice__decision__call__org", "handler"
    )
    return sum(_objection(row) for row in rows.order_by("pk"))


def _objection(objection: Objection) -> int:
    near = due(clock.end_of(objection.due_on))
    if near is None:
        return 0
    org = objection.notice.decision.call.org
    handlers = (
        [objection.handler]
        if objection.handler
        else list(User.objects.filter(is_active=True, person__in=_holders(org, "objection.handle").values("person")))
    )
    words = {"number": objection.number}
    return notify(
        handlers, "reminder.objection", title=_said(lambda: _("还有 %(left)s：异议 %(number)s 要答复"), lambda: words | near.words),
        body=_said(lambda: _("异议 %(number)s 的答复期限是 %(at)s，还没有答复。"), lambda: words | near.words),
        url=f"/office/objections/{objection.number}/", about=objection, once=near.once("objection", objection.pk),
    )  # fmt: skip
