"""Working days by the State Council's yearly notices: publicity periods and objection terms are counted in them."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from django.utils.translation import gettext as _

from kechuang.base.enums import HolidayKind
from kechuang.base.errors import Refused
from kechuang.base.models import Holiday
from kechuang.base.prepared import Prepared

TABLE = Path(__file__).parent / "holidays.csv"
DAY = timedelta(days=1)


class MissingHolidayTable(Refused):
    """A year whose notice has not been entered: guessing would set a wrong legal deadline."""

    def __init__(self, year: int) -> None:
        self.year = year
        sentence = _(
            "系统里还没有 %(year)s 年的节假日安排，无法计算工作日。请市级管理员按国务院办公厅通知在“节假日安排”中录入后再试。"
        )
        super().__init__(sentence % {"year": year})


class _Calendar:
    """The tables of the years a calculation touches, each read once."""

    def __init__(self) -> None:
        self._years: dict[int, dict[date, str]] = {}

    def _table(self, year: int) -> dict[date, str]:
        if year not in self._years:
            rows = dict(Holiday.objects.filter(date__year=year).values_list("date", "kind"))
            if not rows:
                raise MissingHolidayTable(year)
            self._years[year] = rows
        return self._years[year]

    def works(self, day: date) -> bool:
        kind = self._table(day.year).get(day)
        return kind == HolidayKind.WORKDAY if kind else day.weekday() < 5


def is_working_day(day: date) -> bool:
    return _Calendar().works(day)


def add_working_days(start: date, n: int) -> date:
    """The n-th working day after `start`, which itself does not count; n < 0 counts back; n = 0 is `start`."""
    calendar, step, day, left = _Calendar(), DAY if n > 0 else -DAY, start, abs(n)
    while left:
        day += step
        left -= calendar.works(day)
    return day


def working_days_between(a: date, b: date) -> int:
    """Working days after `a` up to and including `b`; negative when b lies before a. Inverse of `add_working_days`."""
    if b < a:
        return -_count(_days(b, a - DAY))
    return _count(_days(a + DAY, b))


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def _count(days: Iterator[date]) -> int:
    calendar = _Calendar()
    return sum(calendar.works(day) for day in days)


_YEARS: Prepared[int] = Prepared(lambda: Holiday.objects.order_by().values_list("date__year", flat=True).distinct())


def years_with_table() -> list[int]:
    return sorted(_YEARS())


def load_holidays() -> int:
    """Enter the shipped tables of years that have no rows yet; what an officer entered is never touched."""
    known = set(years_with_table())
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = [Holiday(**row) for row in csv.DictReader(lines)]
    new = [row for row in rows if int(str(row.date)[:4]) not in known]
    Holiday.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)
