"""Who may not judge what, from plain facts; indexed by person, school, group and district, never over all pairs.

Each conflict carries its kind, a reason in words, the fact it rests on (evidence), and whether it is pinned: a pinned
one follows from the platform's own records, and no officer below the city may lift it.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from kechuang.judging.messages import Message, say

YEARS_AFTER_LEAVING = 3


class ConflictKind(StrEnum):
    SELF = "self"
    ADVISER = "adviser"
    CO_ADVISER = "co_adviser"
    RELATIVE = "relative"
    DECLARED = "declared"
    SAME_SCHOOL = "same_school"
    PAST_SCHOOL = "past_school"
    SAME_GROUP = "same_group"
    SAME_DISTRICT = "same_district"
    SPONSOR = "sponsor"
    CO_COURSE = "co_course"


@dataclass(frozen=True)
class Tenure:
    """An expert's time at a school; `until` None means it goes on."""

    org: Hashable
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class ExpertFacts:
    """`key` is the expert, `person` the human being behind it (defaults to the key); orgs are any hashable ids.

    `co_advisers` are people with whom the expert advised another entry; `courses` those the expert or their employer
    developed together with a school.
    """

    key: Hashable
    person: Hashable = None
    employers: frozenset[Hashable] = frozenset()
    past: tuple[Tenure, ...] = ()
    groups: frozenset[Hashable] = frozenset()
    districts: frozenset[Hashable] = frozenset()
    relatives: frozenset[Hashable] = frozenset()
    co_advisers: frozenset[Hashable] = frozenset()
    courses: frozenset[Hashable] = frozenset()

    @property
    def human(self) -> Hashable:
        return self.key if self.person is None else self.person


@dataclass(frozen=True)
class EntryFacts:
    """`schools` is usually one; `sponsors` are orgs that fund or train the entry or its school, `courses` those its school co-developed."""

    key: Hashable
    schools: frozenset[Hashable] = frozenset()
    groups: frozenset[Hashable] = frozenset()
    districts: frozenset[Hashable] = frozenset()
    advisers: frozenset[Hashable] = frozenset()
    members: frozenset[Hashable] = frozenset()
    sponsors: frozenset[Hashable] = frozenset()
    courses: frozenset[Hashable] = frozenset()


@dataclass(frozen=True)
class Declared:
    """A conflict someone declared: about one entry, or about a person or school and so all their entries."""

    expert: Hashable
    entry: Hashable = None
    person: Hashable = None
    org: Hashable = None
    reason: str = ""
    pinned: bool = False


@dataclass(frozen=True)
class Conflict:
    expert: Hashable
    entry: Hashable
    kind: ConflictKind
    reason: str
    evidence: Mapping[str, Any] = field(default_factory=dict, hash=False)
    pinned: bool = True

    @property
    def message(self) -> Message:
        return say(f"conflict.{self.kind.value}", **self.evidence)


class _Index:
    """From a fact's key to the entries it concerns."""

    def __init__(self, entries: Iterable[EntryFacts]) -> None:
        self.keys: set[Hashable] = set()
        self.schools, self.groups, self.districts = (defaultdict[Hashable, list[Hashable]](list) for _ in range(3))
        self.advisers, self.members, self.sponsors = (defaultdict[Hashable, list[Hashable]](list) for _ in range(3))
        self.courses: defaultdict[Hashable, list[Hashable]] = defaultdict(list)
        for entry in entries:
            self._add(entry)

    def _add(self, entry: EntryFacts) -> None:
        self.keys.add(entry.key)
        for name in ("schools", "groups", "districts", "advisers", "members", "sponsors", "courses"):
            for fact in getattr(entry, name):
                getattr(self, name)[fact].append(entry.key)


