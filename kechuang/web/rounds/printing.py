"""What a defence needs on paper and in calendars: judges' sheets, everybody's own slip, iCalendar."""

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.engine.applications.models import Adviser, TeamMember
from kechuang.engine.models import DefenceSlot, ReviewRound
from kechuang.engine.reviews import queries
from kechuang.web.desk.deadlines import Deadline, feed
from kechuang.web.rounds.pages import RoundPage
from kechuang.web.rounds.timetable import by_room

CALENDAR = "text/calendar; charset=utf-8"


class JudgeSheets(RoundPage):
    """A sheet for each panel with room to write on: time, number, title, and the criteria of the rubric."""

    template = "rounds/judge_sheets.html"

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.panel_round_at(slug, code)
        experts = {panel.pk: [r.person.name for r in panel.reviewers.all()] for panel in queries.panels_of(round)}
        stages = dict(round.entries.values_list("alias", "application__stage"))
        groups = [
            group
            | {
                "experts": experts.get(group["panel_id"], []),
                "criteria": criteria_of(round, {stages.get(slot.alias, "") for slot in group["slots"]}),
            }
            for group in by_room(queries.timetable_of(round))
        ]
        return self.page(round, "timetable", groups=groups)


def criteria_of(round: ReviewRound, stages: set[str]) -> list[tuple[str, str]]:
    """(name, points) of the criteria that the panel's entries are judged by, each once."""
    rubrics = [round.call.plan.rubric_for(stage, round.code) for stage in sorted(stages)]
    found = {c.code: (_(c.name), f"{c.points:g}") for rubric in rubrics for c in rubric.criteria}
    return list(found.values())


@dataclass
class Slip:
    """One person and every defence they must come to."""

    name: str
    school: str
    slots: list[DefenceSlot] = field(default_factory=list)


class DefenceSlips(RoundPage):
    """A slip for each pupil and adviser, to be cut and handed out by the school: where to be, and when."""

    template = "rounds/slips.html"

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.panel_round_at(slug, code)
        return self.page(round, "timetable", slips=slips_of(round))


def slips_of(round: ReviewRound) -> list[Slip]:
    """By school and name; a pupil in two entries has both on one slip. A fixed number of queries."""
    rows = DefenceSlot.objects.filter(panel__round=round).select_related("panel", "entry__application__org")
    slot_of = {row.entry.application_id: row for row in rows.order_by("starts_at")}
    found: dict[int, Slip] = {}
    for model in (TeamMember, Adviser):
        people = model.objects.filter(application__in=slot_of).select_related("person").order_by("application_id", "pk")
        for row in people:
            slot = slot_of[row.application_id]
            slip = found.setdefault(row.person_id, Slip(row.person.name, slot.entry.application.org.name))
            slip.slots.append(slot)
    for slip in found.values():
        slip.slots.sort(key=lambda slot: slot.starts_at)
    return sorted(found.values(), key=lambda slip: (slip.school, slip.slots[0].starts_at, slip.name))


class TimetableCalendar(RoundPage):
    """The whole timetable, or one panel's, as iCalendar: numbers and rooms, nobody's name."""

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.panel_round_at(slug, code)
        rows = queries.timetable_of(round)
        chosen = request.GET.get("panel", "")
        if chosen:
            rows = [row for row in rows if str(row.panel_id) == chosen]
        if not rows:
            raise Http404
        url = reverse("timetable", args=[slug, code])
        events = [
            event(row.alias, row.panel, row.room, row.starts_at, row.ends_at, f"defence-{round.pk}-{row.alias}", url)
            for row in rows
        ]
        name = f"{round.call.title} {rows[0].panel if chosen else _('问辩时间')}"
        return calendar(feed(events, name), name)


def event(alias: str, panel: str, room: str, starts_at: datetime, ends_at: datetime, key: str, url: str) -> Deadline:
    title = _("问辩：%(alias)s") % {"alias": f"{alias} · {panel}"}
    return Deadline(key, title, starts_at, ends_at, url, room)


def calendar(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=CALENDAR)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.ics"
    response.headers["Cache-Control"] = "private, no-store"
    return response
