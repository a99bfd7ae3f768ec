"""People and their accounts. Identifiers are written and read here only."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from axes.models import AccessAttempt
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, checksums, clock, ids
from kechuang.base.crypto import blind_index
from kechuang.base.errors import Refused
from kechuang.orgs.actions.moves import settle_moves
from kechuang.orgs.actor import Actor, may_hand_out, require
from kechuang.orgs.enums import DocumentType, RelationshipKind, Role, Stage, stage_of_grade
from kechuang.orgs.models import ClassCharge, Membership, Org, Person, PersonalRecord, PupilRecord, Relationship, User
from kechuang.orgs.moves import Moved
from kechuang.orgs.signin.pictures import as_password, new_pictures

CODE_LENGTH = 8
PIN_LENGTH = 6
PASSWORD_LENGTH = 14
INDEXED = {"document_number": "document_index", "xueji": "xueji_index"}


def new_code() -> str:
    """Short, readable aloud, and never given out before."""
    while True:
        code = ids.new_public_id(CODE_LENGTH)
        if not User.objects.filter(username=code).exists():
            return code


def new_pin() -> str:
    """Six digits, at least four of them different: 111111 and 121212 are guessed first."""
    while True:
        pin = "".join(secrets.choice("0123456789") for _n in range(PIN_LENGTH))
        if len(set(pin)) >= 4 and pin not in "01234567890" and pin not in "09876543210":
            return pin


@transaction.atomic
def create_person(
    *, name: str, by: Actor, org: Org | None = None, username: str = "", password: str | None = None, **facts: Any
) -> Person:
    """A person, with an account when a user name is given. Roles come from `grant_membership`."""
    if not by.is_system:
        require(by, "membership.grant", org)
    if not name.strip():
        raise Refused(_("请填写姓名。"))
    _check_staff_number(facts.get("staff_number", ""))
    email = facts.pop("email", "")
    person = Person.objects.create(name=name.strip(), **facts)
    if username:
        person.user = _new_user(username, password, email=email)
        person.save(update_fields=["user"])
    audit.record("create_person", by=by, on=person, scope_path=org.path if org else "")
    return person


def _check_staff_number(number: str) -> None:
    if number and Person.objects.filter(staff_number=number).exists():
        raise Refused(_("工号“%(number)s”已登记在另一个人名下，请核对。") % {"number": number})


def _new_user(username: str, password: str | None, **facts: Any) -> User:
    if User.objects.filter(username=username.strip().lower()).exists():
        raise Refused(_("登录名“%(username)s”已被使用，请换一个。") % {"username": username})
    return User.objects.create_user(username, password, **facts)


@transaction.atomic
def open_account(person: Person, username: str, *, by: Actor, org: Org, email: str = "") -> str:
    """A staff account with a first password that must be changed at once; returns that password."""
    require(by, "membership.grant", org)
    if person.user:
        raise Refused(_("%(name)s 已有账号。如忘记密码，请重置密码。") % {"name": person.name})
    person.user = _new_user(username, None, email=email)
    person.save(update_fields=["user"])
    audit.record("open_account", by=by, on=person, scope_path=org.path)
    return issue_password(person, by=by, org=org)


@transaction.atomic
def issue_password(person: Person, *, by: Actor, org: Org) -> str:
    """A new first password for staff or a guardian, shown once, to be changed at the next sign-in."""
    require(by, "membership.grant", org)
    _require_member(person, org, by)
    if person.user is None:
        raise Refused(_("%(name)s 还没有账号。") % {"name": person.name})
    if person.user.has_pin:
        raise Refused(_("学生使用 6 位数字口令，请用“重置口令”。"))
    password = "-".join(ids.new_public_id(4).capitalize() for _n in range(3))
    person.user.set_password(password)
    person.user.must_change_password = True
    person.user.save()
    audit.record("issue_password", by=by, on=person, scope_path=org.path)
    return password


def require_reach(person: Person, by: Actor, org: Org | None = None) -> None:
    """The check before an office touches somebody's account: it must be able to hand out every role that account carries."""
    where = [org] if org else by.orgs_for("membership.grant")
    if not by.is_system and not where:
        raise PermissionDenied(_("您不能管理这个人的账号。"))
    for place in where:
        require(by, "membership.grant", place)
        _require_member(person, place, by)
        return


def _require_member(person: Person, org: Org, by: Actor) -> None:
    """An account is reset by whoever could grant the roles it carries: no way up by a subordinate's hand."""
    if by.is_system:
        return
    held = list(Membership.objects.current().filter(person=person).select_related("org"))
    if not all(m.org.path.startswith(org.path) and may_hand_out(by, m.role, m.org) for m in held):
        raise PermissionDenied(_("这个人还在您管理范围以外任职，请由上级管理员办理。"))


