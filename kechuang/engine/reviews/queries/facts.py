"""The facts conflicts are found by, read from the organisation tree in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet

from kechuang.base import clock
from kechuang.engine.applications.models import Adviser, Application, TeamMember
from kechuang.engine.reviews.models import Affiliation, Reviewer, ReviewRound
from kechuang.judging.conflicts import Declared, EntryFacts, ExpertFacts, Tenure
from kechuang.orgs.enums import OrgKind, RelationshipKind, Role
from kechuang.orgs.models import Guardianship, Membership, Org, Relationship

NOT_EMPLOYED = (Role.EXPERT, Role.PUPIL, Role.GUARDIAN)
"""Roles that are no employment: an expert's office, one's own schooling, a child's school (found through guardianship)."""
BOUND = (RelationshipKind.ADVISER, RelationshipKind.SUPERVISOR, RelationshipKind.COAUTHOR, RelationshipKind.OTHER)


@dataclass(frozen=True)
class Facts:
    experts: list[ExpertFacts]
    entries: list[EntryFacts]
    declared: list[Declared]


class Post(NamedTuple):
    """A time at an organisation."""

    org: int
    since: date | None
    until: date | None


@dataclass
class _Tree:
    """The organisations that matter here, by id: who lies under whom is read from the path."""

    orgs: dict[int, Org]
    districts: frozenset[int] = frozenset()
    schools: frozenset[int] = frozenset()
    chains: dict[int, list[int]] = field(default_factory=dict)

    def chain(self, org: int) -> list[int]:
        """The organisation and those above it."""
        if org not in self.chains:
            self.chains[org] = [int(part) for part in self.orgs[org].path.strip("/").split("/")]
        return self.chains[org]

    def workplaces(self, org: int) -> set[int]:
        """The organisation itself, and the school a campus belongs to."""
        return {org} | (self.schools.intersection(self.chain(org)))

    def district(self, org: int) -> set[int]:
        return set(self.districts.intersection(self.chain(org)))

    def groups(self, org: int) -> set[int]:
        found = {self.orgs[node].group_id for node in self.workplaces(org) if node in self.orgs}
        if self.orgs[org].kind == OrgKind.GROUP:
            found.add(org)
        return {group for group in found if group}


def conflict_facts(round: ReviewRound, day: date) -> Facts:
    """Everything on record about the round's experts and entries on `day`."""
    reviewers = list(Reviewer.objects.filter(round_reviewers__round=round).order_by("pk"))
    people = {reviewer.person_id: reviewer.pk for reviewer in reviewers}
    tenures = _tenures(reviewers, people)
    applications = Application.objects.filter(round_entries__round=round)
    members = list(
        TeamMember.objects.filter(application__in=applications).values_list("application_id", "person_id", "school_id")
    )
    advisers = list(Adviser.objects.filter(application__in=applications).values_list("application_id", "person_id"))
    homes = dict(applications.values_list("pk", "org_id"))
    tree = _tree(
        {tenure.org for found in tenures.values() for tenure in found}
        | {s for _a, _p, s in members}
        | set(homes.values())
    )
    served, taught = _served(reviewers, Affiliation.Kind.SPONSOR), _served(reviewers, Affiliation.Kind.COURSE)
    beside = _co_advisers(people, applications)
    entries = list(_entries(homes, members, advisers, tree))
    relatives = _relatives(people)
    experts = [
        replace(
            _expert(reviewer, tenures[reviewer.pk], served[reviewer.pk], relatives[reviewer.pk], tree, day),
            co_advisers=frozenset(beside[reviewer.pk]),
            courses=frozenset(_serves(org) for org in taught[reviewer.pk]),
        )
        for reviewer in reviewers
    ]
    return Facts(experts, entries, list(_bound(people)))


def _tree(ids: set[int]) -> _Tree:
    orgs = {org.pk: org for org in Org.objects.filter(pk__in=ids)}
    above = {int(part) for org in orgs.values() for part in org.path.strip("/").split("/")} - set(orgs)
    orgs |= {org.pk: org for org in Org.objects.filter(pk__in=above)}
    districts = frozenset(pk for pk, org in orgs.items() if org.kind == OrgKind.DISTRICT)
    schools = frozenset(pk for pk, org in orgs.items() if org.kind == OrgKind.SCHOOL)
    return _Tree(orgs, districts, schools)


def _tenures(reviewers: list[Reviewer], people: dict[int, int]) -> dict[int, list[Post]]:
    """Where each expert works or worked: offices held in the platform and what the expert pool says."""
    found: dict[int, list[Post]] = defaultdict(list)
    held = Membership.objects.filter(person__in=people).exclude(role__in=NOT_EMPLOYED)
    for person, org, since, until, ended_at in held.order_by("pk").values_list(
        "person_id", "org_id", "since", "until", "ended_at"
    ):
        found[people[person]].append(Post(org, since, _day_before(ended_at) if ended_at else until))
    named = Affiliation.objects.filter(reviewer__in=reviewers, kind=Affiliation.Kind.EMPLOYER).order_by("pk")
    for reviewer, org, began, ended in named.values_list("reviewer_id", "org_id", "since", "until"):
        found[reviewer].append(Post(org, began, ended))
    return found


