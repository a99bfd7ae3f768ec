"""Transfers on request. The new school knows the child's name and number from the family and asks; the old school, or an office
above it, confirms or says why not. Then the record moves, and with it what hangs on it: drafts, bonds of guardians, consents,
honours, the sign-in. Within thirty days the new school may send the pupil back."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.crypto import blind_index
from kechuang.base.errors import Refused
from kechuang.base.messages import notify
from kechuang.orgs.actions.people import change_record
from kechuang.orgs.actions.requests import due_on
from kechuang.orgs.actions.rosters.undo import DAYS
from kechuang.orgs.actions.years import leaves
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.enums import OrgKind, TransferState, stage_of_grade
from kechuang.orgs.models import Org, Person, PersonalRecord, PupilRecord, Transfer, User, YearChange
from kechuang.orgs.queries import guardians_of, nearest_officers

ANSWER_IN = 5
"""Working days for the old school; then the office above it is told as well."""
KEPT = ("grade", "class_name")


def ask_transfer(
    school: Org, *, name: str, number: str, grade: int, by: Actor, class_name: str = "", note: str = ""
) -> Transfer:
    """Ask the pupil's present school to let the pupil go to `school`.

    In: the name and the 学籍号 or document number as the family brings them. Nothing is told about anybody whose name and
    number do not both fit, and the attempt stays in the ledger.
    """
    require(by, "roster.upload", school)
    record = _found(name, number)
    if record is None:
        audit.record("seek_pupil", by=by, on=school, scope_path=school.path, detail={"found": False})
        raise Refused(_("没有查到姓名和号码都相符的在籍学生。请核对；如果是第一次入学，请直接登记或导入名册。"))
    return _ask(record, school, grade, class_name.strip()[:20], note.strip()[:300], by)


def _found(name: str, number: str) -> PupilRecord | None:
    index = blind_index(number.strip())
    for field in ("xueji_index", "document_index"):
        held = PersonalRecord.objects.filter(**{field: index}, person__name=name.strip(), person__pupil__isnull=False)
        if number.strip() and (known := held.first()):
            return PupilRecord.objects.select_related("school", "person__user").get(person=known.person_id)
    return None


@transaction.atomic
def _ask(record: PupilRecord, school: Org, grade: int, class_name: str, note: str, by: Actor) -> Transfer:
    Person.objects.select_for_update(of=("self",)).get(pk=record.person_id)
    _check_place(school, grade)
    if record.school == school and record.left_on is None:
        raise Refused(_("这名学生已经在本校就读，不用办理转学。"))
    if record.left_on is not None:
        raise Refused(_("这名学生已从原学校毕业或离校，不用申请转学：请直接把学生列入本校名册导入。"))
    if Transfer.objects.waiting().filter(pupil=record.person).exists():
        raise Refused(_("这名学生已有一份转学申请在等待确认，不必重复提出。"))
    if by.user is None:
        raise PermissionDenied(_("转学须由学校或教育行政部门的人员提出。"))
    row = Transfer.objects.create(
        pupil=record.person, from_school=record.school, to_school=school, grade=grade, class_name=class_name, note=note,
        asked_by=by.user, due_on=due_on(clock.today(), ANSWER_IN),
    )  # fmt: skip
    detail = {"pupil": record.person.public_id, "from": row.from_school.code, "to": school.code}
    audit.record("ask_transfer", by=by, on=row, scope_path=school.path, detail=detail)
    _tell_old_school(row, "transfer.asked")
    return row


def _check_place(school: Org, grade: int) -> None:
    if school.kind not in {OrgKind.SCHOOL, OrgKind.CAMPUS} or not school.is_open:
        raise Refused(_("“%(name)s”不是正在办学的学校，不能转入。") % {"name": school.name})
    if not 1 <= grade <= 12 or (school.stages and stage_of_grade(grade) not in school.stages):
        raise Refused(_("本校没有这个年级，请核对。"))


def _tell_old_school(row: Transfer, kind: str, *, is_late: bool = False) -> int:
    words = {"to": row.to_school.name, "due": row.due_on}
    officers = nearest_officers("roster.upload", row.from_school.path, but=row.asked_by_id)
    above = "/".join(row.from_school.path.strip("/").split("/")[:-1])
    if is_late and above:
        officers = [*officers, *nearest_officers("roster.upload", f"/{above}/", but=row.asked_by_id)]
    return notify(
        officers, kind, title=lambda: (_("已超过期限：一份转学申请还没有答复") if is_late else _("转学申请：请确认一名学生转出")),
        body=lambda: _("%(to)s 申请接收本校一名学生，请在 %(due)s 前确认或写明理由。") % words,
        url=f"/office/transfers/{row.public_id}/", about=row, once=f"{kind}:{row.pk}",
    )  # fmt: skip


def remind_transfers() -> int:
    """Once the term is over the old school is told again, and the office above it with it."""
    late = Transfer.objects.waiting().filter(due_on__lt=clock.today()).select_related("from_school", "to_school")
    return sum(_tell_old_school(row, "reminder.transfer", is_late=True) for row in late)


# --- the answer --------------------------------------------------------------------------------------------------


def _locked(row: Transfer, state: TransferState, sentence: str) -> Transfer:
    rows = Transfer.objects.select_related("from_school", "to_school", "pupil__user", "asked_by")
    found: Transfer = rows.select_for_update(of=("self",)).get(pk=row.pk)
    if found.state != state:
        raise Refused(sentence)
    return found


def _record(row: Transfer, school: Org) -> PupilRecord:
    """The pupil's record, locked, where it still stands at `school`."""
    record = PupilRecord.objects.select_for_update(of=("self",)).select_related("school", "person__user")
    found = record.get(person=row.pupil_id)
    if found.school_id != school.pk or found.left_on is not None:
        raise Refused(_("这名学生现在已不在“%(name)s”就读，这份申请不能再办理。") % {"name": school.name})
    return found


