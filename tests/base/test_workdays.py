from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kechuang.base import workdays
from kechuang.base.enums import HolidayKind
from kechuang.base.models import Holiday

pytestmark = pytest.mark.django_db
SHIPPED = st.dates(date(2022, 1, 1), date(2026, 12, 31))
INNER = st.dates(date(2023, 3, 1), date(2025, 10, 31))
relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_the_shipped_tables_agree_with_an_independent_calendar():
    ours = workdays._Calendar()

    differing = [
        day
        for day in every_day(date(2022, 1, 1), date(2026, 12, 31))
        if ours.works(day) != chinese_calendar.is_workday(day)
    ]

    assert differing == []
    assert workdays.years_with_table() == [2022, 2023, 2024, 2025, 2026]


def test_every_row_names_its_notice_and_differs_from_its_weekday_or_is_a_holiday():
    rows = Holiday.objects.all()

    assert {row.source[:4] for row in rows} == {"国办发明"}
    assert all(row.date.weekday() >= 5 for row in rows if row.kind == HolidayKind.WORKDAY)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # the whole of National Day lies between
        (date(2026, 10, 8), 2, date(2026, 10, 10)),  # Saturday the 10th is worked
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 11, 24), 5, date(2026, 12, 1)),
        (date(2026, 11, 21), 0, date(2026, 11, 21)),
        (date(2026, 10, 8), -1, date(2026, 9, 30)),
    ],
)
def test_days_counted_by_hand(start, n, end):
    assert workdays.add_working_days(start, n) == end


@relaxed
@given(INNER, st.integers(-60, 60))
def test_between_is_the_inverse_of_add(start, n):
    end = workdays.add_working_days(start, n)

    assert workdays.working_days_between(start, end) == n
    assert n == 0 or workdays.is_working_day(end)


@relaxed
@given(INNER, st.integers(0, 40), st.integers(0, 40))
def test_days_add_up(start, m, n):
    assert workdays.add_working_days(workdays.add_working_days(start, m), n) == workdays.add_working_days(start, m + n)


@pytest.mark.parametrize(
    "question",
    [lambda: workdays.add_working_days(date(2026, 12, 30), 5), lambda: workdays.is_working_day(date(2027, 1, 4))],
)
def test_a_year_without_its_notice_is_not_guessed(question):
    with pytest.raises(workdays.MissingHolidayTable) as caught:
        question()

    assert caught.value.year == 2027
    assert "2027 年" in caught.value.sentence
    assert "节假日安排" in caught.value.sentence


def test_loading_again_changes_nothing_an_officer_entered():
    Holiday.objects.filter(date=date(2026, 10, 1)).delete()
    Holiday.objects.create(date=date(2027, 1, 1), kind=HolidayKind.HOLIDAY, name="元旦")

    assert workdays.load_holidays() == 0
    assert workdays.is_working_day(date(2026, 10, 1))
    assert not workdays.is_working_day(date(2027, 1, 1))
