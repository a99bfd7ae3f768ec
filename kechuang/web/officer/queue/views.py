"""The list of one call: for a school to endorse, a district to recommend, the city to screen. One page, the same moves as everywhere."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.base import audit
from kechuang.base.enums import FileKind
from kechuang.base.errors import Refused
from kechuang.base.files import accept
from kechuang.base.tables.reading import MAX_BYTES
from kechuang.engine.applications import bulk
from kechuang.engine.applications.guards import counted_places
from kechuang.engine.applications.models import Application, ApplicationQuerySet
from kechuang.engine.applications.paging import neighbour, slice_of
from kechuang.engine.applications.rules import division_name
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.queries import quota_use
from kechuang.engine.calls.rules import step_times
from kechuang.engine.workflow.states import STATES
from kechuang.engine.workflow.workflow import Move
from kechuang.orgs.enums import Stage
from kechuang.web.officer.queue import sheets
from kechuang.web.officer.queue.acts import XLSX, QueuePage
from kechuang.web.officer.queue.filters import (
    COLUMNS,
    Listing,
    desk_moves,
    districts_in,
    line_of,
    own_moves,
    schools_in,
    waiting_states,
)
from kechuang.web.officer.queue.rows import rows_of, values_of
from kechuang.web.officer.queue.saved import PAGE, Shelf, shelf_of, unit_of

PER_PAGE = 100
PASSED_OVER = ("not_endorsed", "not_recommended")
SORT_WORDS = (
    ("waiting", _l("等待最久")),
    ("received", _l("最早提交")),
    ("-received", _l("最近提交")),
    ("title", _l("作品名称")),
    ("school", _l("学校")),
    ("division", _l("组别")),
)


class OfficeApplications(QueuePage):
    template = "officer/applications.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        shelf = shelf_of(self.actor)
        if not request.GET and (first := first_query(call, self.actor, shelf)):
            return redirect(f"{request.path}?{first}")
        moves = desk_moves(call, self.actor)
        listing = Listing(call, self.actor, request.GET)
        view = shelf.open_view(listing.text)
        listing.chosen = shelf.columns(view)
        counts, shown_moves = listing.counts.by_state, offered(moves, listing)
        page = slice_of(
            values_of(listing.rows, listing.columns, listing.sort), listing.sort, size=PER_PAGE,
            after=request.GET.get("after", ""), before=request.GET.get("before", ""),
        )  # fmt: skip
        districts = districts_in(self.actor, call)
        schools = schools_in(listing, districts)
        names = {org.pk: org.label for org in (*districts, *schools)}
        return self.render(
            call=call, listing=listing, total=listing.counts.total, rows=rows_of(page.rows, listing, selectable=bool(shown_moves)), moves=shown_moves,
            previous_url=listing.with_(before=page.before) if page.before else "", next_url=listing.with_(after=page.after) if page.after else "",
            tabs=tabs(listing, counts, shelf), view=view, own_view=view is not None and shelf.is_own(view), opens=shelf.first, unit=unit_of(self.actor),
            chips=listing.chips(names), columns=[{"name": n, "label": COLUMNS[n], "on": n in listing.columns} for n in COLUMNS],
            states=[{"name": n, "label": STATES[n].label, "n": counts[n], "on": n in listing.wanted["state"]} for n in STATES if counts[n]],
            districts=districts, schools=schools, stages=[(s, Stage(s).label) for s in call.plan.stages], disciplines=call.plan.disciplines,
            sorts=SORT_WORDS, meter=meter(call, self.actor, moves), deadline=deadline(call, own_moves(call, self.actor)),
            may_export=bool(self.actor.paths("export.make")), asks_reason=any(move.needs_reason for move in shown_moves),
        )  # fmt: skip


def first_query(call: Call, actor: Any, shelf: Shelf) -> str:
    """What the list opens with: the officer's own choice, else what waits for the office."""
    if shelf.first is not None:
        return shelf.first.query or "sort=waiting"
    return _states(waiting_states(own_moves(call, actor)))


def offered(moves: list[Move], listing: Listing) -> list[Move]:
    """The moves that make sense for what is filtered; without a state filter, all of them."""
    states = set(listing.wanted["state"])
    return [move for move in moves if not states or states.intersection(move.source)]


def tabs(listing: Listing, counts: Mapping[str, int], shelf: Shelf) -> list[dict[str, Any]]:
    """Waiting for us, what we decided, everything, then the officer's own saved views and those of the unit."""
    base = reverse(PAGE, args=[listing.call.slug])
    moves = own_moves(listing.call, listing.actor)
    waiting = waiting_states(moves)
    decided = sorted({move.target for move in moves if not move.undoes} - set(waiting), key=list(STATES).index)
    groups = [
        (_("等我办理"), waiting),
        (_("已办"), decided),
        (_("未推荐名单"), [state for state in PASSED_OVER if counts[state]]),
        (_("全部"), list(STATES)),
    ]
    given = set(listing.wanted["state"])
    found = [
        {
            "label": label,
            "url": f"{base}?{_states(states)}",
            "count": sum(counts[s] for s in states),
            "active": given == set(states),
        }
        for label, states in groups
        if states
    ]
    found[-1] |= {"url": f"{base}?sort=waiting", "active": not given}
    if line := line_of(listing.call, listing.actor):
        found.insert(1, {"label": _("%(line)s待推荐") % {"line": line.label}, "url": f"{base}?state=endorsed&district={line.pk}", "count": None,
                         "active": given == {"endorsed"} and listing.wanted["district"] == line.pk})  # fmt: skip
    return found + [view_tab(view, base, listing, shelf) for view in shelf.views]


