"""The adapters of django-allauth: no sign-up, secrets encrypted, other identity providers linked by the office's code alone."""

from __future__ import annotations

from functools import partial
from ipaddress import ip_address
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.base import crypto
from kechuang.base.errors import Refused
from kechuang.orgs.actions.links import link_identity
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import User
from kechuang.orgs.signin.addresses import client_ip

LINK = "link_code"
"""Where the session keeps the office's code between our page and the provider's answer."""


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy("登录名或密码不正确。学生请用学校发放的登录码和 6 位数字口令。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from rosters, invitations and administrators."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """What is not an address at all (a socket, a broken proxy) is written down as none."""
        told = client_ip(request)
        try:
            return str(ip_address(told))
        except ValueError:
            return "0.0.0.0"  # noqa: S104 -- no address is bound  # nosec

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Changes of an account are told by our own messages."""


class MFAAdapter(DefaultMFAAdapter):
    def get_totp_issuer(self) -> str:
        return str(settings.CITY_NAME)

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whose role demands a second factor may not drop the last one, nor the last passkey where a passkey is demanded."""
        actor = Actor.of(authenticator.user)
        others = {other.type for other in factors_of(authenticator.user) if other.pk != authenticator.pk}
        passkey = Authenticator.Type.WEBAUTHN
        if needs_passkey(actor) and authenticator.type == passkey and passkey not in others:
            return False
        return bool(others) or not needs_factor(actor)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Changes of an account are told by our own messages."""


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Who was linked before comes in; a first link needs the office's code; an e-mail address or a name proves nothing."""
        number = claimed_number(sociallogin)
        sociallogin.account.extra_data = {}  # what the provider tells about a person is not kept
        if sociallogin.is_existing:
            sociallogin.account.save(update_fields=["extra_data"])
            return
        code = request.session.pop(LINK, None)
        if code is None:
            messages.error(
                request, _("这个身份还没有绑定平台账号。请向本单位管理员要绑定码，在登录页点“用绑定码绑定”。")
            )
            raise ImmediateHttpResponse(redirect("account_login"))
        try:
            link_identity(code, sociallogin, request, staff_number=number)
        except Refused as refusal:
            messages.error(request, refusal.sentence)
            raise ImmediateHttpResponse(redirect("account_login")) from refusal

    def get_requests_session(self) -> Any:
        """Providers that do not answer in ten seconds are given up; a worker is not theirs to hold."""
        session = super().get_requests_session()
        session.request = partial(session.request, timeout=10)
        return session

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Changes of an account are told by our own messages."""


def claimed_number(sociallogin: SocialLogin) -> str:
    """The staff number that the provider vouches for, where a claim for it is configured; a second check at the first link."""
    if not settings.OIDC_STAFF_CLAIM:
        return ""
    facts = sociallogin.account.extra_data or {}
    for part in (facts.get("userinfo"), facts.get("id_token"), facts):
        if isinstance(part, dict) and part.get(settings.OIDC_STAFF_CLAIM):
            return str(part[settings.OIDC_STAFF_CLAIM]).strip()
    return ""


FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What counts as a second factor; recovery codes only stand in for one that was set up."""


def needs_factor(actor: Actor) -> bool:
    return bool(actor.roles & frozenset([*settings.TOTP_ROLES, *settings.PASSKEY_ROLES]))


def needs_passkey(actor: Actor) -> bool:
    return bool(actor.roles & frozenset(settings.PASSKEY_ROLES))


def proved_factors(request: HttpRequest) -> set[str]:
    """With which kinds of second factor this user began this session: then nobody looks again, page by page, whether there is one."""
    records = get_authentication_records(request, request.user)
    return {str(record.get("type")) for record in records if record.get("method") == "mfa"} & set(FACTORS)


def factors_of(user: User) -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(user=user, type__in=FACTORS)


def missing_factor(request: HttpRequest, actor: Actor) -> str:
    """The kind of second factor that the actor's roles demand and the account lacks; "" where nothing is missing."""
    if actor.user is None or not needs_factor(actor):
        return ""
    proved, passkey = proved_factors(request), needs_passkey(actor)
    if Authenticator.Type.WEBAUTHN in proved or (proved and not passkey):
        return ""
    held = set(factors_of(actor.user).values_list("type", flat=True))
    if passkey:
        return "" if Authenticator.Type.WEBAUTHN in held else str(Authenticator.Type.WEBAUTHN)
    return "" if held else str(Authenticator.Type.TOTP)
