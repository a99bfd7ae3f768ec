"""The rows of the officer's list, made ready so that the template only writes them out: a page has a hundred of them."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kechuang.base import clock
from kechuang.engine.applications.models import Adviser, Application, TeamMember
from kechuang.engine.applications.rules import division_name
from kechuang.web.officer.queue.filters import Listing
from kechuang.web.templatetags._words import moment_words, state_words

CLASSES = {"receipt": "nowrap", "school": "fact", "state": "state", "waiting": "nowrap"}


class Row(NamedTuple):
    app: Application
    url: str
    cells: list[tuple[str, str]]


def with_columns(rows: QuerySet[Application], columns: Iterable[str]) -> QuerySet[Application]:
    """What the columns show, in a fixed number of queries; the long answers and the call's declaration stay where they are."""
    wanted = set(columns)
    found = rows.select_related("org__parent").defer("answers", "abstract")
    people = (("team", "members", TeamMember), ("advisers", "advisers", Adviser))
    return found.prefetch_related(
        *(Prefetch(name, model._default_manager.select_related("person")) for column, name, model in people if column in wanted)
    )  # fmt: skip


def rows_of(applications: Iterable[Application], listing: Listing) -> list[Row]:
    prefix, suffix = reverse("application", args=["x"]).rsplit("x", 1)
    ending = f"{suffix}?{urlencode({'from': listing.text})}"
    makers = [(CLASSES.get(name, ""), _MAKERS[name]) for name in listing.columns]
    look = Look(listing)
    return [
        Row(app, f"{prefix}{app.public_id}{ending}", [(css, make(app, look)) for css, make in makers])
        for app in applications
    ]


class Look:
    """What the cells of one page have in common; each division and state is put into words once."""

    def __init__(self, listing: Listing) -> None:
        self.plan = listing.call.plan
        self.now: datetime = clock.now()
        self._divisions: dict[str, str] = {}
        self._badges: dict[str, SafeString] = {}

    def division(self, code: str) -> str:
        if code not in self._divisions:
            self._divisions[code] = division_name(self.plan, code) if code else ""
        return self._divisions[code]

    def badge(self, state: str) -> SafeString:
        if state not in self._badges:
            label, tone = state_words(state)
            self._badges[state] = format_html('<span class="badge tone-{}">{}</span>', tone, label)
        return self._badges[state]


def _waiting(app: Application, look: Look) -> str:
    days = (look.now - app.state_since).days
    return ngettext("%(n)s 天", "%(n)s 天", days) % {"n": days} if days else _("今天")


def _district(app: Application, look: Look) -> str:
    return app.org.parent.label if app.org.parent else ""


_MAKERS: dict[str, Callable[[Application, Look], Any]] = {
    "receipt": lambda app, look: app.receipt_no or "—",
    "school": lambda app, look: app.org.label,
    "district": _district,
    "division": lambda app, look: look.division(app.division),
    "team": lambda app, look: "、".join(member.person.name for member in app.members.all()) or "—",
    "advisers": lambda app, look: "、".join(adviser.person.name for adviser in app.advisers.all()) or "—",
    "state": lambda app, look: look.badge(app.state),
    "received": lambda app, look: moment_words(app.submitted_at),
    "waiting": _waiting,
}
