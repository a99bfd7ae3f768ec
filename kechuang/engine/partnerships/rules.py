"""When an agreement runs, ends and may be gone on with: pure.

Plan 四(四)2: schools and firms, universities or institutes build a long-term way of working together, of both sides' free will.
Plan 四(四)3: base schools of museum and school together.
"""

from datetime import date, timedelta

from kechuang.engine.honours.rules import years_later

LONGEST = 20
SOON = timedelta(days=90)
"""So long before its last day both sides are told that an agreement ends."""


def is_running(since: date, until: date, ended_on: date | None, day: date) -> bool:
    """Whether an agreement holds on `day`; on the day on which it was ended it no longer does."""
    return since <= day <= until and (ended_on is None or day < ended_on)


def ends_soon(until: date, day: date) -> bool:
    return day <= until <= day + SOON


def term(since: date, years: int) -> date:
    """The last day of a term of `years` that begins on `since`."""
    last = years_later(since, years)
    assert last is not None
    return last


def agreement_number(honour: str, n: int) -> str:
    return f"{honour}-HZ{n}"
