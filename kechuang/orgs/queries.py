"""Named reads over the tree, people and consent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from kechuang.base import clock
from kechuang.base.prepared import DAY, NUMBER, TEXT, Prepared
from kechuang.orgs.enums import ConsentAnswer, OrgEventKind, OrgKind
from kechuang.orgs.models import (
    Consent,
    ConsentText,
    Guardianship,
    Membership,
    Org,
    OrgEvent,
    Person,
    PupilRecord,
    User,
)
from kechuang.orgs.rules import consent_stands, roles_by_office

LINEAGE = (OrgEventKind.MERGE, OrgEventKind.SPLIT)

# --- the tree ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OrgThen:
    """An organisation as it was on a past day."""

    id: int
    name: str
    kind: str
    parent_id: int | None
    path: str


def tree_as_of(day: date) -> dict[int, OrgThen]:
    """The whole tree of a past day by id, with the names, parents and paths of that day."""
    rows: dict[int, Any] = {row.pk: row for row in Org.objects.as_of(day)}
    paths: dict[int, str] = {}

    def path_of(pk: int) -> str:
        if pk not in paths:
            parent = rows[pk].parent_then
            paths[pk] = f"{path_of(parent) if parent in rows else '/'}{pk}/"
        return paths[pk]

    return {pk: OrgThen(pk, row.name_then, row.kind, row.parent_then, path_of(pk)) for pk, row in rows.items()}


def successors(org: Org, on: date | None = None) -> list[Org]:
    """Who carries on an organisation's work on a day: itself while open, and what it became by merger and division."""
    return _follow(org, on or clock.today(), "org_id", "successor_id")


def predecessors(org: Org, on: date | None = None) -> list[Org]:
    """Whom an organisation came from, itself left out, whatever year they closed in."""
    day = on or clock.today()
    return [other for other in _reach(org, day, "successor_id", "org_id") if other.pk != org.pk]


def _follow(org: Org, day: date, start: str, end: str) -> list[Org]:
    return [other for other in _reach(org, day, start, end) if other.closed_on is None or other.closed_on > day]


def _reach(org: Org, day: date, start: str, end: str) -> list[Org]:
    seen, edge = {org.pk}, {org.pk}
    while edge:
        steps = OrgEvent.objects.filter(kind__in=LINEAGE, on__lte=day, **{f"{start}__in": edge})
        edge = set(steps.values_list(end, flat=True)) - seen
        seen |= edge
    return list(Org.objects.filter(pk__in=seen).order_by("path"))


def heir(org: Org, on: date | None = None) -> Org:
    """The one organisation that a past figure of `org` is added to, so that sums over all of them stay equal."""
    return heirs([org], on)[org.pk]


def heirs(orgs: Iterable[Org], on: date | None = None) -> dict[int, Org]:
    """For each id the present organisation that inherits its figures; in two queries, however many."""
    day = on or clock.today()
    closed = OrgEvent.objects.filter(kind__in=LINEAGE, on__lte=day, is_heir=True, org__closed_on__lte=day)
    step = dict(closed.values_list("org_id", "successor_id"))
    ends = {org.pk: _last(org.pk, step) for org in orgs}
    found = Org.objects.in_bulk(set(ends.values()))
    return {pk: found[end] for pk, end in ends.items()}


def _last(pk: int, step: dict[int, int]) -> int:
    while pk in step:
        pk = step[pk]
    return pk


def district_of(org: Org) -> Org:
    """The reporting unit: the district, or the line of schools directly under the city; for a city's own, the city."""
    ids = [*org.ancestor_ids, org.pk]
    return org if len(ids) < 2 or ids[1] == org.pk else Org.objects.get(pk=ids[1])


def city() -> Org:
    return Org.objects.current().filter(kind=OrgKind.CITY, is_demo=False).first() or Org.objects.get(kind=OrgKind.CITY)


def open_schools(under: Org | None = None) -> QuerySet[Org]:
    rows = Org.objects.current().schools()
    return rows.under(under) if under else rows


# --- people ------------------------------------------------------------------------------------------------------


