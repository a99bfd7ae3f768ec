"""What the pages from ranking to showcase have in common: the call or round they stand in, and the words for both."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Page as Sheet
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from kechuang.base.models import StoredFile
from kechuang.engine.calls.models import Call
from kechuang.engine.programme.declaration import Programme
from kechuang.engine.reviews.models import ReviewRound
from kechuang.orgs.enums import Stage
from kechuang.web.views import Page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PER_PAGE = 50


class OutcomePage(Page):
    """A page of those who run a call: `permission` is asked for at the call's owner."""

    abstract = True

    def call_at(self, slug: str) -> Call:
        calls = Call.objects.visible_to(self.actor, self.permission).select_related("org")
        call: Call = self.find(calls, slug=slug)
        return call

    def round_at(self, slug: str, code: str) -> ReviewRound:
        rows = ReviewRound.objects.visible_to(self.actor, self.permission).select_related("call__org")
        round_: ReviewRound = self.find(rows, call__slug=slug, code=code)
        return round_

    def warn(self, sentence: str) -> None:
        messages.warning(self.request, sentence)

    def failed(self, sentence: str, to: str) -> HttpResponse:
        """Go on to a page with a sentence that alarms; nothing was written."""
        messages.error(self.request, sentence)
        return redirect(to)


def address(name: str, *args: Any) -> str:
    """The address of a page of another face, or nothing where that face is not installed."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def crumbs(call: Call, *more: tuple[str, str]) -> list[dict[str, str]]:
    """The way here: the calls, the call, then pairs of label and address."""
    way = [(_("申报"), address("office_calls")), (call.named, address("office_call", call.slug)), *more]
    return [{"label": label, "url": url} for label, url in way]


def round_crumbs(round_: ReviewRound, here: str) -> list[dict[str, str]]:
    board = address("round", round_.call.slug, round_.code)
    return crumbs(round_.call, (_(round_.plan.name), board), (here, ""))


def round_tabs(round_: ReviewRound, here: str) -> list[dict[str, Any]]:
    pages = [("round", _("评审进度")), ("ranking", _("排名")), ("decision", _("拟定结果"))]
    found = [(name, label, address(name, round_.call.slug, round_.code)) for name, label in pages]
    return [{"label": label, "url": url, "active": name == here} for name, label, url in found if url]


def stage_words(stage: str) -> str:
    return str(Stage(stage).label) if stage in Stage.values else stage


def division_names(plan: Programme) -> dict[str, str]:
    """Division ("stage.discipline"), stage, and "" (all together) → their names, in the declared order."""
    disciplines = {d.code: _(d.name) for d in plan.disciplines}
    names = {
        f"{s}.{code}": f"{stage_words(s)} · {disciplines[code]}" if s else disciplines[code]
        for s, code in plan.divisions()
    }
    return names | {s: stage_words(s) for s in plan.stages} | {"": _("全部")}


def paged(request: HttpRequest, rows: Any, per_page: int = PER_PAGE) -> Sheet:
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def turning(request: HttpRequest, sheet: Sheet) -> dict[str, str]:
    """The addresses of the neighbouring pages, with the filters kept."""
    there = {
        "next_url": sheet.has_next() and sheet.number + 1,
        "previous_url": sheet.has_previous() and sheet.number - 1,
    }
    return {name: query_with(request, page=number) if number else "" for name, number in there.items()}


def query_with(request: HttpRequest, **changes: Any) -> str:
    """This page's query with some values changed; None takes one away, and any change but of the page goes to the first."""
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"?{query.urlencode()}"


def download(data: bytes, name: str, content_type: str = XLSX) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def stored_response(stored: StoredFile, *, inline: bool = True) -> FileResponse:
    """A stored file, for this reader only: never sniffed, never kept by a proxy."""
    response = FileResponse(
        stored.open(), content_type=stored.content_type, filename=stored.name, as_attachment=not inline
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
