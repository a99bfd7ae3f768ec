"""The adapters of django-allauth: no sign-up, secrets encrypted, the city's identity provider linked by staff number."""

from __future__ import annotations

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
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.base import audit, crypto
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Person, User
from kechuang.orgs.signin.addresses import client_ip


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy("登录名或密码不正确。学生请用学校发放的登录码和 6 位数字口令。"),
        "too_many_login_attempts": gettext_lazy("登录失败次数过多，请稍后再试。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from rosters, invitations and administrators."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)

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
        """Whose role demands a second factor may not drop it."""
        return not needs_totp(Actor.of(authenticator.user))

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Changes of an account are told by our own messages."""


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Only people whom the platform already knows by staff number come in; nobody gets a right by it."""
        if sociallogin.is_existing:
            return
        user = staff_with(claimed_number(sociallogin))
        if user is None:
            messages.error(request, _("没有与您的统一身份认证账号对应的工号。请联系本单位管理员登记工号后再登录。"))
            raise ImmediateHttpResponse(redirect("account_login"))
        sociallogin.connect(request, user)
        audit.record("link_identity", by=user, on=user.person, detail={"provider": sociallogin.account.provider})

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Changes of an account are told by our own messages."""


def claimed_number(sociallogin: SocialLogin) -> str:
    """The staff number that the provider vouches for: from its user information, else from the ID token."""
    facts = sociallogin.account.extra_data or {}
    for part in (facts.get("userinfo"), facts.get("id_token"), facts):
        if isinstance(part, dict) and part.get(settings.OIDC_STAFF_CLAIM):
            return str(part[settings.OIDC_STAFF_CLAIM]).strip()
    return ""


def staff_with(number: str) -> User | None:
    if not number:
        return None
    person = Person.objects.filter(staff_number=number, user__is_active=True).select_related("user").first()
    return person.user if person else None


def needs_totp(actor: Actor) -> bool:
    return bool(actor.roles & frozenset(settings.TOTP_ROLES))


def proved_totp(request: HttpRequest) -> bool:
    """Whether this user began this session with a one-time code: then nobody looks again, page by page, whether there is one."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" and record.get("type") == "totp" for record in records)


def has_totp(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
