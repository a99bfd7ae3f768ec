"""Reads of partnerships with a name."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from kechuang.base import clock
from kechuang.engine.applications.models import Application
from kechuang.engine.enums import PartnershipState
from kechuang.engine.honours.models import Honour
from kechuang.engine.partnerships import rules
from kechuang.engine.partnerships.models import LIVE, Agreement, Partnership
from kechuang.engine.programme.declaration import PartnerPlan
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import OrgKind
from kechuang.orgs.models import Membership, Org
from kechuang.orgs.rules import roles_by_office

FOUND = 8
ANSWER = "partnership.answer"


def of_kinds(plan: PartnerPlan) -> Q:
    """Organisations of the kinds that may be the partner; a school is one where the plan names schools."""
    kinds = Q(kind=OrgKind.PARTNER, partner_kind__in=plan.kinds)
    return kinds | Q(kind=OrgKind.SCHOOL) if "school" in plan.kinds else kinds


def candidates(plan: PartnerPlan, holder: Org, words: str) -> list[Org]:
    """Whom the applicant may ask, by a part of the name: only who has somebody that can answer."""
    words = words.strip()
    if not words:
        return []
    rows = answering().filter(of_kinds(plan), name__icontains=words)
    return list(rows.exclude(pk=holder.pk).order_by("name")[:FOUND])


def answering() -> QuerySet[Org]:
    """Organisations that are there today and have somebody who can answer for them."""
    held = Membership.objects.current().filter(
        org=OuterRef("pk"), role__in=roles_by_office(ANSWER), person__user__is_active=True
    )
    return Org.objects.current().filter(Exists(held))


def live_of(applications: Iterable[Application]) -> dict[int, Partnership]:
    """The partnership that stands (asked or confirmed) beside each application: one query."""
    rows = Partnership.objects.filter(application__in=list(applications), state__in=LIVE)
    return {row.application_id: row for row in rows.select_related("partner") if row.application_id}


def told_of(application: Application) -> list[Partnership]:
    """Every question that was asked for it, the newest first."""
    return list(application.partnerships.select_related("partner").order_by("-pk"))


def waiting_for(actor: Actor) -> list[Partnership]:
    """What the actor's offices are asked and have not answered, the oldest first."""
    mine = [org.pk for org in actor.orgs_for(ANSWER)]
    if not mine:
        return []
    rows = Partnership.objects.filter(partner__in=mine, state=PartnershipState.ASKED)
    return list(rows.select_related("holder", "partner", "application__call", "renews__honour__call").order_by("pk"))


def agreements_seen(actor: Actor) -> QuerySet[Agreement]:
    return Agreement.objects.visible_to(actor).select_related("honour__org", "honour__person", "partner")


def agreements_of(honour: Honour) -> list[Agreement]:
    """Its agreements, the newest first."""
    return list(honour.agreements.select_related("partner").order_by("-since", "-pk"))


def ending(actor: Actor, day: date) -> list[Agreement]:
    """Agreements of the actor's own offices, on either side, that end soon and are not yet gone on with."""
    mine = [org.pk for org in actor.orgs_for(ANSWER)]
    if not mine:
        return []
    rows = running(day).filter(Q(partner__in=mine) | Q(honour__org__in=mine), until__lte=day + rules.SOON)
    return list(rows.select_related("honour__org", "partner").order_by("until", "pk"))


def running(day: date) -> QuerySet[Agreement]:
    """What holds on `day` and is the last of its chain."""
    later = Agreement.objects.filter(honour=OuterRef("honour"), since__gt=OuterRef("since"))
    rows = Agreement.objects.filter(since__lte=day, until__gte=day)
    return rows.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day)).exclude(Exists(later))


@dataclass(frozen=True)
class Circle:
    """One partner and the holders it works with today, by programme."""

    partner: Org
    agreements: Sequence[Agreement]

    @property
    def holders(self) -> int:
        return len({one.honour.org_id for one in self.agreements})


def circle_of(partner: Org) -> Circle:
    rows = running(clock.today()).filter(partner=partner).select_related("honour__org__parent")
    return Circle(partner, list(rows.order_by("honour__programme_code", "honour__org__path", "pk")))


def circles(programme_code: str, day: date) -> list[Circle]:
    """Every partner of a programme with its holders, the one with most first (“1+N”)."""
    rows = running(day).filter(honour__programme_code=programme_code).select_related("honour__org", "partner")
    found: dict[int, list[Agreement]] = defaultdict(list)
    for row in rows.order_by("honour__org__path", "pk"):
        found[row.partner_id].append(row)
    made = [Circle(several[0].partner, several) for several in found.values()]
    return sorted(made, key=lambda circle: (-len(circle.agreements), circle.partner.name))
