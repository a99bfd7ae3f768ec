"""What a move does besides changing the state; all inside its transaction."""

from django.db import IntegrityError
from django.utils.translation import gettext as _

from kechuang.base.numbers import next_numbers
from kechuang.base.prepared import NUMBER, Update
from kechuang.engine.applications.batch import Batch, MoveRefused
from kechuang.engine.applications.models import TeamMember
from kechuang.engine.programme.registry import effect

_CLAIM = Update(lambda pk: (TeamMember.objects.filter(application=pk, is_live=False), {"is_live": True}), NUMBER)


@effect("stamp_submission")
def stamp_submission(batch: Batch) -> None:
    """The first submission counts: a returned application keeps its time."""
    for application in batch.applications:
        if application.submitted_at is None:
            application.submitted_at = batch.now
            application.submitted_by = batch.actor.user


@effect("issue_receipt")
def issue_receipt(batch: Batch) -> None:
    """A gap-free receipt number, once."""
    new = [application for application in batch.applications if not application.receipt_no]
    if not new:
        return
    year = batch.call.year
    numbers = next_numbers(f"receipt:{batch.call.pk}", year, len(new))
    for application, number in zip(new, numbers, strict=True):
        application.receipt_no = f"{year}-{batch.call.pk}-{number:06d}"


@effect("claim_members")
def claim_members(batch: Batch) -> None:
    """Mark the pupils as entered; the unique constraint refuses a pupil who was entered elsewhere in the same moment."""
    try:
        if len(batch.applications) == 1:
            _CLAIM(batch.applications[0].pk)
        else:
            TeamMember.objects.filter(application__in=batch.applications, is_live=False).update(is_live=True)
    except IntegrityError as error:
        raise MoveRefused(
            _("团队中有学生刚刚随另一件作品提交了申报；每名学生每届只能参加一件。请调整团队后重试。")
        ) from error


@effect("release_members")
def release_members(batch: Batch) -> None:
    TeamMember.objects.filter(application__in=batch.applications).update(is_live=False)
