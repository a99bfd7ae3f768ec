"""Bulk acts: chosen, confirmed, carried out, told row by row in groups, and taken back where the workflow has a way back."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.engine.applications import bulk
from kechuang.engine.applications.models import Application, BulkAct
from kechuang.engine.calls.models import Call
from kechuang.engine.workflow.workflow import Move
from kechuang.web.officer.pages import CallPage
from kechuang.web.officer.queue import sheets
from kechuang.web.officer.queue.filters import Listing, desk_moves

SHOWN = 200
RECENT = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class QueuePage(CallPage):
    abstract = True
    permission = "application.view"

    def listing(self, slug: str, query: QueryDict) -> Listing:
        return Listing(self.call_at(slug), self.actor, query)

    def to_act(self, act: BulkAct) -> HttpResponse:
        return redirect("office_act", act.call.slug, act.public_id)


class OfficeMove(QueuePage):
    """One move for the chosen rows, or for all that the filter finds: these are counted and confirmed first."""

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        listing = self.listing(slug, QueryDict(request.POST.get("query", "")))
        move = self.wanted_move(listing.call)
        is_all = "all" in request.POST
        rows = listing.rows if is_all else listing.scope.filter(public_id__in=request.POST.getlist("ids"))
        steps = bulk.steps_for(rows.order_by("pk").values_list("pk", "version"), move.name)
        if not steps:
            raise Refused(_("请先勾选要办理的申报，再选择操作。"))
        reason = request.POST.get("reason", "")
        act = bulk.prepare_bulk(listing.call, steps, by=self.actor, move=move.name, reason=reason, query=listing.text)
        if not is_all and (reason.strip() or not move.needs_reason):
            bulk.confirm_bulk(act, by=self.actor)
        return self.to_act(act)

    def wanted_move(self, call: Call) -> Move:
        name = self.request.POST.get("move", "")
        move = next((move for move in desk_moves(call, self.actor) if move.name == name), None)
        if move is None:
            raise Http404
        return move


class ActPage(QueuePage):
    abstract = True

    def act(self, slug: str, public_id: str) -> BulkAct:
        own = BulkAct.objects.filter(by=self.actor.user, call=self.call_at(slug))
        act: BulkAct = self.find(own.select_related("call__org", "job", "file", "undoes"), public_id=public_id)
        return act


class OfficeAct(ActPage):
    """Before: what exactly will happen. Meanwhile: how far it is. After: what came of each row, and the way back."""

    template = "officer/act.html"

    def get(self, request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
        act = self.act(slug, public_id)
        if act.finished_at is not None:
            return self._result(act)
        if act.confirmed_at is None:
            return self._preview(act)
        partial = "#progress" if getattr(request, "htmx", False) else ""
        return self.render(
            f"{self.template}{partial}", act=act, call=act.call, stage="busy", total=len(act.steps), move=_move(act)
        )

    def post(self, request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
        act = self.act(slug, public_id)
        if request.POST.get("do") == "undo":
            back = bulk.prepare_undo(act, by=self.actor)
            bulk.confirm_bulk(back, by=self.actor)
            return self.to_act(back)
        move, reason = _move(act), request.POST.get("reason", "")
        if move is not None and move.needs_reason and not (reason.strip() or act.reason):
            raise Refused(_("请写明理由，申报者会看到它。"))
        bulk.confirm_bulk(act, by=self.actor, reason=reason)
        return self.to_act(act)

    def _preview(self, act: BulkAct) -> HttpResponse:
        steps = [bulk.Step(*stored) for stored in act.steps]
        names = {move.name: move for move in act.call.workflow.moves}
        apps = self._applications(act, [step.application for step in steps[:SHOWN]])
        fitting = self._fitting(act, steps, names)
        lines = [
            {
                "app": apps[step.application],
                "move": names[step.move],
                "reason": step.reason or act.reason,
                "row": step.row,
            }
            for step in steps[:SHOWN]
            if step.application in apps
        ]
        counts = Counter(names[step.move].label for step in steps)
        return self.render(
            act=act, call=act.call, stage="preview", lines=lines, total=len(steps), more=max(0, len(steps) - SHOWN), move=_move(act),
            fitting=fitting, misfits=len(steps) - fitting, counts=[(_(label), n) for label, n in counts.most_common()], problems=act.problems,
        )  # fmt: skip

    @staticmethod
    def _fitting(act: BulkAct, steps: list[bulk.Step], names: dict[str, Move]) -> int:
        """How many of them stand where the move begins."""
        states = dict(
            Application.objects.filter(pk__in=[step.application for step in steps]).values_list("pk", "state")
        )
        return sum(states.get(step.application) in names[step.move].source for step in steps)

    def _result(self, act: BulkAct) -> HttpResponse:
        done = [pk for pk, _version, _move in act.done]
        refused = [pk for pk, _sentence, _row in act.refused]
        apps = self._applications(act, [*done[:SHOWN], *refused[:SHOWN]])
        back = bulk.way_back(act.call.workflow, act.move) if act.move else None
        undone = act.undone_through.exclude(confirmed_at=None).first()
        may_undo = bool(act.done) and undone is None and self._may_undo(act)
        return self.render(
            act=act, call=act.call, stage="result", move=_move(act), summary=summary(act, titles_in([act])), done=[apps[pk] for pk in done[:SHOWN] if pk in apps],
            done_count=len(done), refused=[(apps[pk], sentence) for pk, sentence, _row in act.refused[:SHOWN] if pk in apps],
            refused_count=len(refused), problems=act.problems, may_undo=may_undo, back=back, undone=undone,
        )  # fmt: skip

    def _may_undo(self, act: BulkAct) -> bool:
        offered = {move.name for move in desk_moves(act.call, self.actor)}
        backs = {bulk.way_back(act.call.workflow, name) for name in {name for _pk, _version, name in act.done}}
        return any(back is not None and back.name in offered for back in backs)

    def _applications(self, act: BulkAct, ids: list[int]) -> dict[int, Application]:
        rows = Listing(act.call, self.actor, QueryDict()).scope.filter(pk__in=ids).select_related("org")
        return {app.pk: app for app in rows.defer("answers", "abstract")}


class OfficeActFile(ActPage):
    """The officer's own file with one more column: what came of each row."""

    permission = "export.make"

    def get(self, request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
        act = self.act(slug, public_id)
        if act.file is None:
            raise Http404
        content = sheets.with_results(act)
        is_xlsx = content.startswith(b"PK")
        response = HttpResponse(content, content_type=XLSX if is_xlsx else "text/csv")
        response["Content-Disposition"] = f'attachment; filename="{slug}-results.{"xlsx" if is_xlsx else "csv"}"'
        return response


class OfficeActs(QueuePage):
    """What this officer did in bulk, newest first, each with its result and its way back."""

    template = "officer/acts.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        acts = BulkAct.objects.filter(by=self.actor.user, call=call).exclude(confirmed_at=None).select_related("file")
        shown = list(acts.prefetch_related("undone_through")[:RECENT])
        titles = titles_in(shown)
        for act in shown:
            act.call = call
        lines = [{"act": act, "label": label_of(act), "said": summary(act, titles)} for act in shown]
        return self.render(call=call, lines=lines)


@dataclass(frozen=True)
class Summary:
    """“57 件已推荐，3 件没有：名额已用完（3 件）”: what was done by move, what was not by reason."""

    done: list[tuple[str, int]]
    refused: list[tuple[str, int]]


def summary(act: BulkAct, titles: Mapping[int, str]) -> Summary:
    names = {move.name: _(move.label) for move in act.call.workflow.moves}
    done = Counter(names.get(name, name) for _pk, _version, name in act.done)
    refused = Counter(_general(sentence, titles.get(pk, "")) for pk, sentence, _row in act.refused)
    return Summary(done.most_common(), refused.most_common())


def _general(sentence: str, title: str) -> str:
    """The sentence without the work it names, so that like refusals are counted together."""
    return re.sub(f'\\s?[“"]{re.escape(title)}[”"]', "", sentence).strip() if title else sentence


def titles_in(acts: Iterable[BulkAct]) -> dict[int, str]:
    """The titles of what these acts could not do; one query."""
    wanted = {pk for act in acts for pk, _sentence, _row in act.refused}
    return {app.pk: str(app) for app in Application.objects.filter(pk__in=wanted).only("title", "public_id")}


def label_of(act: BulkAct) -> str:
    if act.file is not None:
        return _("导回 Excel 意见")
    move = _move(act)
    return _(move.label) if move else _("批量办理")


def _move(act: BulkAct) -> Move | None:
    return next((move for move in act.call.workflow.moves if move.name == act.move), None)
