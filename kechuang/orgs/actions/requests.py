"""Correction, deletion and explanation of personal data: asked by whom it is about, answered by an officer in time.

The term is what the consent texts promise, fifteen working days (GB/T 35273-2020 8.7 allows thirty days). Where the holidays
of a year are not entered yet the weekdays count alone, which is never later than the law allows.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock, workdays
from kechuang.base.errors import Refused
from kechuang.base.messages import notify
from kechuang.base.numbers import next_number
from kechuang.orgs.actions.people import record_identifiers, update_pupil
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.enums import CorrectedField, ErasedPart, RequestKind, RequestState, Role
from kechuang.orgs.erasure import erase_part, name_is_kept, on_erasure
from kechuang.orgs.models import DataRequest, Guardianship, Membership, Org, Person, PersonalRecord, PupilRecord, User
from kechuang.orgs.queries import is_guardian_of, nearest_officers
from kechuang.orgs.rules import ADULT_FROM

WORKING_DAYS = 15
AHEAD = 3
ERASED = "已注销"


def may_speak_for(by: Actor, person: Person) -> bool:
    """Oneself, and one's child until it is of age."""
    if by.person is None:
        return False
    record = getattr(person, "pupil", None)
    age = record.age_on(clock.today()) if record else None
    return by.person == person or (is_guardian_of(by.person, person) and (age is None or age < ADULT_FROM))


@transaction.atomic
def file_request(person: Person, kind: str, *, by: Actor, **told: str) -> DataRequest:
    """Take in a request about `person`; the nearest office is told. `told`: field and wanted, or part; text."""
    if not may_speak_for(by, person) or by.user is None:
        raise PermissionDenied(_("只有本人，或未满 18 周岁学生的监护人，可以提出申请。"))
    facts = _checked(RequestKind(kind), {name: value.strip() for name, value in told.items()})
    today, path = clock.today(), home_path(person)
    same = DataRequest.objects.waiting().filter(
        person=person, kind=kind, field=facts.get("field", ""), part=facts.get("part", "")
    )
    if known := same.first():
        raise Refused(_("同样的申请正在办理（%(number)s），不必重复提交。") % {"number": known.number})
    row = DataRequest.objects.create(
        number=f"SQ{today.year}-{next_number('data_request', today.year):04d}", kind=kind, person=person, scope_path=path,
        asked_by=by.user, due_on=due_on(today), **facts,
    )  # fmt: skip
    detail = {"kind": kind, "field": row.field, "part": row.part, "person": person.public_id}
    audit.record("file_request", by=by, on=row, scope_path=path, detail=detail)
    _tell_office(row)
    return row


def _checked(kind: RequestKind, told: dict[str, str]) -> dict[str, str]:
    text = told.get("text", "")[:2000]
    if kind == RequestKind.CORRECT:
        field, wanted = told.get("field", ""), told.get("wanted", "")[:200]
        if field not in CorrectedField.values or not wanted:
            raise Refused(_("请选择要更正的内容，并写明应当是什么。"))
        if field == CorrectedField.BIRTH:
            _day(wanted)
        return {"field": field, "wanted": wanted, "text": text}
    if kind == RequestKind.DELETE:
        if told.get("part", "") not in ErasedPart.values:
            raise Refused(_("请选择要删除的内容。"))
        return {"part": told["part"], "text": text}
    if len(text) < 4:
        raise Refused(_("请写明您想了解什么。"))
    return {"text": text}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(_("日期请写成 2015-09-01 的样子。")) from error


def due_on(start: date, days: int = WORKING_DAYS) -> date:
    try:
        return workdays.add_working_days(start, days)
    except workdays.MissingHolidayTable:
        day, left = start, days
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < 5
        return day


def home_path(person: Person) -> str:
    """Where the request goes: a pupil's school, else the organisation of the first current role, else the city."""
    record = PupilRecord.objects.select_related("school").filter(person=person).first()
    if record:
        return record.school.path
    held = Membership.objects.current().filter(person=person).exclude(role=Role.GUARDIAN).select_related("org").first()
    held = held or Membership.objects.current().filter(person=person).select_related("org").first()
    return (
        held.org.path
        if held
        else Org.objects.filter(parent__isnull=True).order_by("pk").values_list("path", flat=True)[0]
    )


def _tell_office(row: DataRequest) -> None:
    words = {"number": row.number, "kind": row.get_kind_display(), "due": row.due_on}
    notify(
        nearest_officers("request.handle", row.scope_path, but=row.asked_by_id), "request.received",
        title=lambda: _("个人信息申请：%(kind)s（%(number)s）") % words,
        body=lambda: _("请在 %(due)s 前答复。申请涉及个人信息，只有经办人员能看到。") % words,
        url=f"/office/requests/{row.number}/", about=row,
    )  # fmt: skip


# --- the answer --------------------------------------------------------------------------------------------------


