"""Keyset paging of the officers' list: a page costs the same whether it is the first or the five-hundredth.

An order is a field (nulls last) and then the primary key; a descending order is the same order from the other end. A place in it
is the pair of a row's value and key, as a short text in the address.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.dateparse import parse_datetime

from kechuang.base.planning import planned_anew
from kechuang.engine.applications.models import Application

SORTS = {
    "received": "submitted_at",
    "-received": "-submitted_at",
    "title": "title",
    "school": "org__name",
    "division": "division",
    "state": "state",
    "waiting": "state_since",
}
"""What a list may be sorted by; every order ends with the primary key so that pages do not overlap."""
TIMES = frozenset({"submitted_at", "state_since"})
NULLABLE = frozenset({"submitted_at"})


@dataclass(frozen=True)
class Slice:
    """One page: its rows, and the places from which the pages before and after it go on ("" = there is none)."""

    rows: Sequence[Any]
    before: str
    after: str


@dataclass(frozen=True)
class Order:
    field: str
    is_descending: bool

    @classmethod
    def named(cls, sort: str) -> "Order":
        name = SORTS.get(sort, "submitted_at")
        return cls(name.removeprefix("-"), name.startswith("-"))

    def apply(self, rows: QuerySet[Application, Any], *, backwards: bool = False) -> QuerySet[Application, Any]:
        by = F(self.field)
        nullable = self.field in NULLABLE
        if self.is_descending != backwards:
            return rows.order_by(by.desc(nulls_first=True) if nullable else by.desc(), "-pk")
        return rows.order_by(by.asc(nulls_last=True) if nullable else by.asc(), "pk")

    def beyond(
        self, rows: QuerySet[Application, Any], place: tuple[Any, int], *, backwards: bool
    ) -> QuerySet[Application, Any]:
        """The rows after the place, or those before it."""
        value, pk = place
        is_up = self.is_descending == backwards
        return rows.filter(self._above(value, pk) if is_up else self._below(value, pk))

    def _above(self, value: Any, pk: int) -> Q:
        empty = Q(**{f"{self.field}__isnull": True})
        if value is None:
            return empty & Q(pk__gt=pk)
        here = Q(**{f"{self.field}__gt": value}) | Q(**{self.field: value, "pk__gt": pk})
        return here | empty if self.field in NULLABLE else here & Q(**{f"{self.field}__gte": value})

    def _below(self, value: Any, pk: int) -> Q:
        if value is None:
            return Q(**{f"{self.field}__isnull": False}) | Q(**{f"{self.field}__isnull": True, "pk__lt": pk})
        here = Q(**{f"{self.field}__lt": value}) | Q(**{self.field: value, "pk__lt": pk})
        return here & Q(**{f"{self.field}__lte": value})

    def place_of(self, row: Any) -> tuple[Any, int]:
        """Of an application, or of a named row that carries the order's field and the key."""
        value = row
        for name in (self.field,) if hasattr(row, self.field) else self.field.split("__"):
            value = getattr(value, name)
        return value, row.pk

    def token(self, row: Any) -> str:
        value, pk = self.place_of(row)
        text = json.dumps([value.isoformat() if isinstance(value, datetime) else value, pk], ensure_ascii=False)
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def place(self, token: str) -> tuple[Any, int] | None:
        """The place that a token stands for; None for one that is none of ours."""
        try:
            value, pk = json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
            if type(pk) is not int or not self._may_stand(value):
                return None
            return (parse_datetime(value) if self.field in TIMES and value else value), pk
        except (ValueError, TypeError):
            return None

    def _may_stand(self, value: Any) -> bool:
        """Whether the order's field can hold what a token says; a time is written with its zone."""
        if value is None:
            return self.field in NULLABLE
        if self.field in TIMES:
            moment = parse_datetime(value)
            return moment is not None and moment.tzinfo is not None
        return isinstance(value, str) and "\0" not in value


def slice_of(rows: QuerySet[Application, Any], sort: str, *, size: int, after: str = "", before: str = "") -> Slice:
    """The page after (or before) a place; one query. A token that is none of ours gives the first page.

    `rows` are applications, or named rows (`values_list(…, named=True)`) with `pk` and the field that is sorted by.
    """
    order = Order.named(sort)
    backwards = bool(before)
    place = order.place(before or after) if before or after else None
    asked = order.beyond(rows, place, backwards=backwards) if place else rows
    with planned_anew():
        found = list(order.apply(asked, backwards=backwards and place is not None)[: size + 1])
    more, page = len(found) > size, found[:size]
    if backwards and place:
        page.reverse()
    has_before, has_after = (more, True) if backwards and place else (place is not None, more)
    first, last = (order.token(page[0]), order.token(page[-1])) if page else ("", "")
    return Slice(page, first if has_before else "", last if has_after else "")


def neighbour(
    rows: QuerySet[Application], sort: str, application: Application, *, backwards: bool
) -> Application | None:
    """The next application of the list after this one (or the one before it), wherever this one now stands; one query."""
    order = Order.named(sort)
    found = order.beyond(rows.exclude(pk=application.pk), order.place_of(application), backwards=backwards)
    with planned_anew():
        return order.apply(found, backwards=backwards).first()
