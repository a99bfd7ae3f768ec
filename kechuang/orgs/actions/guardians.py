"""How a guardian comes to a child: a one-time code on paper from the school, and the school's confirmation."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kechuang.base import audit, clock, ids
from kechuang.base.crypto import blind_index
from kechuang.base.errors import Refused
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.enums import CodePurpose, Role
from kechuang.orgs.models import Guardianship, Membership, Person, SignInCode, User

CODE_LENGTH = 10
VALID_FOR = timedelta(days=60)


@transaction.atomic
def invite_guardian(pupil: Person, relation: str, *, by: Actor) -> str:
    """A one-time code for the pupil's guardian, returned once; only its keyed hash is stored."""
    require(by, "pupil.sign_in", pupil.pupil)
    code = ids.new_public_id(CODE_LENGTH).upper()
    row = SignInCode.objects.create(
        purpose=CodePurpose.GUARDIAN,
        pupil=pupil,
        relation=relation,
        code_index=blind_index(code),
        issued_by=by.user,
        expires_at=clock.now() + VALID_FOR,
    )
    audit.record("invite_guardian", by=by, on=row, scope_path=pupil.pupil.scope_path, detail={"pupil": pupil.public_id})
    return code


@transaction.atomic
def revoke_invitations(pupil: Person, *, by: Actor) -> int:
    """Codes of this pupil that nobody has used yet no longer work: slips that were lost, or given to the wrong person."""
    require(by, "pupil.sign_in", pupil.pupil)
    n = open_invitations(pupil).update(revoked_at=clock.now())
    if n:
        audit.record("revoke_invitations", by=by, on=pupil, scope_path=pupil.pupil.scope_path, detail={"codes": n})
    return n


def open_invitations(pupil: Person) -> QuerySet[SignInCode]:
    return SignInCode.objects.filter(
        pupil=pupil, used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=clock.now()
    )


@transaction.atomic
def sign_up_guardian(code: str, *, name: str, username: str, password: str) -> Guardianship:
    """Use the school's code once: account, person, role, and a guardianship that stands because the school gave the code."""
    row = _usable(code)
    user = _new_guardian_user(username.strip(), password)
    guardian = Person.objects.create(name=name.strip(), user=user)
    bound = _bind(guardian, row.pupil, row.relation, confirmed_by=row.issued_by)
    row.used_at, row.used_by = clock.now(), guardian
    row.save(update_fields=["used_at", "used_by"])
    audit.record("sign_up_guardian", by=user, on=guardian, scope_path=row.pupil.pupil.scope_path)
    return bound


@transaction.atomic
def use_guardian_code(code: str, *, by: Actor) -> Guardianship:
    """Somebody who has an account already (a second child, a teacher) uses a code of the school."""
    row = _usable(code)
    if by.person is None or by.person == row.pupil:
        raise Refused(_("请用监护人自己的账号登录后再使用注册码。"))
    bound = _bind(by.person, row.pupil, row.relation, confirmed_by=row.issued_by)
    row.used_at, row.used_by = clock.now(), by.person
    row.save(update_fields=["used_at", "used_by"])
    audit.record("use_guardian_code", by=by, on=bound, scope_path=row.pupil.pupil.scope_path)
    return bound


def _usable(code: str) -> SignInCode:
    index = blind_index(code.replace(" ", "").replace("-", ""))
    row = SignInCode.objects.select_for_update(of=("self",)).filter(code_index=index).first()
    if row is None:
        raise Refused(_("没有这个注册码。请核对学校发放的纸条，或请班主任重新发放。"))
    if row.used_at:
        raise Refused(_("这个注册码已经用过。如果不是您本人使用，请立即联系学校。"))
    if row.revoked_at:
        raise Refused(_("这个注册码已被学校作废，请班主任重新发放。"))
    if row.expires_at < clock.now():
        raise Refused(_("这个注册码已过期，请班主任重新发放。"))
    return row


