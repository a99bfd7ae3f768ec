"""The public showcase: what editors put forward, the city as tiles, one search, the shelves, and a page for each school."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.engine.showcase import places
from kechuang.engine.showcase.finding import find
from kechuang.engine.showcase.places import Measure
from kechuang.engine.showcase.queries import gallery
from kechuang.engine.showcase.shelves import on_front, public_shelf, public_shelves
from kechuang.orgs.enums import OrgKind
from kechuang.orgs.models import Org
from kechuang.web.public.views.sharing import share_of_place, share_of_shelf
from kechuang.web.tiles import Tile, TileMap
from kechuang.web.views import PUBLIC, Page

NEWEST = 8
PER_PAGE = 48


class PublicPage(Page):
    abstract = True
    permission = PUBLIC
    shared = True
    bundle = "public"


class Showcase(PublicPage):
    """The door to everything that may be looked at. `?map=` chooses what the tiles count."""

    template = "public/showcase.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        units = places.units()
        measures = places.measures({unit.pk for unit in units})
        full = [one for one in measures if one.total] or measures[:1]
        usual = next((one for one in full if one.code == places.WORKS), full[0])
        chosen = next((one for one in measures if one.code == request.GET.get("map")), usual)
        shelves = on_front()
        newest = [] if shelves else list(gallery(order="new")[:NEWEST])
        return self.render(
            shelves=shelves, newest=newest, stats=[_stat(one) for one in measures], map=tile_map(chosen, units),
            maps=[{"label": name_of(one), "url": f"?map={one.code}#map", "active": one is chosen, "count": one.total} for one in measures if one in full or one is chosen],
            more=public_shelves()[:12],
        )  # fmt: skip


def name_of(measure: Measure) -> str:
    if measure.programme is not None:
        return _(measure.programme.name)
    return {places.SCHOOLS: _("中小学"), places.WORKS: _("获奖作品"), places.CASES: _("课程案例")}[measure.code]


def address_of(measure: Measure, unit: Org | None = None) -> str:
    """Where a number leads: the list of what it counts, of one unit or of all."""
    if measure.programme is not None:
        return reverse("register", args=[measure.code]) + (f"?q={unit.name}" if unit else "")
    return reverse(measure.code) + (f"?district={unit.code}" if unit else "")


def _stat(measure: Measure) -> dict[str, Any]:
    icons = {places.SCHOOLS: "school", places.WORKS: "bulb", places.CASES: "book"}
    return {
        "label": name_of(measure),
        "value": measure.total,
        "href": address_of(measure),
        "icon": icons.get(measure.code, "award"),
    }


def tile_map(measure: Measure, units: list[Org]) -> TileMap:
    tiles = [Tile(unit.label, measure.counts[unit.pk], address_of(measure, unit)) for unit in units]
    most = max(tiles, key=lambda tile: tile.value, default=None)
    says = _("还没有。")
    if most and most.value:
        says = _("全市 %(total)s，最多的是%(name)s（%(n)s）。点一块看名单。") % {
            "total": measure.total, "name": most.name, "n": int(most.value)}  # fmt: skip
    if measure.elsewhere:
        says += _("另有 %(n)s 个在各区之外。") % {"n": measure.elsewhere}
    return TileMap(name_of(measure), says, tiles)


class Search(PublicPage):
    """One field over works, course cases, titles, schools and partners."""

    template = "public/showcase_search.html"
    limit = "search"

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:100]
        return self.render(text=text, found=find(text))


class ShelfPage(PublicPage):
    template = "public/shelf.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        found = public_shelf(slug)
        if found is None:
            raise Http404
        return self.render(shelf=found.shelf, items=found.items, share=share_of_shelf(found))


class Schools(PublicPage):
    """Schools and partners, by district and name."""

    template = "public/schools.html"

    def limited_by(self, request: HttpRequest) -> str:
        return "search" if "q" in request.GET else ""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {name: request.GET.get(name, "").strip()[:60] for name in ("q", "district", "kind")}
        rows = places.public_orgs(asked["q"], asked["district"], asked["kind"]).order_by("path")
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        counts = places.public_counts([org.pk for org in page])
        return self.render(
            page=page, rows=[(org, *counts[org.pk]) for org in page], asked=asked, units=places.units(),
            kinds=[(OrgKind.SCHOOL.value, _("学校")), (OrgKind.PARTNER.value, _("合作单位"))],
        )  # fmt: skip


class School(PublicPage):
    """What one school or partner has earned and shows: titles with their dates, clubs, works."""

    template = "public/school.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        found = places.place(code)
        if found is None:
            raise Http404
        return self.render(place=found, org=found.org, share=share_of_place(found))
