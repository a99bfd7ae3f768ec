"""The defence's timetable: built, read by room or by time, moved, printed for the doors, shown on the day."""

from collections import defaultdict
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.jobs import enqueue
from kechuang.base.models import Job
from kechuang.base.names import listed
from kechuang.engine.models import DefenceSlot, ReviewRound
from kechuang.engine.reviews import actions, queries
from kechuang.engine.reviews.queries.panels import SlotRow
from kechuang.engine.wording import sentences
from kechuang.web.rounds.forms import BuildForm, SlotForm
from kechuang.web.rounds.pages import RoundPage

INLINE = 150
"""Entries up to which a timetable is built at once; more goes to a job."""


def build_form(round: ReviewRound, data: Any = None) -> BuildForm:
    first = (
        timezone.localdate(round.opens_at)
        if round.opens_at and round.opens_at > clock.now()
        else clock.today() + timedelta(days=1)
    )
    far = [str(pk) for pk in round.timetable_record.get("inputs", {}).get("far", ())]
    initial = {"day": first, "minutes": round.plan.minutes_per_entry, "far": far}
    return BuildForm(data, districts=queries.districts_of(round), initial=initial)


def by_room(rows: list[SlotRow]) -> list[dict[str, Any]]:
    """One table per panel, in the order of time."""
    found: dict[int, list[SlotRow]] = defaultdict(list)
    for row in rows:
        found[row.panel_id].append(row)
    groups = [
        {"title": slots[0].panel, "place": slots[0].room, "panel_id": key, "slots": slots}
        for key, slots in found.items()
    ]
    return sorted(groups, key=lambda group: group["title"])


def by_time(rows: list[SlotRow]) -> list[dict[str, Any]]:
    """One table per day, all panels together."""
    return [
        {"title": day, "place": "", "panel_id": None, "slots": list(slots)}
        for day, slots in groupby(rows, key=lambda row: timezone.localdate(row.starts_at))
    ]


def soft_words(round: ReviewRound) -> dict[str, Any] | None:
    """How good the built timetable is, in words; None before there is one."""
    record = round.timetable_record
    if not record:
        return None
    codes: dict[str, int] = defaultdict(int)
    for message in record["messages"]:
        codes[message["code"]] += 1
    return record | {
        "made": datetime.fromisoformat(record["made_at"]),
        "same_school": codes["timetable.same_school"],
        "far": codes["timetable.far_early"],
        "lunch": codes["timetable.lunch"],
        "moved": len(record["moves"]),
    }


class Timetable(RoundPage):
    template = "rounds/timetable.html"

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.panel_round_at(slug, code)
        return self.show(round, build_form(round))

    def show(self, round: ReviewRound, form: BuildForm, status: int = 200) -> HttpResponse:
        rows = queries.timetable_of(round)
        way = "time" if self.request.GET.get("by") == "time" else "room"
        unplaced = list(round.entries.standing().filter(slot__isnull=True).values_list("alias", "application__title"))
        return self.page(
            round, "timetable", status=status, form=form, groups=by_time(rows) if way == "time" else by_room(rows), way=way, count=len(rows),
            made=soft_words(round), job=live_job(round), unplaced=unplaced, has_panels=round.panels.exists(), is_fixed=round.assignments.submitted().exists(),
        )  # fmt: skip


class Build(Timetable):
    abstract = False
    permission = "round.manage"
    http_method_names = ("post",)

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.panel_round_at(slug, code)
        form = build_form(round, request.POST)
        if not form.is_valid():
            return self.show(round, form, status=422)
        facts = form.cleaned_data
        if round.entries.count() > INLINE:
            return self.done(self.hand_over(round, form), "timetable", slug, code)
        built = actions.build_timetable(
            round, start=form.start, minutes=facts["minutes"], hours=form.hours, far=form.far, by=self.actor
        )
        return self.done(sentence_of(built), "timetable", slug, code)

    def hand_over(self, round: ReviewRound, form: BuildForm) -> str:
        args = {
            "round": round.pk, "by": self.actor.user.pk if self.actor.user else 0, "start": form.start.isoformat(),
            "minutes": form.cleaned_data["minutes"], "hours": asdict(form.hours), "far": form.far,
        }  # fmt: skip
        enqueue("reviews.build_timetable", args=args, by=self.actor, scope_path=round.scope_path, key=job_key(round))
        return _("作品较多，已交后台排定，完成后本页会显示结果。")


def job_key(round: ReviewRound) -> str:
    return f"reviews.build_timetable:{round.pk}"


def live_job(round: ReviewRound) -> Job | None:
    """The job that builds this timetable, or the last one if it failed."""
    last = Job.objects.filter(key=job_key(round)).order_by("-pk").first()
    return last if last and last.state in {"queued", "running", "failed"} else None


def sentence_of(built: Any) -> str:
    ends = f"{clock.local(built.ends_at):%m-%d %H:%M}" if built.ends_at else ""
    words = {
        "placed": built.placed,
        "ends": ends,
        "left": listed(built.unplaced[:8]),
        "why": " ".join(sentences(built.messages[:3])),
    }
    if built.unplaced:
        return _("排好 %(placed)s 件；没有排上：%(left)s。%(why)s") % words
    return _("%(placed)s 件全部排好，%(ends)s 结束。") % words


class Doors(RoundPage):
    """A list for each door, made to be printed."""

    template = "rounds/doors.html"

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.panel_round_at(slug, code)
        experts = {panel.pk: [r.person.name for r in panel.reviewers.all()] for panel in queries.panels_of(round)}
        groups = [
            group | {"experts": experts.get(group["panel_id"], [])} for group in by_room(queries.timetable_of(round))
        ]
        return self.page(round, "timetable", groups=groups)


class SlotMove(RoundPage):
    """Move one entry to another panel or time; nobody else moves."""

    template = "rounds/slot.html"

    def get(self, request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
        round = self.panel_round_at(slug, code)
        slot = self.slot(round, pk)
        return self.show(
            round,
            slot,
            slot_form(round, initial={"panel": slot.panel_id, "starts_at": clock.local(slot.starts_at)}),
        )

    def post(self, request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
        round = self.panel_round_at(slug, code)
        slot, form = self.slot(round, pk), slot_form(round, request.POST)
        if not form.is_valid():
            return self.show(round, slot, form, status=422)
        try:
            moved = actions.move_slot(slot, by=self.actor, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.sentence)
            return self.show(round, slot, form, status=422)
        words = {
            "alias": moved.entry.alias,
            "panel": moved.panel.name,
            "at": f"{clock.local(moved.starts_at):%m-%d %H:%M}",
        }
        return self.done(_("%(alias)s 已调整到“%(panel)s”，%(at)s 开始。") % words, "timetable", slug, code)

    def slot(self, round: ReviewRound, pk: int) -> DefenceSlot:
        slot: DefenceSlot = self.find(
            DefenceSlot.objects.filter(panel__round=round).select_related("panel", "entry__application__org"), pk=pk
        )
        return slot

    def show(self, round: ReviewRound, slot: DefenceSlot, form: SlotForm, status: int = 200) -> HttpResponse:
        places = queries.free_places_of(round, slot.entry.alias)
        ids = dict(round.panels.values_list("name", "pk"))
        free = [(place, ids[place.panel]) for place in places]
        return self.page(round, "timetable", status=status, slot=slot, form=form, free=free)


def slot_form(round: ReviewRound, data: Any = None, **words: Any) -> SlotForm:
    form = SlotForm(data, **words)
    form.fields["panel"].queryset = round.panels.order_by("name")
    return form
