"""How allauth meets the platform: no sign-up, our sentences, our encryption, our QR, the city's identity provider."""

from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kechuang.base.crypto import decrypt, encrypt
from kechuang.orgs.actions.passwords import change_password
from kechuang.orgs.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by schools and offices; nobody signs up."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _lazy("登录名和密码不匹配。请检查大小写；连续输错 5 次会锁定 15 分钟。"),
        "too_many_login_attempts": _lazy("尝试的次数太多了，请过几分钟再试。"),
        "enter_current_password": _lazy("现在的密码不对，请再输入一次。"),
        "incorrect_password": _lazy("密码不对，请再输入一次。"),
        "rate_limited": _lazy("操作太频繁，请稍等片刻再试。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: User, password: str) -> None:
        change_password(user, password)

    def post_login(self, request: HttpRequest, user: User, **facts: Any) -> HttpResponse:
        response = super().post_login(request, user, **facts)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, max_age=365 * 86_400, samesite="Lax", httponly=True)
        return response

    def add_message(self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any) -> None:
        """Only what the user should be told; a greeting at every sign-in is noise."""
        sentence = _told(message_template)
        if sentence:
            messages.add_message(request, level, sentence)


def _told(template: str | None) -> str:
    return {
        "account/messages/password_changed.txt": _("密码已修改。"),
        "mfa/messages/totp_activated.txt": _("动态口令已启用。请保存好下面的备用码。"),
        "mfa/messages/totp_deactivated.txt": _("动态口令已停用。"),
        "mfa/messages/recovery_codes_generated.txt": _("新的备用码已生成，旧的作废。"),
    }.get(template or "", "")


class MfaAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _lazy("这个动态口令不对，或者已经过期。请看手机上最新的 6 位数字，并检查手机时间是否准确。"),
        "cannot_delete_authenticator": _lazy("您的身份必须使用动态口令，不能停用。"),
    }

    def get_totp_issuer(self) -> str:
        return str(settings.CITY_NAME) + "科创"

    def build_totp_svg(self, url: str) -> str:
        return segno.make(url, error="m").svg_inline(scale=5, border=2, light="#fff")

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        from kechuang.web.account.duties import must_use_totp  # noqa: PLC0415 -- app ready

        return not must_use_totp(authenticator.user)


class SocialAdapter(DefaultSocialAccountAdapter):
    """The identity provider says who somebody is; the account must already be here, under the agreed claim."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if sociallogin.is_existing:
            return
        claimed = _claim(sociallogin.account.extra_data, settings.OIDC_USERNAME_CLAIM)
        user = User.objects.filter(username__iexact=claimed, is_active=True).first() if claimed else None
        if user is None:
            messages.error(request, _("统一身份认证通过了，但本平台还没有您的账号。请联系本单位管理员开通后再登录。"))
            raise ImmediateHttpResponse(redirect("account_login"))
        sociallogin.connect(request, user)


def _claim(extra: dict[str, Any], name: str) -> str:
    """The claim from the token or from userinfo, wherever this version of the library keeps it."""
    for place in (extra, extra.get("userinfo") or {}, extra.get("id_token") or {}):
        if place.get(name):
            return str(place[name])
    return ""
