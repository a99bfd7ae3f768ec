"""The one clock of the platform. Everything that depends on time asks here, so a test can travel."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time

from django.utils import timezone

_frozen: datetime | None = None


def now() -> datetime:
    """This moment, in the city's timezone."""
    return local(_frozen if _frozen is not None else timezone.now())


def local(moment: datetime) -> datetime:
    """In the city's timezone, which nobody's page changes: Django would ask for the reader's own, in eleven calls.

    ValueError for a naive moment.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no timezone.")
    return moment.astimezone(timezone.get_default_timezone())


def today() -> date:
    return now().date()


def start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of(day: date) -> datetime:
    """The last moment of a day: a deadline given as a date includes that day."""
    return timezone.make_aware(datetime.combine(day, time.max))


def _moment(value: datetime | date) -> datetime:
    if not isinstance(value, datetime):
        return timezone.make_aware(datetime.combine(value, time(12)))
    return timezone.make_aware(value) if timezone.is_naive(value) else value


@contextmanager
def travel(moment: datetime | date) -> Iterator[None]:
    """Stop the clock at `moment`; a bare date means noon of that day, a naive time the city's timezone."""
    global _frozen  # noqa: PLW0603 -- worker threads of a test must travel too, so no context variable
    before, _frozen = _frozen, _moment(moment)
    try:
        yield
    finally:
        _frozen = before
