"""The retention rules that ship for people and messages, with the clause each stands on."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kechuang.base import files
from kechuang.base.models import Job, Mail, Message
from kechuang.orgs.actions.requests import ERASED, close_account, erase_identifiers
from kechuang.orgs.actions.retention import BATCH, delete_batch, keep_figure
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import RosterState
from kechuang.orgs.models import (
    Guardianship,
    ImportBatch,
    Membership,
    Person,
    PersonalRecord,
    PupilRecord,
    RefusedRow,
    RosterUpload,
    SignInCode,
)
from kechuang.orgs.retention import EXPIRED, Keeping, keeping

YEAR = 365
PROMISED = _("同意书：保存至学生毕业后三年，期满删除或匿名化（儿童个人信息网络保护规定第十条）")
NO_LONGER = _("目的已实现，应当删除（个人信息保护法第四十七条）")


def codes(before: datetime) -> QuerySet[Any]:
    return SignInCode.objects.filter(expires_at__lt=before).order_by("pk")


def mails(before: datetime) -> QuerySet[Any]:
    return Mail.objects.filter(created_at__lt=before).order_by("pk")


def messages(before: datetime) -> QuerySet[Any]:
    return Message.objects.filter(created_at__lt=before).order_by("pk")


def jobs(before: datetime) -> QuerySet[Any]:
    return Job.objects.filter(finished_at__lt=before).order_by("pk")


def rosters(before: datetime) -> QuerySet[Any]:
    return RosterUpload.objects.filter(created_at__lt=before).exclude(state=RosterState.CHECKING).order_by("pk")


def erase_rosters(before: datetime, by: Actor) -> dict[str, int]:
    """The file as it was sent, its rows with whatever stood in them, and rows that imports gave back."""
    uploads = list(rosters(before).select_related("file", "org")[:BATCH])
    rows = 0
    for upload in uploads:
        n = upload.rows.count()
        keep_figure("rosters", upload.kind, n, upload.org.path)
        stored = upload.file
        upload.delete()
        if not RosterUpload.objects.filter(file=stored).exists():
            files.discard(stored, by=by.user, reason=EXPIRED)
        rows += n
    back = delete_batch(RefusedRow.objects.filter(of__started_at__lt=before).order_by("pk"))
    way_back = delete_batch(ImportBatch.objects.filter(of__started_at__lt=before).order_by("pk"))
    return {"rosters": len(uploads), "roster_rows": rows, "refused_rows": back, "import_batches": way_back}


def leavers(before: datetime) -> QuerySet[Any]:
    """Pupils who left before, and whose record still says who they are."""
    rows = Person.objects.filter(pupil__left_on__lt=before.date(), memberships__isnull=False).distinct()
    still = rows.filter(pk__in=PupilRecord.objects.filter(birth_on__isnull=False).values("person")) | rows.filter(
        user__is_active=True
    )
    return still.order_by("pk")


def erase_leavers(before: datetime, by: Actor) -> dict[str, int]:
    """Account, bonds, birthday and class go; the name too, unless an award bears it. Then guardians without a child here."""
    done: Counter[str] = Counter()
    people = list(leavers(before).select_related("user", "pupil")[:BATCH])
    guardians = set(Guardianship.objects.filter(pupil__in=people).values_list("guardian", flat=True))
    for person in people:
        left_on = person.pupil.left_on
        done.update(close_account(person, by))
        PupilRecord.objects.filter(person=person).update(left_on=left_on)
    for guardian in _without_children(guardians):
        close_account(guardian, by)
        guardian.name = ERASED
        guardian.save(update_fields=["name"])
        done["guardians"] += 1
    done["pupils"] = len(people)
    return dict(done)


def _without_children(ids: set[int]) -> list[Person]:
    """Guardians whose last bond has ended and who have no other part here."""
    bound = Guardianship.objects.standing().filter(guardian__in=ids).values("guardian")
    working = Membership.objects.current().filter(person__in=ids).exclude(role="guardian").values("person")
    return list(Person.objects.filter(pk__in=ids).exclude(pk__in=bound).exclude(pk__in=working).select_related("user"))


def identifiers(before: datetime) -> QuerySet[Any]:
    return PersonalRecord.objects.filter(person__pupil__left_on__lt=before.date()).order_by("pk")


def erase_identifiers_of_leavers(before: datetime, by: Actor) -> dict[str, int]:
    people = Person.objects.filter(pk__in=list(identifiers(before).values_list("person", flat=True)[:BATCH]))
    return {"identifiers": sum(erase_identifiers(person, by)["identifiers"] for person in people)}


for kind in (
    Keeping("sign_in_codes", _("过期的监护人注册码"), NO_LONGER, 30, 1, True, codes),
    Keeping("mails", _("已发出的邮件"), NO_LONGER, 180, 30, True, mails),
    Keeping("messages", _("站内消息"), NO_LONGER, 2 * YEAR, 90, True, messages),
    Keeping("jobs", _("后台任务的记录"), NO_LONGER, 180, 30, True, jobs),
    Keeping("rosters", _("上传的名册文件和逐行内容"), NO_LONGER, 90, 30, True, rosters, erase_rosters),
    Keeping(
        "identifiers", _("离校学生的证件号码、学籍号和电话"), PROMISED, 3 * YEAR, YEAR, False,
        identifiers, erase_identifiers_of_leavers,
    ),
    Keeping("leavers", _("离校学生及其监护人的账号和身份信息"), PROMISED, 3 * YEAR, YEAR, False, leavers, erase_leavers),
):  # fmt: skip
    keeping(kind)
