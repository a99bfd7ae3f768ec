"""Writing a batch of pupils: the rows are gathered as unsaved objects and go to the database by a few statements."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from kechuang.base import clock, ids
from kechuang.orgs.actions.moves import settle_moves
from kechuang.orgs.actions.people import CODE_LENGTH
from kechuang.orgs.actions.rosters.backing import Change
from kechuang.orgs.actions.rosters.kinds import Checked
from kechuang.orgs.actions.rosters.register import FIELDS, BatchRegister
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Membership, Org, Person, PersonalRecord, PupilRecord, User
from kechuang.orgs.moves import Moved

SCHOOLING = ("grade", "class_name", "birth_on", "enrol_year")
CHUNK = 1000


class PupilBatch:
    """`take` each checked row, then `write` once, inside the caller's transaction."""

    def __init__(self, register: BatchRegister, by: Actor) -> None:
        self.register, self.by = register, by
        self.new: list[Person] = []
        self.numbers: list[PersonalRecord] = []
        self.changed: dict[int, PupilRecord] = {}
        self.fields: set[str] = set()
        self.moved: dict[int, Moved] = {}
        self.noted: dict[int, Change] = {}
        self.more_numbers: list[tuple[PersonalRecord, list[str]]] = []

    def take(self, checked: Checked, school: Org) -> str:
        """What becomes of the row: `added`, `updated`, or `same` when everything is on file already."""
        facts = checked.facts
        if checked.person is None:
            self._add(facts, school)
            return "added"
        schooling = self._update_schooling(checked.person, facts, school)
        numbers = self._update_numbers(checked.person, facts)
        return "updated" if schooling or numbers else "same"

    def _add(self, facts: dict[str, Any], school: Org) -> None:
        person = Person(name=facts["name"])
        known = {field: facts[field] for field in SCHOOLING if facts[field] not in ("", None)}
        PupilRecord(person=person, school=school, **known)
        if facts["xueji"] or facts["document_number"]:
            record = PersonalRecord(person=person, document_type=facts["document_type"])
            self._set_numbers(record, facts, FIELDS)
            self.numbers.append(record)
        self.new.append(person)
        self.register.add(person, school, facts)

    def _set_numbers(self, record: PersonalRecord, facts: dict[str, Any], indices: Any) -> list[str]:
        changed: list[str] = []
        for index in indices:
            if number := facts[FIELDS[index]]:
                setattr(record, FIELDS[index], number)
                setattr(record, index, self.register.index(number))
                changed += [FIELDS[index], index]
        return changed

    def _update_schooling(self, person: Person, facts: dict[str, Any], school: Org) -> bool:
        record = person.pupil
        given = {field: facts[field] for field in SCHOOLING if facts[field] not in ("", None)}
        changed = {field for field, value in given.items() if getattr(record, field) != value}
        for field in changed:
            self._note(person, field, getattr(record, field), given[field])
            setattr(record, field, given[field])
        old, comes_back = record.school, record.left_on is not None
        if comes_back:
            self._note(person, "left_on", record.left_on, None)
            record.left_on = None
            changed.add("left_on")
        if old.pk != school.pk:
            self._note(person, "school_id", old.pk, school.pk)
            record.school = school
            changed.add("school")
        if person.pk and (comes_back or old.pk != school.pk):
            earlier = self.moved.get(person.pk)
            self.moved[person.pk] = Moved(person.pk, earlier.old if earlier else old, school)
        if changed and person.pk:
            self.changed[person.pk] = record
            self.fields |= changed
        return bool(changed)

    def _note(self, person: Person, name: str, was: Any, became: Any) -> None:
        """Of somebody who was known before the batch; whom it adds is removed as a whole."""
        if person.pk:
            self.noted.setdefault(person.pk, Change()).note(name, was, became)

    def _update_numbers(self, person: Person, facts: dict[str, Any]) -> bool:
        record = getattr(person, "personal", None) or PersonalRecord(person=person)
        fresh = [index for index, fact in FIELDS.items() if facts[fact] and self._differs(record, index, facts)]
        if not fresh:
            return False
        if "document_index" in fresh:
            self._note(person, "document_type", record.document_type, facts["document_type"])
            record.document_type = facts["document_type"]
        for index in fresh:
            self._note(person, FIELDS[index], getattr(record, FIELDS[index]), facts[FIELDS[index]])
        changed = self._set_numbers(record, facts, fresh)
        if record.pk:
            self.more_numbers.append((record, [*changed, "document_type"]))
        elif record not in self.numbers:
            self.numbers.append(record)
        return True

    def _differs(self, record: PersonalRecord, index: str, facts: dict[str, Any]) -> bool:
        return getattr(record, index) != self.register.index(facts[FIELDS[index]])

    def write(self) -> None:
        self._write_new()
        if self.changed:
            PupilRecord.objects.bulk_update(self.changed.values(), sorted(self.fields), batch_size=CHUNK)
        settle_moves(list(self.moved.values()), by=self.by)
        PersonalRecord.objects.bulk_create(self.numbers, batch_size=CHUNK)
        for record, fields in self.more_numbers:
            record.save(update_fields=fields)

    def _write_new(self) -> None:
        for person, code in zip(self.new, new_codes(len(self.new)), strict=True):
            person.user = User(username=code, has_pin=True, password=_no_password())
        User.objects.bulk_create([person.user for person in self.new if person.user], batch_size=CHUNK)
        Person.objects.bulk_create(self.new, batch_size=CHUNK)
        records = [person.pupil for person in self.new]
        PupilRecord.objects.bulk_create(records, batch_size=CHUNK)
        self._write_memberships(records)

    def _write_memberships(self, records: list[PupilRecord]) -> None:
        facts = {"role": Role.PUPIL, "since": clock.today(), "granted_by": self.by.user, "granted_at": clock.now()}
        rows = [Membership(person=record.person, org=record.school, **facts) for record in records]
        Membership.objects.bulk_create(rows, batch_size=CHUNK)


def _no_password() -> str:
    """Opens nothing until a PIN is issued; like Django's own, but by one call instead of forty."""
    return UNUSABLE_PASSWORD_PREFIX + secrets.token_hex(20)


def new_codes(count: int) -> list[str]:
    """So many codes that nobody has."""
    found: set[str] = set()
    while len(found) < count:
        drawn = {ids.new_public_id(CODE_LENGTH) for _n in range(count - len(found))}
        found |= drawn - set(User.objects.filter(username__in=drawn).values_list("username", flat=True))
    return list(found)
