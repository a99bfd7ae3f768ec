"""Reads of calls with a name."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from kechuang.engine.calls.models import Call, QuotaLine
from kechuang.engine.enums import CallState
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org


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


def public_calls(now: datetime) -> tuple[list[Call], list[Call], list[Call]]:
    """Published calls: open now, opening later, closed."""
    calls = list(Call.objects.published().select_related("org"))
    running = [c for c in calls if c.state == CallState.PUBLISHED]
    is_open = [c for c in running if c.opens_at <= now < c.closes_at]
    coming = [c for c in running if c.opens_at > now]
    past = [c for c in calls if c not in is_open and c not in coming]
    return sorted(is_open, key=lambda c: c.closes_at), sorted(coming, key=lambda c: c.opens_at), past


def calls_open_to(org: Org, now: datetime) -> QuerySet[Call]:
    """Calls that `org` may answer now: published by an authority above it, and open."""
    return Call.objects.open_at(now).reaching(org.path).select_related("org")


def calls_in_office(actor: Actor) -> QuerySet[Call]:
    """Calls that `actor` handles: the ones they edit, and published ones that reach their organisations."""
    paths = actor.paths("application.view")
    own = Call.objects.visible_to(actor, "call.edit")
    reaching = Call.objects.published().filter(org__path__in=_above(paths))
    found = (own | reaching).distinct().select_related("org").defer("declaration")
    return found.order_by("-year", "-pk")


def _above(paths: list[str]) -> set[str]:
    found: set[str] = set()
    for path in paths:
        parts = [part for part in path.split("/") if part]
        found |= {"/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts))}
    return found


def quota_use(call: Call, used: Counter[tuple[int, str]], org: Org | None = None) -> list[QuotaUse]:
    """Every quota line with what is used of it; `used` from applications.guards.used_places."""
    lines = QuotaLine.objects.filter(call=call).select_related("org")
    if org is not None:
        lines = lines.filter(org=org)
    return [QuotaUse(line.org, line.division, line.places, used[line.org_id, line.division]) for line in lines]
