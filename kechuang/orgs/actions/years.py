"""The year change: every pupil of a school one grade up, those of the last grade out; a class that moved on is in nobody's charge
until one is named again. School by school, each in one transaction with its audit row, so that a killed run goes on where it stopped
and a second run changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.enums import OrgKind, Role, Stage, stage_of_grade
from kechuang.orgs.models import ClassCharge, Membership, Org, PupilRecord, YearChange

LAST_GRADE = {Stage.PRIMARY: 6, Stage.JUNIOR: 9, Stage.SENIOR: 12}
OPENS = (7, 1)
"""A year change for the school year that begins in September may run from 1 July."""
CHUNK = 1000


@dataclass
class YearReport:
    schools: int = 0
    promoted: int = 0
    graduated: int = 0
    already: int = 0


def leaves(grade: int, stages: Iterable[str]) -> bool:
    """Whether a pupil of `grade` has finished this school: the last grade of a stage after which the school has no other.

    A school that names no stages is taken for one with all of them (domain.md §1.1: nine-year and twelve-year schools).
    """
    held = set(stages) or set(Stage)
    if grade != LAST_GRADE[stage_of_grade(grade)]:
        return False
    return grade == 12 or stage_of_grade(grade + 1) not in held


def promote_year(
    year: int, *, by: Actor, school: Org | None = None, step: Callable[[int, int], None] = lambda done, total: None
) -> YearReport:
    """Promote all open schools, or one, to the school year that begins in September of `year`.

    Raises Refused before 1 July of that year: a grade too early would put a whole city into the wrong contests.
    """
    if clock.today() < date(year, *OPENS):
        raise Refused(_("%(year)s 学年的升级从 %(year)s 年 7 月 1 日起才能办理。") % {"year": year})
    schools = [school] if school else list(Org.objects.current().filter(kind__in=(OrgKind.SCHOOL, OrgKind.CAMPUS)))
    report = YearReport()
    for done, one in enumerate(schools, start=1):
        change = promote_school(one, year, by=by)
        report.schools += 1
        report.promoted += len(change.promoted) if change else 0
        report.graduated += len(change.graduated) if change else 0
        report.already += change is None
        step(done, len(schools))
    return report


@transaction.atomic
def promote_school(school: Org, year: int, *, by: Actor) -> YearChange | None:
    """One school; None where it was done before and not undone."""
    require(by, "roster.upload", school)
    Org.objects.select_for_update().get(pk=school.pk)
    if YearChange.objects.filter(school=school, year=year, undone_at=None).exists():
        return None
    grades = dict(PupilRecord.objects.filter(school=school, left_on=None).values_list("pk", "grade"))
    graduated = sorted(pk for pk, grade in grades.items() if leaves(grade, school.stages))
    out = set(graduated)
    promoted = sorted(pk for pk in grades if pk not in out)
    for part in _chunks(promoted):
        PupilRecord.objects.filter(pk__in=part).update(grade=F("grade") + 1)
    now = clock.now()
    for part in _chunks(graduated):
        PupilRecord.objects.filter(pk__in=part).update(left_on=clock.today())
        _standing(part, school).update(ended_at=now, ended_by=by.user)
    ClassCharge.objects.current().filter(org=school).update(until=clock.today() - timedelta(days=1))
    change = YearChange.objects.create(
        school=school, year=year, promoted=promoted, graduated=graduated, by=by.user, at=now
    )
    detail = {"year": year, "promoted": len(promoted), "graduated": len(graduated)}
    audit.record("promote_year", by=by, on=change, scope_path=school.path, detail=detail)
    return change


def undo_year(year: int, *, by: Actor, school: Org | None = None) -> YearReport:
    """Take the year change back; who has since changed school or left otherwise keeps what was written since.
    Classes stay without a teacher in charge until one is named."""
    report = YearReport()
    changes = YearChange.objects.filter(year=year, undone_at=None).select_related("school")
    for change in changes.filter(school=school) if school else changes:
        _undo(change, by)
        report.schools += 1
        report.promoted += len(change.promoted)
        report.graduated += len(change.graduated)
    return report


@transaction.atomic
def _undo(change: YearChange, by: Actor) -> None:
    require(by, "roster.upload", change.school)
    locked = YearChange.objects.select_for_update().get(pk=change.pk)
    if locked.undone_at:
        return
    for part in _chunks(change.promoted):
        PupilRecord.objects.filter(pk__in=part, school=change.school, grade__gt=1, left_on=None).update(
            grade=F("grade") - 1
        )
    for part in _chunks(change.graduated):
        back = PupilRecord.objects.filter(pk__in=part, school=change.school, left_on=timezone.localdate(change.at))
        ids = list(back.values_list("pk", flat=True))
        Membership.objects.filter(person__pupil__in=ids, org=change.school, role=Role.PUPIL, ended_at=change.at).update(
            ended_at=None, ended_by=None
        )
        back.update(left_on=None)
    YearChange.objects.filter(pk=change.pk).update(undone_at=clock.now())
    audit.record("undo_promote_year", by=by, on=change, scope_path=change.school.path, detail={"year": change.year})


def _standing(pupils: list[int], school: Org) -> QuerySet[Membership]:
    return Membership.objects.filter(person__pupil__in=pupils, org=school, role=Role.PUPIL, ended_at__isnull=True)


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
