"""Who is known already. The page asks row by row; a city's file asks once for each batch of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from kechuang.base.crypto import blind_index
from kechuang.orgs.models import Org, Person, PersonalRecord, PupilRecord

FIELDS = {"xueji_index": "xueji", "document_index": "document_number"}
SENSITIVE = ("document_number", "xueji", "phone")
FEW_SCHOOLS = 20
"""Up to so many schools in a batch their whole lists are read: cheaper than looking for a thousand names in the city."""


class Register:
    """Asks the database each time."""

    def index(self, number: str) -> str:
        return blind_index(number)

    def by_number(self, field: str, number: str) -> Person | None:
        if not number:
            return None
        record = PersonalRecord.objects.filter(**{field: self.index(number)}).select_related("person").first()
        return record.person if record else None

    def same_person(self, name: str, birth_on: date, school: Org) -> list[Person]:
        same = Person.objects.filter(name=name, pupil__school=school, pupil__birth_on=birth_on)
        return list(same.select_related("personal"))

    def has_name(self, name: str, school: Org) -> bool:
        return Person.objects.filter(name=name, pupil__school=school, pupil__left_on__isnull=True).exists()


class BatchRegister(Register):
    """Knows beforehand all that a batch of rows will ask, by four queries; `add` makes a new pupil known to later rows."""

    def __init__(self) -> None:
        self.load([])

    def load(self, rows: Iterable[tuple[Org, Mapping[str, Any]]]) -> None:
        """`rows`: each school with the facts of the row, as `Pupils.read` returns them."""
        rows = list(rows)
        self._indices: dict[str, str] = {}
        self._numbers: dict[tuple[str, str], Person] = {}
        self._births: dict[tuple[int, str, date], list[Person]] = defaultdict(list)
        self._names: set[tuple[int, str]] = set()
        self._people: dict[int, Person] = {}
        if not rows:
            return
        for field, fact in FIELDS.items():
            self._load_numbers(field, {facts[fact] for _school, facts in rows if facts[fact]})
        schools = {school.pk for school, _facts in rows}
        self._load_births(schools, {facts["birth_on"] for _school, facts in rows if facts["birth_on"]})
        self._load_names(schools, {facts["name"] for _school, facts in rows})

    def index(self, number: str) -> str:
        found = self._indices.get(number)
        if found is None:
            found = self._indices[number] = blind_index(number)
        return found

    def by_number(self, field: str, number: str) -> Person | None:
        return self._numbers.get((field, self.index(number))) if number else None

    def same_person(self, name: str, birth_on: date, school: Org) -> list[Person]:
        return self._births.get((school.pk, name, birth_on), [])

    def has_name(self, name: str, school: Org) -> bool:
        return (school.pk, name) in self._names

    def add(self, person: Person, school: Org, facts: Mapping[str, Any]) -> None:
        for field, fact in FIELDS.items():
            if facts[fact]:
                self._numbers[field, self.index(facts[fact])] = person
        if facts["birth_on"]:
            self._births[school.pk, person.name, facts["birth_on"]].append(person)
        self._names.add((school.pk, person.name))

    def _load_numbers(self, field: str, numbers: set[str]) -> None:
        wanted = [self.index(number) for number in numbers]
        records = PersonalRecord.objects.filter(**{f"{field}__in": wanted}).defer(*SENSITIVE)
        known = {record.person_id: record for record in records}
        for person in Person.objects.filter(pk__in=known).select_related("pupil__school"):
            record = known[person.pk]
            held = self._people.setdefault(person.pk, person)
            record.person = held
            self._numbers[field, getattr(record, field)] = held

    def _load_births(self, schools: set[int], days: set[date]) -> None:
        found = Person.objects.filter(pupil__school__in=schools, pupil__birth_on__in=days)
        deferred = [f"personal__{field}" for field in SENSITIVE]
        for person in found.select_related("pupil__school", "personal").defer(*deferred):
            record = person.pupil
            held = self._people.setdefault(person.pk, person)
            assert record.birth_on is not None  # asked for by its day
            self._births[record.school_id, person.name, record.birth_on].append(held)

    def _load_names(self, schools: set[int], names: set[str]) -> None:
        held = PupilRecord.objects.filter(school__in=schools, left_on__isnull=True)
        if len(schools) > FEW_SCHOOLS:
            held = held.filter(person__name__in=names)
        self._names = set(held.values_list("school_id", "person__name"))
