"""Reads of calls with a name."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from kechuang.base.prepared import NUMBER, TEXT, Prepared, Several
from kechuang.engine.calls.models import Call, QuotaLine
from kechuang.engine.enums import CallState
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org
from kechuang.orgs.scoping import Sight


@dataclass(frozen=True)
class QuotaUse:
    """A district's places in one division ("" = all together) and how many are used."""

    org: Org
    division: str
    places: int
    used: int

    @property
    def left(self) -> int:
        return self.places - self.used


_QUOTAS: Prepared[QuotaLine] = Prepared(lambda call: QuotaLine.objects.filter(call=call).select_related("org"), NUMBER)


def public_calls(now: datetime) -> tuple[list[Call], list[Call], list[Call]]:
    """Published calls: open now, opening later, closed."""
    calls = list(Call.objects.published().select_related("org"))
    running = [c for c in calls if c.state == CallState.PUBLISHED]
    is_open = [c for c in running if c.is_open_at(now)]
    coming = [c for c in running if c.opens_at > now]
    past = [c for c in calls if c not in is_open and c not in coming]
    return (
        sorted(is_open, key=lambda c: (c.closes_at is None, c.closes_at or now)),
        sorted(coming, key=lambda c: c.opens_at),
        past,
    )


def calls_open_to(org: Org, now: datetime) -> QuerySet[Call]:
    """Calls that `org` may answer now: published by an authority above it, and open."""
    return Call.objects.open_at(now).reaching(org.path).select_related("org")


def calls_in_office(actor: Actor) -> QuerySet[Call]:
    """Calls that `actor` handles: the ones they edit, and published ones that reach their organisations."""
    return _in_office(Call.objects.visible_to(actor, "call.edit"), paths_above(actor.paths("application.view")))


def _in_office(own: QuerySet[Call], above: Collection[str]) -> QuerySet[Call]:
    reaching = Call.objects.published().filter(org__path__in=above)
    return (own | reaching).select_related("org").defer("declaration").order_by("-year", "-pk")


_DESK: Sight[Call] = Sight("call.edit", lambda see, above: _in_office(see(Call.objects), above), Several(TEXT))
_AT: Sight[Call] = Sight(
    "call.edit",
    lambda see, above, slug: _in_office(see(Call.objects), above).filter(slug=slug).order_by()[:1],
    Several(TEXT),
    TEXT,
)


def calls_on_desk(actor: Actor) -> list[Call]:
    """`calls_in_office`, compiled once."""
    return _DESK(actor, paths_above(actor.paths("application.view")))


def call_in_office(actor: Actor, slug: str) -> Call | None:
    """The one of `calls_in_office` at an address."""
    return _AT.first(actor, paths_above(actor.paths("application.view")), slug)


def paths_above(paths: list[str]) -> list[str]:
    """The paths themselves and those of every organisation above them."""
    found: set[str] = set()
    for path in paths:
        parts = [part for part in path.split("/") if part]
        found |= {"/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts))}
    return sorted(found)


def quota_use(call: Call, used: Counter[tuple[int, str]], org: Org | None = None) -> list[QuotaUse]:
    """Every quota line with what is used of it; `used` from applications.guards.used_places."""
    lines = _QUOTAS(call.pk) if org is None else QuotaLine.objects.filter(call=call, org=org).select_related("org")
    return [QuotaUse(line.org, line.division, line.places, used[line.org_id, line.division]) for line in lines]
