"""The day of the defence: the board in the corridor, and the page on which a room's steward marks who goes in and out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.engine.applications.rules import division_name
from kechuang.engine.models import DefenceSlot, Panel, ReviewRound
from kechuang.engine.reviews import queries
from kechuang.engine.reviews.actions import day as acts
from kechuang.engine.reviews.queries.expected import DONE, INSIDE, WAITING, Expected, expected
from kechuang.engine.reviews.queries.panels import SlotRow
from kechuang.engine.reviews.queries.progress import DivisionProgress, panel_progress
from kechuang.orgs.actor import Actor
from kechuang.web.rounds.pages import RoundPage
from kechuang.web.rounds.timetable import by_room
from kechuang.web.views import Page

NEXT_SHOWN = 4


@dataclass(frozen=True)
class Place:
    """One defence with what to expect of it."""

    slot: SlotRow
    expected: Expected

    @property
    def is_today(self) -> bool:
        return timezone.localdate(self.slot.starts_at) == clock.today()


@dataclass(frozen=True)
class Room:
    """`waiting` are those still to come today, in their order."""

    panel_id: int
    title: str
    place: str
    inside: Place | None
    waiting: list[Place]
    places: list[Place]
    later: datetime | None

    @property
    def coming(self) -> list[Place]:
        return self.waiting[:NEXT_SHOWN]

    @property
    def late(self) -> int:
        return self.waiting[0].expected.late if self.waiting else 0


def rooms_of(rows: list[SlotRow], now: datetime) -> list[Room]:
    return [_room(group, now) for group in by_room(rows)]


def _room(group: dict[str, Any], now: datetime) -> Room:
    slots: list[SlotRow] = sorted(group["slots"], key=lambda slot: slot.starts_at)
    places = [Place(slot, one) for slot, one in zip(slots, expected(slots, now), strict=True)]
    waiting = [place for place in places if place.expected.state == WAITING]
    return Room(
        panel_id=group["panel_id"], title=group["title"], place=group["place"],
        inside=next((place for place in places if place.expected.state == INSIDE), None),
        waiting=[place for place in waiting if place.is_today],
        places=[place for place in places if place.is_today or place.expected.state != DONE],
        later=waiting[0].expected.starts_at if waiting else None,
    )  # fmt: skip


class Today(RoundPage):
    """For the corridor, on the day: who is in, who is next, who is late, per room. Numbers and titles only, no pupil's name."""

    template = "rounds/today.html"

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round, now = self.panel_round_at(slug, code), clock.now()
        template = "rounds/_rooms.html" if getattr(request, "htmx", False) else ""
        rooms = rooms_of(queries.timetable_of(round), now)
        return self.render(template, round=round, plan=round.plan, call=round.call, rooms=rooms, now=now)


# --- marking -----------------------------------------------------------------------------------------------------


def mark(slot: DefenceSlot, act: str, minutes: str, by: Actor) -> str:
    """One tap of the steward; the sentence that says what holds now."""
    alias = {"alias": slot.entry.alias}
    if act == "start":
        acts.start_defence(slot, by=by)
        return _("%(alias)s 已进场。") % alias
    if act == "finish":
        acts.finish_defence(slot, by=by)
        return _("%(alias)s 已结束。") % alias
    if act == "undo":
        acts.unmark_defence(slot, by=by)
        return _("%(alias)s 的上一步登记已撤销。") % alias
    if act == "delay" and minutes.isdecimal():
        acts.delay_defence(slot, int(minutes), by=by)
        return _("%(alias)s 和它后面的作品推迟 %(n)s 分钟。") % {**alias, "n": int(minutes)}
    raise Refused(_("请填写推迟多少分钟，例如 10。"))


class Day(RoundPage):
    """All rooms, for the organiser."""

    template = "rounds/day.html"

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.panel_round_at(slug, code)
        return self.page(round, "timetable", rooms=rooms_of(queries.timetable_of(round), clock.now()), now=clock.now())

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.panel_round_at(slug, code)
        slot = self.find(DefenceSlot.objects.filter(panel__round=round).select_related("entry"), pk=_number(request))
        sentence = mark(slot, request.POST.get("act", ""), request.POST.get("minutes", ""), self.actor)
        return self.done(sentence, "defence_day", slug, code)


class OwnRoom(Page):
    """One room, for the experts who sit in it."""

    permission = "review.score"
    template = "reviewer/room.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        panel = self.panel_at(pk)
        rows = [row for row in queries.timetable_of(panel.round) if row.panel_id == panel.pk]
        return self.render(panel=panel, rooms=rooms_of(rows, clock.now()), now=clock.now())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        panel = self.panel_at(pk)
        slot = self.find(panel.slots.select_related("entry"), pk=_number(request))
        sentence = mark(slot, request.POST.get("act", ""), request.POST.get("minutes", ""), self.actor)
        return self.done(sentence, "own_room", panel.pk)

    def panel_at(self, pk: int) -> Panel:
        if self.actor.person is None:
            raise Http404
        mine = Panel.objects.filter(reviewers__person=self.actor.person).exclude(round__state="planned")
        panel: Panel = self.find(mine.select_related("round__call__org"), pk=pk)
        return panel


def _number(request: HttpRequest) -> int:
    text = request.POST.get("slot", "")
    return int(text) if text.isdecimal() else 0


# --- the round, live ---------------------------------------------------------------------------------------------


class Live(RoundPage):
    """For the organiser's wall: how far the round is, by division or panel, who is late, where scores lie far apart."""

    template = "rounds/live.html"

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.round_at(slug, code)
        template = "rounds/_live.html" if getattr(request, "htmx", False) else ""
        return self.render(
            template, round=round, plan=round.plan, call=round.call, now=clock.now(), **live_facts(round)
        )


def live_facts(round: ReviewRound) -> dict[str, Any]:
    """By a fixed number of queries."""
    progress, experts = queries.round_progress(round), queries.reviewer_progress(round)
    late = [line for line in experts if line.pending]
    return {
        "progress": progress,
        "left": max(0, progress.wanted - progress.submitted),
        "divisions": _groups(round),
        "late": late[:12],
        "late_more": max(0, len(late) - 12),
        "alarms": queries.spread_alarms(round)[:8],
        "percent": round_percent(progress.submitted, progress.wanted),
    }


def _groups(round: ReviewRound) -> list[tuple[str, DivisionProgress]]:
    """By panel on the day of the defence, else by division."""
    if round.plan.kind == "panel":
        return [(line.division or _("还没有排时间"), line) for line in panel_progress(round)]
    return [(division_name(round.call.plan, line.division), line) for line in queries.division_progress(round)]


def round_percent(part: int, whole: int) -> int:
    return min(100, part * 100 // whole) if whole else 0
