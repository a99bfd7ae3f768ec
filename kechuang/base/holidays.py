"""Entering a year's holiday table: the State Council's notice, typed in by an officer."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit
from kechuang.base.enums import HolidayKind
from kechuang.base.errors import Refused
from kechuang.base.models import Holiday

Day = tuple[date, str, str]


@transaction.atomic
def set_holidays(year: int, days: Sequence[Day], *, by: Any, source: str = "") -> int:
    """Replace the table of `year` with (date, kind, name); returns how many days it has. Past deadlines do not move."""
    _check(year, days)
    before = dict(Holiday.objects.filter(date__year=year).values_list("date", "kind"))
    Holiday.objects.filter(date__year=year).delete()
    Holiday.objects.bulk_create([Holiday(date=day, kind=kind, name=name, source=source) for day, kind, name in days])
    after = {day: kind for day, kind, _name in days}
    changed = sorted({str(day) for day in {*before, *after} if before.get(day) != after.get(day)})
    audit.record("set_holidays", by=by, on=str(year), detail={"days": len(days), "changed": changed})
    return len(days)


def _check(year: int, days: Sequence[Day]) -> None:
    seen: set[date] = set()
    for day, kind, name in days:
        if day.year != year:
            raise Refused(_("%(day)s 不在 %(year)s 年，没有保存。") % {"day": day, "year": year})
        if day in seen:
            raise Refused(_("%(day)s 出现了两次，没有保存。") % {"day": day})
        if kind == HolidayKind.WORKDAY and day.weekday() < 5:
            raise Refused(_("%(day)s 本来就是工作日，不用写成调休上班；没有保存。") % {"day": day})
        if not name.strip():
            raise Refused(_("请写明 %(day)s 是什么节日。") % {"day": day})
        seen.add(day)
