"""Pure rules of a pool and its visits."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.engine.visits import rules


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 9, 7), 12, date(2027, 9, 7)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 3, 31), -13, date(2025, 2, 28)),
    ],
)
def test_months_are_counted_by_the_calendar(day, months, then):
    assert rules.months_after(day, months) == then


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(1, 36))
def test_oldest_clear_is_the_first_check_that_still_stands(day, months):
    first = rules.oldest_clear(day, months)

    assert rules.vetting_stands("clear", first, months, day)
    assert not rules.vetting_stands("clear", date.fromordinal(first.toordinal() - 1), months, day)


@pytest.mark.parametrize(
    ("result", "checked_on", "stands"),
    [
        ("clear", date(2025, 9, 7), True),
        ("clear", date(2025, 9, 6), False),
        ("clear", date(2026, 9, 8), False),
        ("barred", date(2026, 9, 1), False),
        ("clear", None, False),
    ],
)
def test_vetting_stands_for_twelve_months_and_only_if_clear(result, checked_on, stands):
    assert rules.vetting_stands(result, checked_on, 12, date(2026, 9, 7)) is stands


@pytest.mark.parametrize(
    ("at", "minutes", "says"),
    [
        (datetime(2026, 9, 10, 15), 40, ""),
        (datetime(2026, 9, 9, 15), 40, "提前 3 天"),
        (datetime(2026, 9, 12, 23), 40, "7 点到 21 点"),
        (datetime(2026, 9, 12, 9), 10, "20 到 480"),
    ],
)
def test_invitation_is_in_time_and_in_the_day(at, minutes, says):
    sentence = rules.why_not_at(at, minutes, datetime(2026, 9, 7, 9), 3)

    assert says in sentence
    assert bool(sentence) is bool(says)


def test_never_alone_takes_a_second_adult_of_the_school():
    at, now = datetime(2026, 9, 7, 9), datetime(2026, 9, 7, 10)

    assert rules.why_not_confirmed(at, now, is_teacher=False, is_staff=True) == ""
    assert "另一位" in rules.why_not_confirmed(at, now, is_teacher=True, is_staff=True)
    assert "本校教职工" in rules.why_not_confirmed(at, now, is_teacher=False, is_staff=False)
    assert "还没有开始" in rules.why_not_confirmed(now, at, is_teacher=False, is_staff=True)


def test_mean_is_shown_from_three_ratings_on():
    assert [rules.mean_rating(9, 2), rules.mean_rating(13, 3)] == [None, 4.3]


def test_every_act_has_its_states():
    assert {act: bool(rules.why_not(act, "invited")) for act in rules.SOURCES} == {
        "accept": False, "decline": False, "cancel": False, "confirm": True, "no_show": True, "rate": True, "report": True,
    }  # fmt: skip