def view_tab(view: Any, base: str, listing: Listing, shelf: Shelf) -> dict[str, Any]:
    label = view.name if shelf.is_own(view) else _("%(name)s（共享）") % {"name": view.name}
    url = f"{base}?{view.query or 'sort=waiting'}"
    return {"label": label, "url": url, "count": None, "active": view.query == listing.text}


def _states(states: list[str]) -> str:
    return "&".join(f"state={state}" for state in states)


def meter(call: Call, actor: Any, moves: list[Move]) -> list[dict[str, Any]]:
    """Places used and left, for the offices that recommend."""
    if not any("within_quota" in move.guards for move in moves):
        return []
    paths = actor.paths("application.recommend")
    used = quota_use(call, counted_places(call))
    lines = [line for line in used if any(line.org.path.startswith(path) for path in paths)]
    return [
        {"org": line.org, "label": division_name(call.plan, line.division) if line.division else _("全部组别"), "places": line.places,
         "used": line.used, "left": line.left, "tone": "danger" if line.left < 0 else "warning" if line.left == 0 else "primary"}
        for line in lines
    ]  # fmt: skip


def deadline(call: Call, moves: list[Move]) -> dict[str, Any] | None:
    """The earliest closing time among the steps that wait for this office."""
    steps = {move.step for move in moves if not move.undoes}
    closing = [(closes, call.plan.step(code)) for code in steps if (closes := step_times(call, code)[1])]
    if not closing:
        return None
    at, step = min(closing, key=lambda pair: pair[0])
    return {"at": at, "label": _(step.name) if step else ""}


class OfficeNeighbour(QueuePage):
    """The previous or next application of the list that the officer came from."""

    def get(self, request: HttpRequest, slug: str, public_id: str, way: str) -> HttpResponse:
        listing = self.listing(slug, request.GET)
        here: Application = self.find(listing.scope.select_related("org"), public_id=public_id)
        rows = listing.rows.select_related("org").defer("answers", "abstract")
        there = neighbour(rows, listing.sort, here, backwards=way == "previous")
        if there is None:
            return self.done(_("列表到头了。"), f"{reverse(PAGE, args=[slug])}?{listing.text}")
        return redirect(f"{reverse('application', args=[there.public_id])}?{urlencode({'from': listing.text})}")


class OfficeSheet(QueuePage):
    """The filtered list as Excel or CSV; each file that leaves is recorded before it does."""

    limit = "export"
    permission = "export.make"
    ending = "xlsx"

    def get(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        listing = self.listing(slug, request.GET)
        shelf = shelf_of(self.actor)
        listing.chosen = shelf.columns(shelf.open_view(listing.text))
        call, rows = listing.call, listing.rows
        audit.record(
            "export_applications", by=self.actor, on=call, scope_path=call.scope_path,
            detail={"query": listing.text, "rows": rows.count(), "format": self.ending},
        )  # fmt: skip
        response = self.file(listing, rows, desk_moves(call, self.actor))
        response["Content-Disposition"] = f'attachment; filename="{call.slug}.{self.ending}"'
        return response

    def file(self, listing: Listing, rows: ApplicationQuerySet, moves: list[Move]) -> HttpResponseBase:
        return HttpResponse(sheets.sheet_of(listing, rows, moves), content_type=XLSX)


class OfficeCsv(OfficeSheet):
    """As it is read from the database: fifty thousand rows are never in memory at once."""

    ending = "csv"

    def file(self, listing: Listing, rows: ApplicationQuerySet, moves: list[Move]) -> HttpResponseBase:
        return StreamingHttpResponse(sheets.csv_of(listing, rows, moves), content_type="text/csv; charset=utf-8")


class OfficeDecisions(QueuePage):
    """The same file back in: it becomes an act that is shown, row by row, before anything moves."""

    template = "officer/decisions.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self.render(call=self.call_at(slug), query=request.GET.urlencode())

    @transaction.atomic
    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        listing = self.listing(slug, QueryDict(request.POST.get("query", "")))
        file = request.FILES.get("file")
        if file is None:
            raise Refused(_("请选择填好意见的 Excel 文件。"))
        reading = sheets.read_decisions(file, listing.scope, desk_moves(listing.call, self.actor))
        if not reading.steps and not reading.problems:
            raise Refused(
                _("文件里没有填写任何意见：请在“%(column)s”一列填写后再上传。") % {"column": _(sheets.DECISION)}
            )
        stored = accept(
            file, kind=FileKind.SHEET, max_bytes=MAX_BYTES, by=self.actor, scope_path=listing.call.scope_path, name=file.name
        )  # fmt: skip
        act = bulk.prepare_bulk(
            listing.call, reading.steps, by=self.actor, query=listing.text, file=stored, problems=reading.problems
        )
        return self.to_act(act)
