from typing import Any

from django.core.paginator import Page as Leaf
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kechuang.base.kept import kept
from kechuang.engine.showcase.counting import count_shown, facets, schools_with_works
from kechuang.engine.showcase.queries import (
    FILTERS,
    gallery,
    gallery_near,
    is_indexable,
    public_work,
    ranked,
    related,
    tiles,
)
from kechuang.orgs.enums import Stage
from kechuang.web.public.views.sharing import share_of_work
from kechuang.web.views import PUBLIC, Page

PER_PAGE = 24
FEW = 3
NEAR = 12
SUGGESTED = 100
NAMES = ("year", "stage", "discipline", "prize", "district")


class Shown(Paginator):  # type: ignore[type-arg]
    """Pages of the gallery: by the tallies' count where they know it, so that no works are read to be counted."""

    def __init__(self, text: str, order: str, wanted: dict[str, str]) -> None:
        super().__init__(ranked(text, order=order, **wanted) if text else gallery(order=order, **wanted), PER_PAGE)
        self.is_searched, self.wanted = bool(text), wanted

    @cached_property
    def count(self) -> int:
        known = None if self.is_searched else count_shown(self.wanted)
        return super().count if known is None else known

    def leaf(self, number: str | None) -> "Leaf[Any]":
        """The page of this number; of a search, which knows its keys only, with the works of the keys."""
        page = self.get_page(number)
        if self.is_searched:
            page.object_list = tiles(list(page.object_list))
        return page


class Works(Page):
    """The gallery: words, filters, pictures. Every filter is a link, so a search can be sent to somebody."""

    permission = PUBLIC
    shared = True
    bundle = "public"
    template = "public/works.html"

    def limited_by(self, request: HttpRequest) -> str:
        return "search" if "q" in request.GET else ""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:100]
        wanted = {name: request.GET.get(name, "") for name in FILTERS}
        if not wanted["year"].isdecimal():
            wanted["year"] = ""
        order = request.GET.get("sort", "")
        page = Shown(text, order, wanted).leaf(request.GET.get("page"))
        choices = facets()
        return self.render(
            near=_near(text, wanted, page), orders=_orders(order), page=page, text=text, wanted=wanted, active=_chips(request, text, wanted, choices), filters=_filters(wanted, choices),
            schools=kept("showcase:school-options", _schools),
        )  # fmt: skip


def _schools() -> SafeString:
    """What the field for a school suggests; any part of another name may be typed. Written once a moment, not for each page."""
    names = schools_with_works(SUGGESTED)
    return format_html_join("", '<option value="{}"></option>', ((name,) for name in names))


def _near(text: str, wanted: dict[str, str], page: Any) -> list[Any]:
    """Where few works hold the words as they stand: the works that are nearest to them, without the found ones."""
    if not text or page.paginator.count >= FEW:
        return []
    found = {work.pk for work in page.object_list}
    return [work for work in gallery_near(text, NEAR + FEW, **wanted) if work.pk not in found][:NEAR]


def _orders(chosen: str) -> list[dict[str, Any]]:
    names = {"": _("推荐排序"), "new": _("最新"), "title": _("按名称")}
    return [{"value": value, "label": label, "is_chosen": value == chosen} for value, label in names.items()]


def _label(name: str, choice: Any) -> str:
    return str(Stage(choice.value).label) if name == "stage" else _(choice.label)


def _filters(wanted: dict[str, str], choices: dict[str, list[Any]]) -> list[dict[str, Any]]:
    titles = {
        "year": _("全部年度"),
        "stage": _("全部学段"),
        "discipline": _("全部学科"),
        "prize": _("全部奖项"),
        "district": _("全部区"),
    }
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
    bundle = "public"
    template = "public/work.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        work = public_work(slug)
        if work is None:
            raise Http404
        media = list(work.media.all())
        response = self.render(
            work=work, pictures=[m for m in media if m.stored.kind == "image"], videos=[m for m in media if m.stored.kind == "video"],
            share=share_of_work(work), related=related(work), stage=Stage(work.stage).label, is_indexable=is_indexable(work),
        )  # fmt: skip
        if not is_indexable(work):
            response["X-Robots-Tag"] = "noindex, nofollow"
        return response