@transaction.atomic
def answer_request(row: DataRequest, grant: bool, answer: str, *, by: Actor) -> DataRequest:
    """Do what was asked, or say why not. What is granted is carried out here; the answer reaches whoever asked."""
    row = DataRequest.objects.select_related("person", "asked_by").select_for_update(of=("self",)).get(pk=row.pk)
    require(by, "request.handle", row)
    if row.state != RequestState.RECEIVED:
        raise Refused(_("这份申请已经答复过。"))
    if by.user is None or row.asked_by_id == by.user.pk:
        raise Refused(_("不能办理自己提出的申请，请由另一位同事办理。"))
    if len(answer.strip()) < 4:
        raise Refused(_("请写明答复：做了什么，或者为什么不能办理、可以怎样申诉。"))
    row.done = _carried_out(row, by) if grant else {}
    row.state = RequestState.GRANTED if grant else RequestState.REFUSED
    row.answer, row.answered_at, row.answered_by = answer.strip(), clock.now(), by.user
    row.save()
    detail = {"granted": grant, "done": row.done, "in_time": clock.today() <= row.due_on}
    audit.record("answer_request", by=by, on=row, scope_path=row.scope_path, detail=detail)
    words = {"number": row.number, "kind": row.get_kind_display(), "answer": row.answer}
    notify(
        row.asked_by, "request.answered", title=lambda: _("个人信息申请已答复：%(kind)s（%(number)s）") % words,
        body=lambda: words["answer"], url=f"/guardian/{row.person.public_id}/requests/", about=row, must_read=True,
    )  # fmt: skip
    return row


def _carried_out(row: DataRequest, by: Actor) -> dict[str, int]:
    if row.kind == RequestKind.DELETE:
        return dict(erase_part(row.person, row.part, by))
    if row.kind == RequestKind.CORRECT:
        return _correct(row, by)
    return {}


def _correct(row: DataRequest, by: Actor) -> dict[str, int]:
    person, value = row.person, row.wanted
    if row.field in {CorrectedField.NAME, CorrectedField.NAME_EN}:
        setattr(person, row.field, value[:60] if row.field == CorrectedField.NAME else value[:120])
        person.save(update_fields=[row.field])
        audit.record("correct_person", by=by, on=person, scope_path=row.scope_path, detail={"fields": [row.field]})
    elif row.field in {CorrectedField.BIRTH, CorrectedField.CLASS}:
        facts: dict[str, Any] = {row.field: _day(value) if row.field == CorrectedField.BIRTH else value[:20]}
        update_pupil(person, by=by, **facts)
    elif row.field == CorrectedField.PHONE:
        record_identifiers(person, by=by, org=Org.objects.get(path=row.scope_path), phone=value)
    else:
        return {}
    return {row.field: 1}


def remind_requests() -> int:
    """Three days before the term, and once it has passed (then the office above is told as well)."""
    rows = (
        DataRequest.objects.waiting().filter(due_on__lte=clock.today() + timedelta(days=AHEAD)).select_related("person")
    )
    return sum(_remind(row) for row in rows)


def _remind(row: DataRequest) -> int:
    words = {"number": row.number, "due": row.due_on}
    return notify(
        _reminded(row), "reminder.request", title=lambda: (_("已超过期限：个人信息申请 %(number)s 还没有答复") if row.is_late else _("快到期限：个人信息申请 %(number)s")) % words,
        body=lambda: _("答复期限是 %(due)s。") % words, url=f"/office/requests/{row.number}/", about=row,
        once=f"request:{row.pk}:{'late' if row.is_late else 'near'}",
    )  # fmt: skip


def _reminded(row: DataRequest) -> list[User]:
    """The office that has it; once it is late, the office above as well."""
    officers = nearest_officers("request.handle", row.scope_path, but=row.asked_by_id)
    above = "/".join(row.scope_path.strip("/").split("/")[:-1])
    if row.is_late and above:
        officers += nearest_officers("request.handle", f"/{above}/", but=row.asked_by_id)
    return officers


# --- what this app itself deletes --------------------------------------------------------------------------------


def erase_identifiers(person: Person, by: Actor) -> dict[str, int]:
    """The row goes with its ciphertext and its keyed hashes."""
    gone, _rows = PersonalRecord.objects.filter(person=person).delete()
    audit.record("erase_identifiers", by=by, on=person, scope_path=home_path(person))
    return {"identifiers": gone}


def close_account(person: Person, by: Actor) -> dict[str, int]:
    """No sign-in, no roles, no bonds; the name goes as well where nothing that must be kept bears it."""
    path, now = home_path(person), clock.now()
    if person.user is not None:
        user = person.user
        user.is_active, user.email, user.calendar_key = False, "", None
        user.set_unusable_password()
        user.save()
        user.messages.all().delete()
    Membership.objects.filter(person=person, ended_at__isnull=True).update(ended_at=now, ended_by=by.user)
    Guardianship.objects.filter(pupil=person, ended_at__isnull=True).update(ended_at=now)
    Guardianship.objects.filter(guardian=person, ended_at__isnull=True).update(ended_at=now)
    PupilRecord.objects.filter(person=person).update(birth_on=None, class_name="", left_on=clock.today())
    kept = name_is_kept(person)
    if not kept:
        person.name, person.name_en, person.staff_number = ERASED, "", ""
        person.save(update_fields=["name", "name_en", "staff_number"])
    audit.record("close_account", by=by, on=person, scope_path=path, detail={"name_kept": kept})
    return {"account": 1, "name": int(not kept)}


on_erasure(ErasedPart.IDENTIFIERS, erase_identifiers)
on_erasure(ErasedPart.EVERYTHING, close_account)
