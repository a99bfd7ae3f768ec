from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.engine.showcase.queries import (
    FILTERS,
    facets,
    gallery,
    is_indexable,
    public_work,
    related,
    schools_with_works,
)
from kechuang.orgs.enums import Stage
from kechuang.web.views import PUBLIC, Page

PER_PAGE = 24
NAMES = ("year", "stage", "discipline", "prize")


class Works(Page):
    """The gallery: words, filters, pictures. Every filter is a link, so a search can be sent to somebody."""

    permission = PUBLIC
    shared = True
    template = "public/works.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:100]
        wanted = {name: request.GET.get(name, "") for name in FILTERS}
        if not wanted["year"].isdecimal():
            wanted["year"] = ""
        page = Paginator(gallery(text, **wanted), PER_PAGE).get_page(request.GET.get("page"))
        choices = facets()
        return self.render(
            page=page, text=text, wanted=wanted, active=_chips(request, text, wanted, choices), filters=_filters(wanted, choices),
            schools=list(schools_with_works()),
        )  # fmt: skip


def _label(name: str, choice: Any) -> str:
    return str(Stage(choice.value).label) if name == "stage" else _(choice.label)


def _filters(wanted: dict[str, str], choices: dict[str, list[Any]]) -> list[dict[str, Any]]:
    titles = {"year": _("全部年度"), "stage": _("全部学段"), "discipline": _("全部学科"), "prize": _("全部奖项")}
    return [
        {"name": name, "title": titles[name], "value": wanted[name],
         "choices": [{"value": c.value, "label": _label(name, c), "count": c.count} for c in choices[name]]}
        for name in NAMES
    ]  # fmt: skip


def _chips(
    request: HttpRequest, text: str, wanted: dict[str, str], choices: dict[str, list[Any]]
) -> list[dict[str, str]]:
    """What is filtered now, each with the address that takes it away."""
    labels = {(name, c.value): _label(name, c) for name in NAMES for c in choices[name]}
    shown = [("q", text)] if text else []
    shown += [(name, value) for name, value in wanted.items() if value]
    return [{"label": labels.get((name, value), value), "url": _without(request, name)} for name, value in shown]


def _without(request: HttpRequest, name: str) -> str:
    left = request.GET.copy()
    left.pop(name, None)
    left.pop("page", None)
    return f"{request.path}?{left.urlencode()}" if left else request.path


class WorkDetail(Page):
    permission = PUBLIC
    shared = True
    template = "public/work.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        work = public_work(slug)
        if work is None:
            raise Http404
        media = list(work.media.all())
        response = self.render(
            work=work, pictures=[m for m in media if m.stored.kind == "image"], videos=[m for m in media if m.stored.kind == "video"],
            related=related(work), stage=Stage(work.stage).label, is_indexable=is_indexable(work),
        )  # fmt: skip
        if not is_indexable(work):
            response["X-Robots-Tag"] = "noindex, nofollow"
        return response
