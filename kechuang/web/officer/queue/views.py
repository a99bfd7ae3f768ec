"""The list of one call: for a school to endorse, a district to recommend, the city to screen. One page, the same moves as everywhere."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.models import SavedView
from kechuang.engine.applications.batch import Outcome
from kechuang.engine.applications.guards import used_places
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.perform import perform_many
from kechuang.engine.applications.queries import counts_by_state, sorted_by, with_people
from kechuang.engine.applications.rules import division_name
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.queries import quota_use
from kechuang.engine.calls.rules import step_times
from kechuang.engine.workflow.states import STATES
from kechuang.engine.workflow.workflow import Move
from kechuang.orgs.enums import Stage
from kechuang.web.officer.pages import CallPage
from kechuang.web.officer.queue import sheets
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

PAGE = "office_applications"
PER_PAGE = 50
PASSED_OVER = ("not_endorsed", "not_recommended")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SORT_WORDS = (
    ("waiting", _l("等待最久")),
    ("received", _l("最早提交")),
    ("-received", _l("最近提交")),
    ("title", _l("作品名称")),
    ("school", _l("学校")),
    ("division", _l("组别")),
)


class QueuePage(CallPage):
    abstract = True
    permission = "application.view"

    def listing(self, slug: str, query: QueryDict) -> Listing:
        return Listing(self.call_at(slug), self.actor, query)


class OfficeApplications(QueuePage):
    template = "officer/applications.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        moves = desk_moves(call, self.actor)
        if not request.GET and (waiting := waiting_states(own_moves(call, self.actor))):
            return redirect(f"{request.path}?{'&'.join(f'state={state}' for state in waiting)}")
        listing = Listing(call, self.actor, request.GET)
        counts = counts_by_state(listing.scope)
        pages = Paginator(sorted_by(with_people(listing.rows), listing.sort), PER_PAGE)
        page = pages.get_page(request.GET.get("page"))
        districts = districts_in(self.actor, call)
        schools = schools_in(listing, districts)
        names = {org.pk: org.label for org in (*districts, *schools)}
        return self.render(
            call=call, listing=listing, page=page, total=pages.count, rows=[row_of(app, listing) for app in page.object_list],
            moves=offered(moves, listing), tabs=tabs(listing, counts, saved_views(self.actor)), counts=counts,
            chips=listing.chips(names), columns=[{"name": n, "label": COLUMNS[n], "on": n in listing.columns} for n in COLUMNS],
            states=[{"name": n, "label": STATES[n].label, "n": counts[n], "on": n in listing.wanted["state"]} for n in STATES if counts[n]],
            districts=districts, schools=schools, stages=[(s, Stage(s).label) for s in call.plan.stages], disciplines=call.plan.disciplines,
            sorts=SORT_WORDS, meter=meter(call, self.actor, moves), deadline=deadline(call, own_moves(call, self.actor)),
            may_export=bool(self.actor.paths("export.make")),
        )  # fmt: skip


def row_of(application: Application, listing: Listing) -> dict[str, Any]:
    """What the list shows of one application; people and school come with it, so nothing is asked again."""
    parent = application.org.parent
    return {
        "app": application, "district": parent.label if parent else "", "division": division_name(listing.call.plan, application.division),
        "url": f"{reverse('application', args=[application.public_id])}?{urlencode({'from': listing.text})}",
        "team": "、".join(member.person.name for member in application.members.all()),
        "advisers": "、".join(adviser.person.name for adviser in application.advisers.all()),
        "days": (clock.now() - application.state_since).days,
    }  # fmt: skip


def offered(moves: list[Move], listing: Listing) -> list[Move]:
    """The moves that make sense for what is filtered; without a state filter, all of them."""
    states = set(listing.wanted["state"])
    return [move for move in moves if not states or states.intersection(move.source)]


def saved_views(actor: Any) -> list[SavedView]:
    return list(SavedView.objects.filter(user=actor.user, page=PAGE))


def tabs(listing: Listing, counts: Any, views: list[SavedView]) -> list[dict[str, Any]]:
    """Waiting for us, what we decided, everything, then the officer's own saved views."""
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
    return found + [
        {"label": v.name, "url": f"{base}?{v.query}", "count": None, "active": v.query == listing.text} for v in views
    ]


def _states(states: list[str]) -> str:
    return "&".join(f"state={state}" for state in states)


def meter(call: Call, actor: Any, moves: list[Move]) -> list[dict[str, Any]]:
    """Places used and left, for the offices that recommend."""
    if not any("within_quota" in move.guards for move in moves):
        return []
    paths = actor.paths("application.recommend")
    used = quota_use(call, used_places(call))
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


class OfficeMove(QueuePage):
    """One move for the chosen rows, or for all that the filter finds."""

    template = "officer/move_reason.html"

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        listing = self.listing(slug, QueryDict(request.POST.get("query", "")))
        move = self.wanted_move(listing.call)
        rows = (
            listing.rows if "all" in request.POST else listing.scope.filter(public_id__in=request.POST.getlist("ids"))
        )
        applications = list(rows.select_related("org"))
        if not applications:
            raise Refused(_("请先勾选要办理的申报，再选择操作。"))
        reason = request.POST.get("reason", "").strip()
        if move.needs_reason and not reason:
            return self.render(
                call=listing.call,
                move=move,
                applications=applications,
                query=listing.text,
                is_all="all" in request.POST,
            )
        outcome = perform_many(applications, move.name, by=self.actor, reason=reason)
        remember(request, listing, move.name, outcome)
        return redirect("office_moved", listing.call.slug)

    def wanted_move(self, call: Call) -> Move:
        name = self.request.POST.get("move", "")
        move = next((move for move in desk_moves(call, self.actor) if move.name == name), None)
        if move is None:
            raise Http404
        return move


