"""The secret address of one's calendar: made, renewed, revoked."""

import secrets

from django.db import transaction

from kechuang.base import audit
from kechuang.orgs.models import User


@transaction.atomic
def renew_calendar(user: User) -> str:
    """A new key; whoever knew the old one sees nothing any more."""
    user.calendar_key = secrets.token_urlsafe(32)
    user.save(update_fields=["calendar_key"])
    audit.record("renew_calendar", by=user, on=user)
    return user.calendar_key


@transaction.atomic
def revoke_calendar(user: User) -> None:
    user.calendar_key = None
    user.save(update_fields=["calendar_key"])
    audit.record("revoke_calendar", by=user, on=user)