def find_conflicts(
    experts: Iterable[ExpertFacts],
    entries: Iterable[EntryFacts],
    *,
    declared: Iterable[Declared] = (),
    same_district: bool = False,
    on: date | None = None,
) -> list[Conflict]:
    """Every conflict once per expert, entry and kind; `on` is the day of the round (past schools count three years back)."""
    index = _Index(entries)
    day = on or date.today()  # noqa: DTZ011 -- a plain default for use without a platform; the platform passes its own day
    declared_by: defaultdict[Hashable, list[Declared]] = defaultdict(list)
    for declaration in declared:
        declared_by[declaration.expert].append(declaration)
    found: dict[tuple[Hashable, Hashable, ConflictKind], Conflict] = {}
    for expert in experts:
        for conflict in _of_expert(expert, index, declared_by[expert.key], same_district, day):
            found.setdefault((conflict.expert, conflict.entry, conflict.kind), conflict)
    return list(found.values())


def _of_expert(
    expert: ExpertFacts, index: _Index, declared: list[Declared], same_district: bool, on: date
) -> Iterator[Conflict]:
    yield from _hits(expert, ConflictKind.SELF, {expert.human}, index.members, "person")
    yield from _hits(expert, ConflictKind.ADVISER, {expert.human}, index.advisers, "person")
    yield from _hits(expert, ConflictKind.RELATIVE, expert.relatives, index.members, "relative")
    yield from _hits(expert, ConflictKind.RELATIVE, expert.relatives, index.advisers, "relative")
    yield from _hits(expert, ConflictKind.SAME_SCHOOL, expert.employers, index.schools, "org")
    yield from _hits(expert, ConflictKind.SAME_GROUP, expert.groups, index.groups, "group")
    yield from _hits(expert, ConflictKind.SPONSOR, expert.employers, index.sponsors, "org")
    yield from _hits(expert, ConflictKind.CO_ADVISER, expert.co_advisers - {expert.human}, index.advisers, "person")
    yield from _hits(expert, ConflictKind.CO_COURSE, expert.courses, index.courses, "course")
    if same_district:
        yield from _hits(expert, ConflictKind.SAME_DISTRICT, expert.districts, index.districts, "district")
    yield from _past(expert, index, on)
    for declaration in declared:
        yield from _declared(declaration, index)


def _hits(
    expert: ExpertFacts,
    kind: ConflictKind,
    facts: Iterable[Hashable],
    found_at: Mapping[Hashable, list[Hashable]],
    name: str,
) -> Iterator[Conflict]:
    for fact in sorted(facts, key=repr):
        for entry in found_at.get(fact, ()):
            yield Conflict(expert.key, entry, kind, say(f"conflict.{kind.value}").text, {name: fact})


def _past(expert: ExpertFacts, index: _Index, on: date) -> Iterator[Conflict]:
    for tenure in expert.past:
        if tenure.until is not None and years_between(tenure.until, on) >= YEARS_AFTER_LEAVING:
            continue
        evidence = {"org": tenure.org, "since": tenure.since, "until": tenure.until}
        for entry in index.schools.get(tenure.org, ()):
            kind = ConflictKind.PAST_SCHOOL
            yield Conflict(expert.key, entry, kind, say(f"conflict.{kind.value}").text, evidence)


def years_between(then: date, now: date) -> int:
    """Whole years from one day to another; leaving on 29 February counts to 28 February."""
    return (
        now.year - then.year - ((now.month, now.day) < (then.month, min(then.day, 28) if then.month == 2 else then.day))
    )


def _declared(declaration: Declared, index: _Index) -> Iterator[Conflict]:
    entries = [declaration.entry] if declaration.entry in index.keys else []
    entries += [*index.members.get(declaration.person, ()), *index.advisers.get(declaration.person, ())]
    entries += index.schools.get(declaration.org, ())
    reason = declaration.reason or say("conflict.declared").text
    evidence = {"declared": reason, "person": declaration.person, "org": declaration.org}
    for entry in entries:
        yield Conflict(declaration.expert, entry, ConflictKind.DECLARED, reason, evidence, declaration.pinned)


def conflict_pairs(
    conflicts: Iterable[Conflict], experts: Iterable[Hashable], entries: Iterable[Hashable]
) -> list[tuple[int, int]]:
    """Index pairs for `assign`, in the order of the experts and entries given."""
    expert_at = {key: place for place, key in enumerate(experts)}
    entry_at = {key: place for place, key in enumerate(entries)}
    return sorted(
        {(expert_at[c.expert], entry_at[c.entry]) for c in conflicts if c.expert in expert_at and c.entry in entry_at}
    )
