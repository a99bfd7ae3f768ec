"""The two halves of taking a roster back, each for many people at once by a few statements: removing whom it added, and writing
what it changed as it stood. Both return whom they leave alone: person → the sentence that says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.orgs.actions.moves import settle_moves
from kechuang.orgs.actions.people import write_numbers
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.orgs.models import (
    Consent,
    Guardianship,
    Membership,
    Org,
    Person,
    PersonalRecord,
    PupilRecord,
    Transfer,
    User,
)
from kechuang.orgs.moves import Moved

SCHOOLING = ("school_id", "grade", "class_name", "enrol_year", "birth_on", "left_on")
DAYS = ("birth_on", "left_on")
NUMBERS = ("document_type", "document_number", "xueji")
CHUNK = 1000


@dataclass
class Change:
    """What a row changed of one person: field → what stood before, and what the row wrote. Days as text, so that it is JSON."""

    was: dict[str, Any] = field(default_factory=dict)
    became: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        return cls(stored["was"], stored["became"])

    def note(self, name: str, was: Any, became: Any) -> None:
        """Several rows about one person: the first says what stood, the last what stands now."""
        self.was.setdefault(name, plain(was))
        self.became[name] = plain(became)

    def as_json(self) -> dict[str, Any]:
        return {"was": self.was, "became": self.became}


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def standing(person: Person | None) -> dict[str, Any]:
    """What a roster could change of a pupil, as it stands on file now; nothing for anybody else."""
    record = PupilRecord.objects.filter(person=person).first() if person else None
    if record is None:
        return {}
    numbers = PersonalRecord.objects.filter(person=person).first() or PersonalRecord()
    found = {name: plain(getattr(record, name)) for name in SCHOOLING}
    return found | {name: getattr(numbers, name) for name in NUMBERS}


def difference(was: Mapping[str, Any], became: Mapping[str, Any]) -> Change | None:
    changed = [name for name in was if was[name] != became.get(name)]
    return Change({n: was[n] for n in changed}, {n: became.get(n) for n in changed}) if changed else None


# --- what was changed --------------------------------------------------------------------------------------------


def put_back(changes: Mapping[int, Change], *, by: Actor) -> dict[int, str]:
    """Write what stood before, where nobody has changed it since. Inside the caller's transaction."""
    records = PupilRecord.objects.filter(person__in=changes).select_related("school", "person")
    held = {record.person_id: record for record in records.select_for_update(of=("self",)).order_by("pk")}
    numbers = _numbers_of([pk for pk, change in changes.items() if not change.was.keys().isdisjoint(NUMBERS)])
    kept: dict[int, str] = {}
    fine: dict[int, Change] = {}
    for pk, change in changes.items():
        if pk not in held:
            continue
        if _stands(held[pk], numbers.get(pk), change):
            fine[pk] = change
        else:
            kept[pk] = _("%(name)s 的资料此后又有更改，没有撤回，请逐人更正。") % {"name": held[pk].person.name}
    _write_schooling({held[pk]: change for pk, change in fine.items()}, by)
    for pk, change in fine.items():
        if given := {name: value for name, value in change.was.items() if name in NUMBERS}:
            _write_numbers(held[pk].person, given)
    return kept


def _numbers_of(people: list[int]) -> dict[int, PersonalRecord]:
    return {record.person_id: record for record in PersonalRecord.objects.filter(person__in=people)}


def _stands(record: PupilRecord, numbers: PersonalRecord | None, change: Change) -> bool:
    empty = PersonalRecord()
    return all(
        plain(getattr((numbers or empty) if name in NUMBERS else record, name)) == value
        for name, value in change.became.items()
    )


def _write_schooling(found: Mapping[PupilRecord, Change], by: Actor) -> None:
    schools = Org.objects.in_bulk({change.was["school_id"] for change in found.values() if "school_id" in change.was})
    fields: set[str] = set()
    moves: list[Moved] = []
    left: list[int] = []
    for record, change in found.items():
        old = record.school
        for name in SCHOOLING:
            if name in change.was:
                _set(record, name, change.was[name], schools)
                fields.add(name.removesuffix("_id"))
        if record.school != old:
            moves.append(Moved(record.person_id, old, record.school))
        if change.was.get("left_on"):
            left.append(record.person_id)
    if fields:
        PupilRecord.objects.bulk_update(list(found), sorted(fields), batch_size=CHUNK)
    settle_moves(moves, by=by)
    standing_roles = Membership.objects.filter(person__in=left, role=Role.PUPIL, ended_at__isnull=True)
    standing_roles.update(ended_at=clock.now(), ended_by=by.user)


def _set(record: PupilRecord, name: str, value: Any, schools: Mapping[int, Org]) -> None:
    if name == "school_id":
        record.school = schools[value]
    else:
        setattr(record, name, date.fromisoformat(value) if name in DAYS and value else value)


def _write_numbers(person: Person, given: dict[str, str]) -> None:
    record = write_numbers(person, given)
    if not (record.document_number or record.xueji or record.phone):
        record.delete()


# --- who was added -----------------------------------------------------------------------------------------------


def remove(people: Iterable[int]) -> dict[int, str]:
    """Delete people with their accounts: only who has done nothing yet (signed in, entered, been bound to a guardian, answered a
    consent, moved). Inside the caller's transaction."""
    found = list(Person.objects.filter(pk__in=list(people)).select_related("user"))
    kept = _used(found)
    free = [person for person in found if person.pk not in kept]
    if free and not _delete(free):
        for person in free:
            if not _delete([person]):
                kept[person.pk] = _("%(name)s 已参加申报或评审，不能撤回。") % {"name": person.name}
    return kept


def _used(people: list[Person]) -> dict[int, str]:
    ids = [person.pk for person in people]
    bound = set(Guardianship.objects.filter(pupil__in=ids).values_list("pupil", flat=True))
    bound |= set(Consent.objects.filter(pupil__in=ids).values_list("pupil", flat=True))
    bound |= set(Transfer.objects.filter(pupil__in=ids).values_list("pupil", flat=True)) | _with_two_places(ids)
    kept: dict[int, str] = {}
    for person in people:
        if person.user is not None and person.user.last_login is not None:
            kept[person.pk] = _("%(name)s 已经登录使用，不能撤回，请在人员页面办理离校。") % {"name": person.name}
        elif person.pk in bound:
            sentence = _("%(name)s 已有监护人、同意记录、转学记录或其他任职，不能撤回。")
            kept[person.pk] = sentence % {"name": person.name}
    return kept


def _with_two_places(ids: list[int]) -> set[int]:
    places: dict[int, int] = {}
    rows = Membership.objects.filter(person__in=ids).order_by("pk").values_list("person", "org")
    return {person for person, org in rows if places.setdefault(person, org) != org}


def _delete(people: list[Person]) -> bool:
    """All of them or, where something that stays points at one, none."""
    try:
        with transaction.atomic():
            Person.objects.filter(pk__in=[person.pk for person in people]).delete()
            User.objects.filter(pk__in=[person.user_id for person in people if person.user_id]).delete()
    except (ProtectedError, RestrictedError):
        return False
    return True
