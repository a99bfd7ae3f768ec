"""A new password of one's own; the last five may not come back."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from django.db import transaction

from kechuang.base import audit, clock
from kechuang.orgs.models import PasswordUse, User
from kechuang.orgs.passwords import HISTORY


@transaction.atomic
def change_password(user: User, password: str) -> User:
    """Write the user's own new password (already validated) and end every duty to change it."""
    _remember(user)
    user.set_password(password)
    user.must_change_password = False
    user.password_changed_at = clock.now()
    user.save()
    _remember(user)
    audit.record("change_password", by=user, on=user)
    return user


def _remember(user: User) -> None:
    """The present hash goes into the history, once; older than the last five are forgotten."""
    if user.has_usable_password() and not PasswordUse.objects.filter(user=user, password=user.password).exists():
        PasswordUse.objects.create(user=user, password=user.password)
    kept = PasswordUse.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True)[:HISTORY]
    PasswordUse.objects.filter(user=user).exclude(pk__in=list(kept)).delete()


def was_used_before(user: User, password: str) -> bool:
    used = PasswordUse.objects.filter(user=user).order_by("-pk").values_list("password", flat=True)[:HISTORY]
    return any(check_password(password, encoded) for encoded in {user.password, *used})
