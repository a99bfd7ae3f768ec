"""The rows of the officer's list: plain values in two queries, and finished as HTML, since a page has a hundred of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kechuang.base import clock
from kechuang.base.prepared import NUMBER, Prepared, Several
from kechuang.engine.applications.models import Adviser, Application, TeamMember
from kechuang.engine.applications.paging import Order
from kechuang.engine.applications.rules import division_name
from kechuang.engine.programme.declaration import Programme
from kechuang.web.lines import badge, escaped
from kechuang.web.officer.queue.filters import Listing
from kechuang.web.templatetags._words import moment_words, state_words

CLASSES = {"receipt": "nowrap", "school": "fact", "state": "state", "waiting": "nowrap"}
NEEDS = {
    "receipt": ("receipt_no",), "school": ("org__name", "org__short_name"), "division": ("division",), "state": ("state",),
    "district": ("org__parent__name", "org__parent__short_name"), "received": ("submitted_at",), "waiting": ("state_since",),
}  # fmt: skip
"""The fields that a column is made of."""
PEOPLE = {"team": TeamMember, "advisers": Adviser}
"""Columns with people: each is one more query, whatever the number of rows."""


class Row(NamedTuple):
    """One application of the page, by its key, and its line as HTML."""

    pk: int
    html: SafeString


def values_of(rows: QuerySet[Application], columns: Iterable[str], sort: str, *more: str) -> QuerySet[Application, Any]:
    """Named rows with what the columns, the order and `more` need; no answers, no declaration, no model instances."""
    fields = dict.fromkeys(["pk", "public_id", "title", *more, Order.named(sort).field])
    for column in columns:
        fields |= dict.fromkeys(NEEDS.get(column, ()))
    return rows.values_list(*fields, named=True)


def _people(model: type[TeamMember | Adviser], field: str, applications: Sequence[int]) -> QuerySet[Any, Any]:
    rows = model._default_manager.filter(application__in=applications)
    return rows.order_by("application_id", "order", "pk").values_list("application_id", field)


_PEOPLE: dict[Any, Prepared[tuple[int, str]]] = {
    (model, "person__name"): Prepared(partial(_people, model, "person__name"), Several(NUMBER))
    for model in PEOPLE.values()
}


def people_of(model: type[TeamMember | Adviser], rows: Iterable[Any], field: str = "person__name") -> dict[int, str]:
    """Application → its people in their order, as one text; one query."""
    found: dict[int, str] = {}
    keys = [row.pk for row in rows]
    ask = _PEOPLE.get((model, field)) if len(keys) <= Several.MOST else None
    for pk, name in ask(keys) if ask else _people(model, field, keys):
        found[pk] = f"{found[pk]}、{name}" if pk in found else name
    return found


class Wording:
    """What the cells of one page have in common; each division and state is put into words once."""

    def __init__(self, plan: Programme, people: Mapping[str, Mapping[int, str]]) -> None:
        self.plan = plan
        self.people = people
        self.now: datetime = clock.now()
        self._divisions: dict[str, str] = {}
        self._badges: dict[str, SafeString] = {}
        self._states: dict[str, str] = {}
        self._days: dict[int, str] = {}

    def division(self, code: str) -> str:
        if code not in self._divisions:
            self._divisions[code] = division_name(self.plan, code) if code else ""
        return self._divisions[code]

    def badge(self, state: str) -> SafeString:
        if state not in self._badges:
            label, tone = state_words(state)
            self._badges[state] = badge(label, tone)
        return self._badges[state]

    def state(self, state: str) -> str:
        if state not in self._states:
            self._states[state] = state_words(state)[0]
        return self._states[state]

    def waiting(self, since: datetime) -> str:
        days = (self.now - since).days
        if days not in self._days:
            self._days[days] = ngettext("%(n)s 天", "%(n)s 天", days) % {"n": days} if days else _("今天")
        return self._days[days]


def rows_of(found: Iterable[Any], listing: Listing, *, selectable: bool) -> list[Row]:
    """The lines of one page. Every text is escaped here: nothing of a row passes the template unescaped but this."""
    found = list(found)
    words = Wording(
        listing.call.plan, {name: people_of(model, found) for name, model in PEOPLE.items() if name in listing.columns}
    )
    line = _line_for(listing, selectable=selectable)
    makers = [MAKERS[name] for name in listing.columns]
    return [Row(row.pk, mark_safe(line(row, [maker(row, words) for maker in makers]))) for row in found]


def _line_for(listing: Listing, *, selectable: bool) -> Callable[[Any, list[Any]], str]:
    """What the lines of a page share, put together once."""
    prefix, suffix = reverse("application", args=["x"]).rsplit("x", 1)
    ending = escape(f"{suffix}?{urlencode({'from': listing.text})}")
    opened = [f'<td class="{CLASSES[name]}">' if name in CLASSES else "<td>" for name in listing.columns]

    def line(row: Any, cells: list[Any]) -> str:
        title = escaped(row.title or row.public_id)
        check = (
            f'<td class="check"><input type="checkbox" name="ids" value="{row.public_id}" aria-label="{title}"></td>'
        )
        body = "".join([f"{td}{escaped(cell)}</td>" for td, cell in zip(opened, cells, strict=True)])
        link = f'<td class="strong"><a href="{prefix}{row.public_id}{ending}">{title}</a></td>'
        return f"<tr>{check if selectable else ''}{link}{body}</tr>\n"

    return line


def label_of(name: str | None, short_name: str | None) -> str:
    """As `Org.label` says it, of plain values."""
    return short_name or name or ""


MAKERS: dict[str, Callable[[Any, Wording], Any]] = {
    "receipt": lambda row, words: row.receipt_no or "—",
    "school": lambda row, words: label_of(row.org__name, row.org__short_name),
    "district": lambda row, words: label_of(row.org__parent__name, row.org__parent__short_name),
    "division": lambda row, words: words.division(row.division),
    "team": lambda row, words: words.people["team"].get(row.pk, "—"),
    "advisers": lambda row, words: words.people["advisers"].get(row.pk, "—"),
    "state": lambda row, words: words.badge(row.state),
    "received": lambda row, words: moment_words(row.submitted_at),
    "waiting": lambda row, words: words.waiting(row.state_since),
}