# --- pupils ------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_pupil(
    *,
    name: str,
    school: Org,
    grade: int,
    by: Actor,
    class_name: str = "",
    birth_on: date | None = None,
    enrol_year: int | None = None,
    code: str = "",
    name_en: str = "",
    is_demo: bool = False,
    **identifiers: str,
) -> Person:
    """A pupil with a school-issued code as user name; `reset_pin` then gives the PIN that opens the account."""
    require(by, "roster.upload", school)
    _check_grade(grade, school)
    user = _new_user(code or new_code(), None, has_pin=True)
    person = Person.objects.create(name=name.strip(), name_en=name_en, user=user, is_demo=is_demo)
    PupilRecord.objects.create(
        person=person,
        school=school,
        grade=grade,
        class_name=class_name,
        enrol_year=enrol_year,
        birth_on=birth_on or birth_in(identifiers),
    )
    Membership.objects.create(
        person=person, org=school, role=Role.PUPIL, since=clock.today(), granted_by=by.user, granted_at=clock.now()
    )
    if any(identifiers.values()):
        write_numbers(person, identifiers)
    audit.record("create_pupil", by=by, on=person, scope_path=school.path, detail={"grade": grade})
    return person


def _check_grade(grade: int, school: Org) -> None:
    if not 1 <= grade <= 12:
        raise Refused(_("年级应在一年级至高三之间。"))
    if school.stages and stage_of_grade(grade) not in school.stages:
        facts = {"school": school.name, "stage": Stage(stage_of_grade(grade)).label}
        raise Refused(_("%(school)s 没有%(stage)s，请核对年级。") % facts)


def birth_in(identifiers: dict[str, str]) -> date | None:
    """A resident ID carries the birthday at positions 7–14."""
    number = identifiers.get("document_number", "") or identifiers.get("xueji", "")[1:]
    if checksums.check_resident_id(number):
        return None
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


@transaction.atomic
def update_pupil(person: Person, *, by: Actor, school: Org | None = None, **facts: Any) -> Person:
    """Class, grade, school year by year. A new school takes in who has left the old one; from a school that still has the pupil
    it takes an office over both, or a transfer."""
    record = PupilRecord.objects.select_for_update(of=("self",)).select_related("school").get(person=person)
    target = school or record.school
    if record.left_on is None or target == record.school:
        require(by, "roster.upload", record)
    require(by, "roster.upload", target)
    change_record(record, target, by=by, is_here=school is not None, **facts)
    return person


def change_record(record: PupilRecord, school: Org, *, by: Actor, is_here: bool = True, **facts: Any) -> None:
    """Write what changed of a locked record, with one audit row. Whoever calls has asked for the right.

    `is_here`: the pupil learns at `school` now, so that a day of leaving no longer stands.
    """
    _check_grade(facts.get("grade", record.grade), school)
    changed = {field: value for field, value in facts.items() if getattr(record, field) != value}
    for field, value in changed.items():
        setattr(record, field, value)
    old, comes_back = record.school, is_here and record.left_on is not None
    if comes_back:
        changed["left_on"] = record.left_on = None
    if school != old:
        changed["school"] = school.code
        record.school = school
    if not changed:
        return
    record.save()
    if school != old or comes_back:
        settle_moves([Moved(record.person_id, old, school)], by=by)
    audit.record("update_pupil", by=by, on=record.person, scope_path=school.path, detail={"fields": sorted(changed)})


@transaction.atomic
def reset_pin(pupil: Person, *, by: Actor, pictures: bool = False) -> str:
    """A new secret, returned once for the slip; the old one no longer opens the account, and who was signed in is out.

    In: `pictures` for pupils who cannot keep numbers yet. Out: six digits, or the letters of five pictures
    (`signin.pictures.shown` draws them).
    """
    record = pupil.pupil
    require(by, "pupil.sign_in", record)
    user = pupil.user
    if user is None:
        raise Refused(_("%(name)s 还没有账号。") % {"name": pupil.name})
    secret = new_pictures() if pictures else new_pin()
    user.has_pin, user.has_pictures = True, pictures
    user.set_password(as_password(secret) if pictures else secret)
    user.save()
    AccessAttempt.objects.filter(username=user.username).delete()
    detail = {"kind": "pictures" if pictures else "pin"}
    audit.record("reset_pin", by=by, on=pupil, scope_path=record.scope_path, detail=detail)
    return secret


def school_year_ends() -> date:
    """The last day of August that comes next: classes are given out anew each year."""
    today = clock.today()
    return date(today.year if today.month < 9 else today.year + 1, 8, 31)


