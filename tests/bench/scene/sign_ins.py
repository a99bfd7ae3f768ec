"""Sessions as a sign-in leaves them, without the password: the cost of argon2 is not what is measured here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from kechuang.base import clock
from kechuang.orgs.middleware import SEEN
from kechuang.orgs.models import User

METHODS = [{"method": "password", "at": 0}, {"method": "mfa", "type": "totp", "at": 0}]
"""As allauth records them of somebody who gave password and one-time code."""


def sign_in(users: Iterable[User]) -> dict[int, str]:
    """User id → session key, for many users by one insert."""
    rows, keys = [], {}
    expires = clock.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    for user in users:
        store = SessionStore()
        store.update({
            SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[-1],
            HASH_SESSION_KEY: user.get_session_auth_hash(), SEEN: clock.now().timestamp(),
            "account_authentication_methods": METHODS, "account_authentication_methods_user": str(user.pk),
        })  # fmt: skip
        keys[user.pk] = store._get_new_session_key()
        rows.append(Session(session_key=keys[user.pk], session_data=store.encode(store._session), expire_date=expires))
    Session.objects.bulk_create(rows, batch_size=2000)
    return keys
