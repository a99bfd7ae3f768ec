"""Reminding holders when a report can be written, before its day and after it."""

from datetime import date, timedelta

from kechuang.base import clock
from kechuang.engine.tenure.messages import remind
from kechuang.engine.tenure.models import OPEN, Report

NEAR = timedelta(days=7)


def remind_of_reports() -> int:
    """Each occasion once, however often it runs."""
    day = clock.today()
    rows = Report.objects.filter(state__in=OPEN, opens_on__lte=day).order_by("pk")
    return sum(remind(report, occasion(report.due_on, day)) for report in rows.select_related(*_NEEDED).iterator(200))


_NEEDED = ("honour__org", "honour__person__user", "call__org")


def occasion(due_on: date, day: date) -> str:
    return "late" if day > due_on else "near" if due_on - day <= NEAR else "opened"
