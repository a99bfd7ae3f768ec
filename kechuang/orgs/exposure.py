"""Who could see what of a pupil, and when: the answer to a guardian, an auditor, or whoever answers to a supervisory office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from kechuang.base import clock
from kechuang.base.models import AuditEntry
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Consent, Disclosure, ExportRequest, Membership, Person
from kechuang.orgs.models import Look as AllowedLook
from kechuang.orgs.rules import roles_by_office

LOOKS = ("look_at_identifiers", "export_own_data")
MOST = 200


@dataclass(frozen=True)
class Office:
    """People who, by one role in one organisation, could open the pupil's page on that day."""

    role: str
    org: str
    people: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.people)


@dataclass(frozen=True)
class Look:
    """Somebody opened or took out what is sensitive."""

    at: datetime
    action: str
    office: str
    account: str
    reason: str


@dataclass(frozen=True)
class Exposure:
    pupil: Person
    day: date
    open_then: list[Disclosure]
    disclosures: list[Disclosure]
    consents: list[Consent]
    looks: list[Look]
    exports: list[ExportRequest]
    offices: list[Office]


def exposure(pupil: Person, day: date | None = None) -> Exposure:
    """Everything about who could see `pupil`: over all time, and as it stood at some moment of `day`. Seven queries."""
    day = day or clock.today()
    disclosures = list(Disclosure.objects.filter(pupil=pupil)[:MOST])
    first, last = clock.start_of(day), clock.end_of(day)
    return Exposure(
        pupil=pupil,
        day=day,
        open_then=[d for d in disclosures if d.from_at <= last and (d.until_at is None or d.until_at > first)],
        disclosures=disclosures,
        consents=list(Consent.objects.filter(pupil=pupil).select_related("by", "text").order_by("-pk")[:MOST]),
        looks=_looks(pupil),
        exports=list(
            ExportRequest.objects.filter(subjects__person=pupil, made_at__isnull=False).select_related("org")[:MOST]
        ),
        offices=_offices(pupil, day),
    )


def _looks(pupil: Person) -> list[Look]:
    entries = list(
        AuditEntry.objects.filter(action__in=LOOKS, on_type="orgs.person", on_id=pupil.public_id).order_by("-pk")[:MOST]
    )
    held = Membership.objects.filter(person__user__in={e.by_id for e in entries if e.by_id}).select_related(
        "org", "person"
    )
    places = {m.person.user_id: f"{m.get_role_display()} · {m.org.label}" for m in held.order_by("pk")}
    found = [Look(e.at, e.action, places.get(e.by_id, ""), e.by_name, e.reason) for e in entries]
    return sorted([*found, *_looks_as(pupil)], key=lambda look: look.at, reverse=True)


def _looks_as(pupil: Person) -> list[Look]:
    """Those who looked at pages as this person sees them."""
    rows = AllowedLook.objects.filter(person=pupil, is_allowed=True).select_related("looker", "org")
    return [
        Look(row.decided_at or row.asked_at, "look_as", row.org.label, row.looker.username, row.reason) for row in rows
    ]


def _held_on(day: date) -> Q:
    return (
        Q(since__lte=day)
        & (Q(until__isnull=True) | Q(until__gte=day))
        & (Q(ended_at__isnull=True) | Q(ended_at__gt=clock.start_of(day)))
    )


def _offices(pupil: Person, day: date) -> list[Office]:
    """By the schools the pupil was at on that day: its offices and those above it that may look at people."""
    schools = Membership.objects.filter(_held_on(day), person=pupil, role=Role.PUPIL).values_list(
        "org__path", flat=True
    )
    above = {int(part) for path in schools for part in path.strip("/").split("/") if part}
    rows = Membership.objects.filter(_held_on(day), org__in=above, role__in=roles_by_office("person.view"))
    found: dict[tuple[int, str], list[Membership]] = {}
    for row in rows.select_related("org", "person").order_by("-org__path", "role", "pk"):
        found.setdefault((row.org_id, row.role), []).append(row)
    return [
        Office(str(held[0].get_role_display()), held[0].org.label, tuple(row.person.name for row in held))
        for held in found.values()
    ]