@transaction.atomic
def give_class(teacher: Person, school: Org, grade: int, class_name: str, *, by: Actor) -> ClassCharge:
    """Put a teacher of the school in charge of a class until the school year ends. Twice changes nothing but the end."""
    require(by, "roster.upload", school)
    if not Membership.objects.current().filter(person=teacher, org=school, role=Role.TEACHER).exists():
        raise Refused(_("%(name)s 不是这所学校的在任教师。") % {"name": teacher.name})
    if not PupilRecord.objects.filter(school=school, grade=grade, class_name=class_name, left_on__isnull=True).exists():
        raise Refused(_("这个班没有学生，请核对年级和班级的写法。"))
    facts = {"until": school_year_ends(), "given_by": by.user}
    charge, _is_new = ClassCharge.objects.update_or_create(
        teacher=teacher, org=school, grade=grade, class_name=class_name, defaults=facts
    )
    detail = {"teacher": teacher.public_id, "grade": grade, "class": class_name}
    audit.record("give_class", by=by, on=charge, scope_path=school.path, detail=detail)
    return charge


@transaction.atomic
def take_class(charge: ClassCharge, *, by: Actor) -> None:
    """The teacher is no longer in charge, with effect at once."""
    require(by, "roster.upload", charge)
    detail = {"teacher": charge.teacher.public_id, "grade": charge.grade, "class": charge.class_name}
    audit.record("take_class", by=by, on=charge, scope_path=charge.org.path, detail=detail)
    charge.delete()


# --- identifiers -------------------------------------------------------------------------------------------------


@transaction.atomic
def record_identifiers(person: Person, *, by: Actor, org: Org, **identifiers: str) -> PersonalRecord:
    """Write document number, 学籍号 or phone, checked and encrypted."""
    require(by, "roster.upload", org)
    if not Person.objects.visible_to(by).filter(pk=person.pk).exists():
        raise PermissionDenied(_("这个人不在您的管理范围内。"))
    record = write_numbers(person, identifiers)
    audit.record("record_identifiers", by=by, on=person, scope_path=org.path, detail={"fields": sorted(identifiers)})
    return record


def write_numbers(person: Person, identifiers: dict[str, str]) -> PersonalRecord:
    """The bare write, checked; whoever calls has asked for the right and writes the audit row."""
    record = PersonalRecord.objects.filter(person=person).first() or PersonalRecord(person=person)
    for field, value in identifiers.items():
        setattr(record, field, value.strip())
        if field in INDEXED:
            setattr(record, INDEXED[field], blind_index(value) if value.strip() else "")
    _check_identifiers(record)
    record.save()
    return record


def _check_identifiers(record: PersonalRecord) -> None:
    number = record.document_number
    sentence = checksums.check_xueji(record.xueji) if record.xueji else None
    if number and record.document_type in (DocumentType.RESIDENT_ID, DocumentType.RESIDENCE_PERMIT):
        sentence = checksums.check_resident_id(number) or sentence
    if sentence:
        raise Refused(sentence)
    for index in INDEXED.values():
        value = getattr(record, index)
        if value and PersonalRecord.objects.exclude(person=record.person_id).filter(**{index: value}).exists():
            raise Refused(_("这个证件号码或学籍号已登记在另一个人名下，请核对；如确是同一人，请联系上级管理员。"))


@transaction.atomic
def look_at_identifiers(person: Person, *, reason: str, by: Actor) -> PersonalRecord:
    """Open one person's identifiers. Every look is logged with its reason (未成年人网络保护条例 art. 36)."""
    if not reason.strip():
        raise Refused(_("查看敏感信息须写明理由。"))
    record = PersonalRecord.objects.visible_to(by).filter(person=person).first()
    if record is None:
        raise PermissionDenied(_("您无权查看这个人的敏感信息，或此人没有登记敏感信息。"))
    home = Membership.objects.current().filter(person=person).select_related("org").first()
    path = home.org.path if home else ""
    audit.record("look_at_identifiers", by=by, on=person, scope_path=path, reason=reason.strip())
    return record


@transaction.atomic
def declare_relationship(person: Person, other: Person, kind: str, *, by: Actor, note: str = "") -> Relationship:
    """A declared relation, read in both directions when conflicts of interest are looked for."""
    if person == other:
        raise Refused(_("不能登记与本人的关系。"))
    if not by.is_system and by.person not in (person, other):
        require(by, "membership.grant")
    facts = {"note": note, "declared_by": by.user}
    row, _created = Relationship.objects.get_or_create(
        person=person, other=other, kind=RelationshipKind(kind), defaults=facts
    )
    audit.record("declare_relationship", by=by, on=row, detail={"kind": kind})
    return row