def _decide(row: Transfer, by: Actor) -> Transfer:
    row = _locked(row, TransferState.ASKED, _("这份转学申请已经办理过。"))
    require(by, "roster.upload", row.from_school)
    if by.user is None or by.user.pk == row.asked_by_id:
        raise Refused(_("不能确认自己提出的转学，请由另一位同事办理。"))
    row.decided_by, row.decided_at = by.user, clock.now()
    return row


def grade_now(grade: int, school: Org, row: Transfer) -> int:
    """`grade` at `school` after the year changes there since the request (or since the move) was made."""
    since = row.decided_at if row.state == TransferState.DONE else row.asked_at
    for _change in YearChange.objects.filter(school=school, undone_at=None, at__gt=since):
        if leaves(grade, school.stages):
            sentence = _("“%(name)s”已办理学年升级，这名学生按原年级已经毕业，请核对后重新办理。")
            raise Refused(sentence % {"name": school.name})
        grade += 1
    return grade


@transaction.atomic
def confirm_transfer(row: Transfer, *, by: Actor) -> Transfer:
    """The old school lets the pupil go: the record, drafts and guardians stand at the new school from now on."""
    row = _decide(row, by)
    record = _record(row, row.from_school)
    if not row.to_school.is_open:
        raise Refused(_("“%(name)s”不是正在办学的学校，不能转入。") % {"name": row.to_school.name})
    grade = grade_now(row.grade, row.to_school, row)
    row.before = {field: getattr(record, field) for field in KEPT}
    row.state, row.grade = TransferState.DONE, grade
    change_record(record, row.to_school, by=by, grade=grade, class_name=row.class_name)
    row.save()
    _record_in_ledger("confirm_transfer", row, by, row.from_school)
    _tell_asker(row, _("已同意转出：%(from)s 的一名学生已转入本校"))
    _tell_family(row, row.from_school, row.to_school)
    return row


