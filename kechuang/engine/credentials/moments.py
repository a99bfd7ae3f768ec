"""Instants as credentials write them."""

from datetime import UTC, date, datetime, time

from django.utils import timezone


def stamp(at: datetime) -> str:
    """An XML Schema dateTimeStamp in UTC to the second, as in 2026-05-01T04:00:00Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def parsed(text: str) -> datetime:
    """Raises ValueError for what is no instant with an offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return at