def _day_before(ended_at: datetime) -> date:
    """A membership ended by hand ends at once, so it no longer stands on that day."""
    return clock.local(ended_at).date() - timedelta(days=1)


def _co_advisers(people: dict[int, int], applications: QuerySet[Application]) -> dict[int, set[int]]:
    """Those with whom an expert advises or advised an entry of any call, by expert."""
    together: dict[int, set[int]] = defaultdict(set)
    asked = Adviser.objects.filter(application__in=applications).values("person")
    own = Adviser.objects.filter(person__in=people).values("application")
    rows = Adviser.objects.filter(application__in=own).filter(Q(person__in=people) | Q(person__in=asked))
    for application, person in rows.values_list("application_id", "person_id"):
        together[application].add(person)
    found: dict[int, set[int]] = defaultdict(set)
    for advisers in together.values():
        for person in advisers & people.keys():
            found[people[person]] |= advisers - {person}
    return found


def _served(reviewers: list[Reviewer], kind: str) -> dict[int, set[int]]:
    """Schools that an expert's employer sponsors or trains, or with which they develop courses, by expert."""
    found: dict[int, set[int]] = defaultdict(set)
    named = Affiliation.objects.filter(reviewer__in=reviewers, kind=kind)
    for reviewer, org in named.values_list("reviewer_id", "org_id"):
        found[reviewer].add(org)
    return found


def _relatives(people: dict[int, int]) -> dict[int, set[int]]:
    """Relatives declared from either side, and wards."""
    found: dict[int, set[int]] = defaultdict(set)
    for one, other in _both_ways(people, [RelationshipKind.RELATIVE]):
        found[people[one]].add(other)
    for guardian, pupil in Guardianship.objects.filter(guardian__in=people, ended_at__isnull=True).values_list(
        "guardian_id", "pupil_id"
    ):
        found[people[guardian]].add(pupil)
    return found


def _bound(people: dict[int, int]) -> Iterator[Declared]:
    """Advisers, supervisors, co-authors of a pupil or teacher: declared for every entry that person is in."""
    for kind in BOUND:
        for one, other in _both_ways(people, [kind]):
            yield Declared(people[one], person=other, reason=str(kind.label), pinned=False)


def _both_ways(people: dict[int, int], kinds: Iterable[str]) -> Iterator[tuple[int, int]]:
    for one, other in Relationship.objects.filter(person__in=people, kind__in=kinds).values_list(
        "person_id", "other_id"
    ):
        yield one, other
    for other, one in Relationship.objects.filter(other__in=people, kind__in=kinds).values_list(
        "person_id", "other_id"
    ):
        yield one, other


def _serves(org: int) -> Hashable:
    """A mark that both sides carry when the expert's employer serves the entry's school."""
    return ("serves", org)


def _expert(
    reviewer: Reviewer, tenures: list[Post], served: set[int], relatives: set[int], tree: _Tree, day: date
) -> ExpertFacts:
    now = {tenure.org for tenure in tenures if tenure.until is None or tenure.until >= day}
    workplaces = {place for org in now for place in tree.workplaces(org)}
    past = [
        Tenure(place, tenure.since, tenure.until)
        for tenure in tenures
        if tenure.org not in now
        for place in sorted(tree.workplaces(tenure.org))
    ]
    return ExpertFacts(
        key=reviewer.pk,
        person=reviewer.person_id,
        employers=frozenset(workplaces) | frozenset(_serves(org) for org in served),
        past=tuple(past),
        groups=frozenset(group for org in now for group in tree.groups(org)),
        districts=frozenset(district for org in now for district in tree.district(org)),
        relatives=frozenset(relatives),
    )


def _entries(
    homes: dict[int, int], members: list[tuple[int, int, int]], advisers: list[tuple[int, int]], tree: _Tree
) -> Iterator[EntryFacts]:
    people, schools, taught = defaultdict(set), defaultdict(set), defaultdict(set)
    for application, person, school in members:
        people[application].add(person)
        schools[application].add(school)
    for application, person in advisers:
        taught[application].add(person)
    for application, home in homes.items():
        at = {home, *schools[application]}
        places = frozenset(place for org in at for place in tree.workplaces(org))
        yield EntryFacts(
            key=application,
            schools=places,
            groups=frozenset(group for org in at for group in tree.groups(org)),
            districts=frozenset(district for org in at for district in tree.district(org)),
            advisers=frozenset(taught[application]),
            members=frozenset(people[application]),
            sponsors=frozenset(_serves(place) for place in places),
            courses=frozenset(_serves(place) for place in places),
        )
