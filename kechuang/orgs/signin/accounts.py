"""Whose session it is: account, person and memberships by one query, because every page of everybody begins with them."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from kechuang.orgs.actor import memberships_of_account
from kechuang.orgs.models import User


class Accounts(AuthenticationBackend):
    """allauth's own checks of names and passwords; only the account behind a session is read differently."""

    def get_user(self, user_id: Any) -> User | None:
        """The account, with its memberships for the actor of this request; one that has none is read by itself."""
        held = memberships_of_account(int(user_id))
        user = held[0].person.user if held else super().get_user(user_id)
        if user is None or not self.user_can_authenticate(user):
            return None
        user.held = held
        return user
