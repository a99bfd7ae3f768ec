"""Reads of spot checks with a name."""

from django.db.models import Count, Q, QuerySet

from kechuang.base import clock
from kechuang.engine.honours.models import Honour
from kechuang.engine.honours.queries import folded, granting
from kechuang.engine.programme.declaration import Programme, SpotCheckPlan
from kechuang.engine.tenure.models import Draw, SpotCheck
from kechuang.engine.tenure.rules import Holder
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org
from kechuang.orgs.rules import covers


def checked_programmes() -> dict[str, Programme]:
    """Programmes whose declaration has a checklist."""
    return {code: plan for code, plan in granting().items() if plan.honour and plan.honour.spot_checks}


def checked_plan(programme_code: str) -> SpotCheckPlan | None:
    plan = checked_programmes().get(programme_code)
    return plan.honour.spot_checks if plan and plan.honour else None


def pool_of(programme_code: str, org: Org) -> list[Holder]:
    """The holders of today in the charge of `org`, each with its layer: where it lies right under the city, and its level."""
    pairs = folded(programme_code, clock.today())
    held = [(honour, now) for honour, now in pairs if now.is_held and covers(org.path, honour.org.path)]
    return [Holder(honour.number, f"{_unit(honour.org.path)}:{now.level}") for honour, now in held]


def _unit(path: str) -> str:
    parts = path.strip("/").split("/")
    return parts[1] if len(parts) > 1 else parts[0]


def draws_seen(actor: Actor) -> QuerySet[Draw]:
    """With how many were drawn, looked at, and found bad."""
    return (
        Draw.objects.visible_to(actor)
        .select_related("org")
        .annotate(
            n=Count("checks"),
            done=Count("checks", filter=~Q(checks__result="")),
            bad=Count("checks", filter=Q(checks__result="bad")),
        )
        .order_by("-pk")
    )


def checks_seen(actor: Actor) -> QuerySet[SpotCheck]:
    return SpotCheck.objects.visible_to(actor).select_related(
        "honour__org__parent", "honour__person", "honour__call", "draw__org"
    )


def done_at(honour: Honour) -> list[SpotCheck]:
    """What was found at a holder, the newest first."""
    return list(honour.spot_checks.exclude(result="").select_related("draw").order_by("-visited_on", "-pk"))
