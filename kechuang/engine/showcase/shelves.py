"""Shelves as the public reads them: what was hidden since is left out at every reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kechuang.base import clock
from kechuang.base.pairs import FOUND_BY
from kechuang.engine.catalogue.models import Case
from kechuang.engine.catalogue.queries import counted
from kechuang.engine.showcase.models import Shelf, ShelfItem, Work
from kechuang.orgs.models import Org

ON_FRONT = 6


@dataclass(frozen=True)
class Shown:
    """A thing on a shelf that may be shown now. `kind`: work, case or school."""

    kind: str
    thing: Any
    words: str
    item: int


@dataclass(frozen=True)
class Filled:
    """A shelf with what of it may be shown now."""

    shelf: Shelf
    items: list[Shown]


def filled(shelves: Sequence[Shelf]) -> list[Filled]:
    """Each with its public things, in order: four queries whatever the number of shelves."""
    items = list(ShelfItem.objects.filter(shelf__in=shelves).order_by("shelf_id", "order", "id"))
    found = {"work": _works(items), "case": _cases(items), "school": _schools(items)} if items else {}
    rows: dict[int, list[Shown]] = {shelf.pk: [] for shelf in shelves}
    for item in items:
        kind = "work" if item.work_id else "case" if item.case_id else "school"
        thing = found[kind].get(item.work_id or item.case_id or item.school_id)
        if thing is not None:
            rows[item.shelf_id].append(Shown(kind, thing, item.words, item.pk))
    return [Filled(shelf, rows[shelf.pk]) for shelf in shelves]


def _works(items: Sequence[ShelfItem]) -> dict[int | None, Any]:
    rows = Work.objects.public().filter(pk__in=[item.work_id for item in items if item.work_id])
    return {row.pk: row for row in rows.select_related("cover").defer(*FOUND_BY).order_by()}


def _cases(items: Sequence[ShelfItem]) -> dict[int | None, Any]:
    ids = [item.case_id for item in items if item.case_id]
    rows = counted(Case.objects.public().filter(pk__in=ids)) if ids else Case.objects.none()
    return {row.pk: row for row in rows.select_related("cover").defer(*FOUND_BY).order_by()}


def _schools(items: Sequence[ShelfItem]) -> dict[int | None, Any]:
    rows = Org.objects.current().filter(pk__in=[item.school_id for item in items if item.school_id])
    return {row.pk: row for row in rows.select_related("parent").order_by()}


def on_front(count: int = ON_FRONT) -> list[Filled]:
    """The front page: its shelves in the editors' order; one without anything to show is left out."""
    shelves = list(Shelf.objects.on_front(clock.today())[:count])
    return [one for one in filled(shelves) if one.items] if shelves else []


def public_shelf(slug: str) -> Filled | None:
    shelf = Shelf.objects.public().select_related("org").filter(slug=slug).first()
    return filled([shelf])[0] if shelf else None


def public_shelves(theme: str = "", year: int | None = None) -> list[Shelf]:
    rows = Shelf.objects.public().order_by("-year", "-pk")
    if theme:
        rows = rows.filter(theme=theme)
    return list(rows.filter(year=year) if year else rows)