def remember(request: HttpRequest, listing: Listing, move: str, outcome: Outcome) -> None:
    """Keep the result for its page: what was done (for the way back) and what was refused, with reasons."""
    request.session[f"moved:{listing.call.slug}"] = {
        "move": move, "query": listing.text, "done": [app.pk for app in outcome.done],
        "refused": [[app.pk, sentence] for app, sentence in outcome.refused],
    }  # fmt: skip


class OfficeMoved(QueuePage):
    """What the last bulk move did, and the way back."""

    template = "officer/moved.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        result = request.session.get(f"moved:{slug}")
        if not result:
            return redirect(PAGE, slug)
        sentences = dict(result["refused"])
        rows = {
            app.pk: app
            for app in Listing(call, self.actor, QueryDict())
            .scope.filter(pk__in=[*result["done"][:100], *sentences])
            .select_related("org")
        }
        move = next((move for move in call.workflow.moves if move.name == result["move"]), None)
        return self.render(
            call=call, move=move, query=result["query"], done_count=len(result["done"]), done=[rows[pk] for pk in result["done"][:100] if pk in rows],
            refused=[(rows[pk], sentence) for pk, sentence in sentences.items() if pk in rows], refused_count=len(sentences),
            back=way_back(call, self.actor, move) if result["done"] else None,
        )  # fmt: skip


def way_back(call: Call, actor: Any, move: Move | None) -> Move | None:
    """The move that lawfully undoes `move`, where this office may make it."""
    if move is None:
        return None
    fitting = [m for m in desk_moves(call, actor) if m.undoes and move.target in m.source and m.target in move.source]
    return next((m for m in fitting if m.undoes == move.name), fitting[0] if fitting else None)


class OfficeUndo(QueuePage):
    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        result = request.session.get(f"moved:{slug}") or {"move": "", "done": [], "query": ""}
        move = next((move for move in call.workflow.moves if move.name == result["move"]), None)
        back = way_back(call, self.actor, move)
        listing = Listing(call, self.actor, QueryDict(result["query"]))
        applications = list(listing.scope.filter(pk__in=result["done"]).select_related("org"))
        if back is None or not applications:
            raise Refused(_("这一步现在不能撤销，请在列表中逐件办理。"))
        outcome = perform_many(applications, back.name, by=self.actor, reason=_("撤销上一步批量操作"))
        remember(request, listing, back.name, outcome)
        return redirect("office_moved", slug)


class OfficeNeighbour(QueuePage):
    """The previous or next application of the list that the officer came from."""

    def get(self, request: HttpRequest, slug: str, public_id: str, way: str) -> HttpResponse:
        listing = self.listing(slug, request.GET)
        order = list(sorted_by(listing.rows, listing.sort).values_list("public_id", flat=True))
        here = order.index(public_id) if public_id in order else -1
        there = here + (1 if way == "next" else -1) if here >= 0 else 0
        if not order or not 0 <= there < len(order):
            return self.done(_("列表到头了。"), f"{reverse(PAGE, args=[slug])}?{listing.text}")
        return redirect(f"{reverse('application', args=[order[there]])}?{urlencode({'from': listing.text})}")


class OfficeSheet(QueuePage):
    """The filtered list as Excel; each file that leaves is recorded."""

    permission = "export.make"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        listing = self.listing(slug, request.GET)
        call = listing.call
        rows = sorted_by(listing.rows, listing.sort)
        content = sheets.sheet_of(call, rows, desk_moves(call, self.actor))
        audit.record(
            "export_applications",
            by=self.actor,
            on=call,
            detail={"query": listing.text, "rows": rows.count()},
            scope_path=call.scope_path,
        )
        response = HttpResponse(content, content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{call.slug}.xlsx"'
        return response


class OfficeDecisions(QueuePage):
    """The same file back in: a preview of the changes, then the changes."""

    template = "officer/decisions.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self.render(call=self.call_at(slug), reading=None, query=request.GET.urlencode())

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        listing = self.listing(slug, QueryDict(request.POST.get("query", "")))
        key = f"decisions:{slug}"
        if "apply" in request.POST:
            outcome = sheets.apply_decisions(request.session.pop(key, []), listing.scope, by=self.actor)
            remember(request, listing, "", outcome)
            return redirect("office_moved", slug)
        if "file" not in request.FILES:
            raise Refused(_("请选择填好意见的 Excel 文件。"))
        reading = sheets.read_decisions(request.FILES["file"], listing.scope, desk_moves(listing.call, self.actor))
        request.session[key] = reading.stored()
        return self.render(call=listing.call, reading=reading, query=listing.text)


class SaveView(QueuePage):
    """Keep the present filters as a tab of one's own, or drop one."""

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        name, query = request.POST.get("name", "").strip()[:40], QueryDict(request.POST.get("query", ""))
        text = Listing(call, self.actor, query).text
        to = f"{reverse(PAGE, args=[slug])}?{text}"
        if "drop" in request.POST:
            SavedView.objects.filter(user=self.actor.user, page=PAGE, name=name).delete()
            return self.done(_("已删除视图“%(name)s”。") % {"name": name}, to)
        if not name:
            raise Refused(_("请给这个视图起个名字，例如“福田小学组”。"))
        SavedView.objects.update_or_create(user=self.actor.user, page=PAGE, name=name, defaults={"query": text})
        return self.done(_("已保存视图“%(name)s”，它会一直显示在列表上方。") % {"name": name}, to)
