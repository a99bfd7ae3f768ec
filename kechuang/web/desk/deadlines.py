"""One's own deadlines, for the calendar: of one's entries, queues, rounds, defences and objections.

Nobody else's name stands in them: a calendar is shown on phones and shared with families.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.engine.applications.journey import STEP_OF_STATE, next_date
from kechuang.engine.applications.models import Application
from kechuang.engine.calls.queries import calls_in_office
from kechuang.engine.calls.rules import step_times
from kechuang.engine.enums import CallState
from kechuang.engine.models import DefenceSlot, GuestVisit, Objection, ReviewRound
from kechuang.engine.publicity.rules import OPEN_OBJECTIONS
from kechuang.engine.tenure.queries.reports import owed_by
from kechuang.engine.visits.queries import coming_visits
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.web.officer.queue.filters import own_moves

KEPT = timedelta(days=60)
"""How long a past deadline stays in the calendar."""
BEFORE = timedelta(minutes=30)
MOST = 200


@dataclass(frozen=True)
class Deadline:
    """`key` stays the same when the time moves, so that the calendar moves the event instead of adding one."""

    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    url: str
    place: str = ""


def deadlines_of(actor: Actor) -> list[Deadline]:
    since = clock.now() - KEPT
    found = {
        one.key: one
        for one in [
            *_entries(actor),
            *_queues(actor),
            *_judging(actor),
            *_objections(actor),
            *_reports(actor),
            *_visits(actor),
        ]
    }
    return sorted((one for one in found.values() if one.ends_at > since), key=lambda one: (one.ends_at, one.key))


def _closing(key: str, title: str, at: datetime | None, url: str) -> Iterable[Deadline]:
    if at is not None:
        yield Deadline(key, title, at - BEFORE, at, url)


def _entries(actor: Actor) -> Iterable[Deadline]:
    """What the team itself must do in time, and when its defence is."""
    rows = Application.objects.own(actor).filter(state__in=("draft", "returned", "incomplete", "in_defence"))
    for application in rows.select_related("call__org").order_by("-pk")[:MOST]:
        url = f"/applications/{application.public_id}/"
        if application.state != "in_defence":
            title = _("截止：%(call)s") % {"call": application.call.named}
            step = STEP_OF_STATE[application.state]
            yield from _closing(f"{step}-{application.call_id}", title, next_date(application), url)
    slots = DefenceSlot.objects.filter(
        entry__application__in=Application.objects.own(actor).filter(state="in_defence").values("pk")
    )
    for slot in slots.select_related("panel", "entry__application__call"):
        application = slot.entry.application
        title = _("问辩：%(call)s") % {"call": application.call.named}
        url = f"/applications/{application.public_id}/"
        yield Deadline(f"defence-{application.pk}", title, slot.starts_at, slot.ends_at, url, slot.panel.room)


def _reports(actor: Actor) -> Iterable[Deadline]:
    """The reports that the own titles owe now."""
    for report in owed_by(actor, clock.today()):
        title = _("截止：%(call)s") % {"call": report.label}
        yield from _closing(f"report-{report.pk}", title, clock.end_of(report.due_on), f"/reports/{report.public_id}/")


def _visits(actor: Actor) -> Iterable[Deadline]:
    """Agreed visits that the actor makes or accompanies."""
    return [deadline_of_visit(visit) for visit in coming_visits(actor, (clock.now() - KEPT).date())]


def deadline_of_visit(visit: GuestVisit) -> Deadline:
    title, place = _("到校：%(topic)s") % {"topic": visit.topic}, f"{visit.org.name} {visit.place}"
    key, url = f"guest-visit-{visit.public_id}", f"/guest-visits/{visit.public_id}/"
    return Deadline(key, title, visit.starts_at, visit.ends_at, url, place)


def _queues(actor: Actor) -> Iterable[Deadline]:
    """The steps that an office must have done with."""
    if not actor.paths("application.view"):
        return
    for call in calls_in_office(actor).filter(state=CallState.PUBLISHED):
        for step in dict.fromkeys(move.step for move in own_moves(call, actor)):
            name = next((_(one.name) for one in call.plan.steps if one.code == step), "")
            title = _("截止：%(step)s · %(call)s") % {"step": name, "call": call.named}
            url = f"/office/calls/{call.slug}/applications/"
            yield from _closing(f"{step}-{call.pk}", title, step_times(call, step)[1], url)


def _judging(actor: Actor) -> Iterable[Deadline]:
    if Role.EXPERT not in actor.roles or actor.person is None:
        return
    rounds = ReviewRound.objects.filter(round_reviewers__reviewer__person=actor.person).exclude(state="planned")
    for round in rounds.select_related("call").defer("assignment_record", "timetable_record"):
        title = _("截止：%(round)s 评分") % {"round": f"{round.call} · {_(round.plan.name)}"}
        yield from _closing(f"round-{round.pk}", title, round.closes_at, "/reviews/")
    slots = DefenceSlot.objects.filter(panel__reviewers__person=actor.person).select_related("panel", "entry")
    for slot in slots.order_by("-starts_at")[:MOST]:
        title = _("问辩：%(alias)s") % {"alias": slot.entry.alias}
        yield Deadline(f"panel-{slot.entry_id}", title, slot.starts_at, slot.ends_at, "/reviews/", slot.panel.room)


def _objections(actor: Actor) -> Iterable[Deadline]:
    if not actor.paths("objection.handle"):
        return
    rows = Objection.objects.visible_to(actor, "objection.handle").filter(state__in=OPEN_OBJECTIONS)
    for row in rows.order_by("due_on")[:MOST]:
        title = _("答复期限：异议 %(number)s") % {"number": row.number}
        yield from _closing(f"objection-{row.pk}", title, clock.end_of(row.due_on), f"/office/objections/{row.number}/")


# --- the feed ----------------------------------------------------------------------------------------------------


def feed(deadlines: Iterable[Deadline], name: str) -> bytes:
    """The calendar as iCalendar (RFC 5545)."""
    from icalendar import Calendar  # noqa: PLC0415 -- slow import

    calendar = Calendar()
    calendar.add("prodid", "-//Kechuang//deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for deadline in deadlines:
        calendar.add_component(_event(deadline))
    return bytes(calendar.to_ical())


def _event(deadline: Deadline) -> Any:
    from icalendar import Alarm, Event  # noqa: PLC0415 -- slow import

    event = Event()
    event.add("uid", f"{deadline.key}@{settings.SITE_URL.split('://')[-1].split(':')[0]}")
    event.add("summary", deadline.title)
    event.add("dtstart", _utc(deadline.starts_at))
    event.add("dtend", _utc(deadline.ends_at))
    event.add("dtstamp", _utc(clock.now()))
    event.add("url", f"{settings.SITE_URL}{deadline.url}")
    if deadline.place:
        event.add("location", deadline.place)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", deadline.title)
    alarm.add("trigger", -timedelta(days=1))
    event.add_component(alarm)
    return event


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