def officers_with(permission: str, path: str) -> QuerySet[User]:
    """The accounts whose office grants the permission over `path`: of that organisation and of all above it."""
    ids = [int(part) for part in path.strip("/").split("/") if part]
    held = Membership.objects.current().filter(org__in=ids, role__in=roles_by_office(permission))
    return User.objects.filter(is_active=True, person__in=held.values("person"))


def nearest_officers(permission: str, path: str, *, but: int | None = None) -> list[User]:
    """The accounts of the nearest office, going up from `path`, in which somebody else than the account `but` holds the permission."""
    roles = roles_by_office(permission)
    for part in reversed([part for part in path.split("/") if part]):
        held = Membership.objects.current().filter(org=int(part), role__in=roles).values("person")
        if found := list(User.objects.filter(is_active=True, person__in=held).exclude(pk=but or 0)):
            return found
    return []


_RECORD: Prepared[PupilRecord] = Prepared(lambda person: PupilRecord.objects.filter(person=person).order_by(), NUMBER)


def record_of(person: Person) -> PupilRecord | None:
    """The pupil's record, kept with the person; nobody else has one."""
    relation = Person._meta.get_field("pupil")
    if not relation.is_cached(person):
        relation.set_cached_value(person, _RECORD.first(person.pk))
    return getattr(person, "pupil", None)


def children_of(person: Person) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=Guardianship.objects.standing().filter(guardian=person).values("pupil"))


def guardians_of(pupil: Person) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=Guardianship.objects.standing().filter(pupil=pupil).values("guardian"))


def is_guardian_of(person: Person | None, pupil: Person) -> bool:
    return person is not None and Guardianship.objects.standing().filter(guardian=person, pupil=pupil).exists()


# --- consent -----------------------------------------------------------------------------------------------------

History = dict[tuple[int, str], list[tuple[str, str, int | None]]]


def has_consent(person: Person, purpose: str, at: datetime | None = None) -> bool:
    return not missing_consents([person.pk], [purpose], at=at)


def missing_consents(people: Iterable[int], purposes: Iterable[str], at: datetime | None = None) -> set[int]:
    """Ids of those for whom one of the consents does not stand: never asked, refused or withdrawn. One query."""
    wanted, asked = set(purposes), set(people)
    if not wanted or not asked:
        return set()
    history = _history(asked, wanted, at)
    return {person for person in asked if not all(consent_stands(history[person, purpose]) for purpose in wanted)}


def _history(people: set[int], purposes: set[str], at: datetime | None) -> History:
    if at is None and len(people) <= TEAM:
        rows = _answers_of(len(people), len(purposes))(*people, *purposes, clock.today())
    else:
        rows = _answers(people, purposes, at.date() if at else clock.today())
        rows = rows.filter(at__lte=at) if at else rows
    found: History = defaultdict(list)
    for pupil, purpose, who, answer, age in rows:
        found[pupil, purpose].append((who, answer, age))
    return found


def _answers(people: Iterable[int], purposes: Iterable[str], day: date) -> Any:
    newer = ConsentText.objects.asking_again(day).filter(
        purpose=OuterRef("purpose"), version__gt=OuterRef("text__version")
    )
    rows = Consent.objects.filter(pupil__in=list(people), purpose__in=list(purposes)).order_by("pk")
    rows = rows.exclude(Exists(newer), answer=ConsentAnswer.GRANTED)
    return rows.values_list("pupil", "purpose", "answered_as", "answer", "age_then")


TEAM = 3
"""So many people are asked about with every submission; more of them only where a list is read."""


@cache
def _answers_of(people: int, purposes: int) -> Prepared[tuple[int, str, str, str, int | None]]:
    def build(*places: Any) -> Any:
        return _answers(places[:people], places[people:-1], places[-1])

    return Prepared(build, *[NUMBER] * people, *[TEXT] * purposes, DAY)


def consents_of(pupil: Person) -> dict[str, bool]:
    """Purpose → whether consent stands now, for every purpose ever asked."""
    rows = Consent.objects.filter(pupil=pupil)
    history = _history({pupil.pk}, set(rows.values_list("purpose", flat=True)), None)
    return {purpose: consent_stands(answers) for (_pk, purpose), answers in history.items()}