@transaction.atomic
def refuse_transfer(row: Transfer, reason: str, *, by: Actor) -> Transfer:
    """The old school says why not; the pupil stays."""
    row = _decide(row, by)
    if len(reason.strip()) < 4:
        raise Refused(_("请写明不同意转出的理由，对方学校会看到。"))
    row.state, row.reason = TransferState.REFUSED, reason.strip()[:300]
    row.save()
    _record_in_ledger("refuse_transfer", row, by, row.from_school)
    _tell_asker(row, _("未同意转出：%(from)s 答复了转学申请"), body=row.reason)
    return row


@transaction.atomic
def withdraw_transfer(row: Transfer, *, by: Actor) -> Transfer:
    """The new school takes its request back before it is answered."""
    row = _locked(row, TransferState.ASKED, _("这份转学申请已经办理过。"))
    require(by, "roster.upload", row.to_school)
    row.state = TransferState.WITHDRAWN
    row.save(update_fields=["state"])
    _record_in_ledger("withdraw_transfer", row, by, row.to_school)
    return row


def why_not_back(row: Transfer) -> str:
    """Why the pupil cannot be sent back any more, or ""."""
    if row.state != TransferState.DONE or row.decided_at is None:
        return _("这份转学没有办成，无需退回。")
    if clock.now() - row.decided_at > timedelta(days=DAYS):
        return _("转入已超过 %(days)s 天，不能退回；请由原学校重新申请转学。") % {"days": DAYS}
    return ""


@transaction.atomic
def undo_transfer(row: Transfer, reason: str, *, by: Actor) -> Transfer:
    """The new school sends the pupil back (never came, wrong child): as it stood there, a grade up where the year has changed."""
    row = _locked(row, TransferState.DONE, _("这份转学没有办成，无需退回。"))
    require(by, "roster.upload", row.to_school)
    if sentence := why_not_back(row):
        raise Refused(sentence)
    if by.user is None or len(reason.strip()) < 4:
        raise Refused(_("请写明退回的理由，原学校会看到。"))
    record = _record(row, row.to_school)
    if not row.from_school.is_open:
        raise Refused(_("“%(name)s”已撤销，不能退回。") % {"name": row.from_school.name})
    facts = row.before | {"grade": grade_now(row.before["grade"], row.from_school, row)}
    change_record(record, row.from_school, by=by, **facts)
    row.state, row.reason = TransferState.UNDONE, reason.strip()[:300]
    row.undone_by, row.undone_at = by.user, clock.now()
    row.save()
    _record_in_ledger("undo_transfer", row, by, row.to_school)
    _tell_back(row)
    _tell_family(row, row.to_school, row.from_school)
    return row


def _record_in_ledger(action: str, row: Transfer, by: Actor, school: Org) -> None:
    detail = {"pupil": row.pupil.public_id, "from": row.from_school.code, "to": row.to_school.code}
    audit.record(action, by=by, on=row, scope_path=school.path, reason=row.reason, detail=detail)


def _tell_asker(row: Transfer, title: str, body: str = "") -> None:
    words = {"from": row.from_school.name}
    notify(
        row.asked_by, "transfer.answered", title=lambda: title % words, body=body,
        url=f"/office/transfers/{row.public_id}/", about=row,
    )  # fmt: skip


def _tell_back(row: Transfer) -> None:
    words = {"to": row.to_school.name}
    notify(
        row.decided_by, "transfer.undone", title=lambda: _("%(to)s 退回了一名转出的学生") % words, body=row.reason,
        url=f"/office/transfers/{row.public_id}/", about=row,
    )  # fmt: skip


def _tell_family(row: Transfer, old: Org, new: Org) -> None:
    """Those whose data moved are told where it is now, and that nothing of it is lost."""
    words = {"old": old.name, "new": new.name}
    people = User.objects.filter(person__in=[row.pupil_id, *guardians_of(row.pupil).values_list("pk", flat=True)])
    notify(
        people, "transfer.done", title=lambda: _("学籍已转到 %(new)s") % words,
        body=lambda: _("原学校 %(old)s 不再管理这些资料。登录码、口令、同意记录、没有提交的草稿和获得的荣誉都保留不变。") % words,
        url="/", about=row,
    )  # fmt: skip