def _new_guardian_user(username: str, password: str) -> User:
    if User.objects.filter(username=username.strip().lower()).exists():
        raise Refused(_("登录名“%(username)s”已被使用，请换一个。") % {"username": username})
    try:
        validate_password(password, User(username=username))
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    return User.objects.create_user(username, password)


@transaction.atomic
def bind_guardian(guardian: Person, pupil: Person, relation: str, *, by: Actor, confirmed: bool = True) -> Guardianship:
    """Bind a person already known (a second child, a teacher of the school). Twice changes nothing."""
    require(by, "roster.upload", pupil.pupil)
    if guardian == pupil:
        raise Refused(_("学生不能是自己的监护人。"))
    if confirmed and by.person is not None and by.person == guardian:
        raise Refused(_("不能由监护人本人确认监护关系，请由学校另一位老师办理。"))
    bound = _bind(guardian, pupil, relation, confirmed_by=by.user, confirmed=confirmed)
    detail = {"guardian": guardian.public_id, "pupil": pupil.public_id}
    audit.record("bind_guardian", by=by, on=bound, scope_path=pupil.pupil.scope_path, detail=detail)
    return bound


def _bind(
    guardian: Person, pupil: Person, relation: str, *, confirmed_by: User | None, confirmed: bool = True
) -> Guardianship:
    bound = Guardianship.objects.filter(guardian=guardian, pupil=pupil).first() or Guardianship(
        guardian=guardian, pupil=pupil
    )
    bound.relation, bound.ended_at = relation, None
    if confirmed and bound.confirmed_at is None:
        bound.confirmed_at, bound.confirmed_by = clock.now(), confirmed_by
    bound.save()
    school = pupil.pupil.school
    if not Membership.objects.current().filter(person=guardian, org=school, role=Role.GUARDIAN).exists():
        Membership.objects.create(
            person=guardian, org=school, role=Role.GUARDIAN, since=clock.today(), granted_by=confirmed_by
        )
    return bound


@transaction.atomic
def confirm_guardian(guardianship: Guardianship, *, by: Actor) -> Guardianship:
    """The school has seen that this is the guardian; only now do the answers count."""
    pupil = guardianship.pupil
    require(by, "roster.upload", pupil.pupil)
    if by.person is not None and by.person == guardianship.guardian:
        raise Refused(_("不能由监护人本人确认监护关系，请由学校另一位老师办理。"))
    locked = Guardianship.objects.select_for_update(of=("self",)).get(pk=guardianship.pk)
    if locked.confirmed_at is None:
        locked.confirmed_at, locked.confirmed_by = clock.now(), by.user
        locked.save(update_fields=["confirmed_at", "confirmed_by"])
        audit.record("confirm_guardian", by=by, on=locked, scope_path=pupil.pupil.scope_path)
    return locked


@transaction.atomic
def end_guardianship(guardianship: Guardianship, *, by: Actor, reason: str) -> Guardianship:
    """From now on the person is no guardian of this child; what was answered before stays on record."""
    pupil = guardianship.pupil
    require(by, "roster.upload", pupil.pupil)
    locked = Guardianship.objects.select_for_update(of=("self",)).get(pk=guardianship.pk)
    if locked.ended_at is None:
        locked.ended_at = clock.now()
        locked.save(update_fields=["ended_at"])
        _leave_school(locked, by)
        audit.record("end_guardianship", by=by, on=locked, scope_path=pupil.pupil.scope_path, reason=reason)
    return locked


def _leave_school(ended: Guardianship, by: Actor) -> None:
    """Whoever has no child left at the school is no longer one of its guardians."""
    school = ended.pupil.pupil.school
    others = Guardianship.objects.filter(guardian=ended.guardian, ended_at__isnull=True, pupil__pupil__school=school)
    if not others.exclude(pk=ended.pk).exists():
        Membership.objects.current().filter(person=ended.guardian, org=school, role=Role.GUARDIAN).update(
            ended_at=clock.now(), ended_by=by.user
        )
