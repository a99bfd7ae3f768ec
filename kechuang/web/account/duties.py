"""What a session owes before it may go on: a fresh password, a second factor, and no half hour of absence."""

import time
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import User
from kechuang.orgs.passwords import is_expired

SEEN, SECOND_FACTOR = "seen", "second_factor"
NOTE_EVERY = 60
ALWAYS_OPEN = ("/account/", "/language/", "/static/", "/healthz", "/help/")


def must_use_totp(user: User) -> bool:
    return bool(settings.TOTP_ROLES) and bool(Actor.of(user).roles & set(settings.TOTP_ROLES))


class SignInDuties:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._stopped(request) or self.get_response(request)

    def _stopped(self, request: HttpRequest) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        if _is_idle(request):
            return _signed_out(request)
        if request.path.startswith(ALWAYS_OPEN):
            return None
        return _password_duty(request) or _second_factor_duty(request)


def _is_idle(request: HttpRequest) -> bool:
    """The wall clock, not the platform's: a session is about somebody at a desk. Noted once a minute."""
    now, seen = int(time.time()), request.session.get(SEEN, 0)
    if seen and now - seen > settings.IDLE_MINUTES * 60:
        return True
    if now - seen >= NOTE_EVERY:
        request.session[SEEN] = now
    return False


def note_sign_in(sender: object, request: HttpRequest, **facts: object) -> None:
    request.session[SEEN] = int(time.time())


user_logged_in.connect(note_sign_in, dispatch_uid="kechuang.note_sign_in")


def _signed_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.info(request, _("离开超过 %(n)s 分钟，为了安全已自动退出。请重新登录，会回到刚才的页面。") % {"n": settings.IDLE_MINUTES})
    target = request.get_full_path() if request.method == "GET" else "/"
    return _go(request, f"{reverse('account_login')}?{urlencode({'next': target})}")


def _password_duty(request: HttpRequest) -> HttpResponse | None:
    user: User = request.user  # type: ignore[assignment]
    if user.must_change_password:
        messages.warning(request, _("这是首次登录或管理员刚重置过密码，请先设一个只有您知道的新密码。"))
        return _go(request, reverse("account_change_password"))
    days = settings.PASSWORD_MAX_AGE_DAYS
    if days and is_expired(user.password_changed_at, roles=_roles(request), max_age_days=days, now=clock.now()):
        messages.warning(request, _("密码已使用超过 %(n)s 天，请换一个新的再继续。") % {"n": days})
        return _go(request, reverse("account_change_password"))
    return None


def _second_factor_duty(request: HttpRequest) -> HttpResponse | None:
    if not settings.TOTP_ROLES or request.session.get(SECOND_FACTOR) or not _roles(request) & set(settings.TOTP_ROLES):
        return None
    if is_mfa_enabled(request.user):
        request.session[SECOND_FACTOR] = True
        return None
    messages.warning(request, _("您的身份需要使用动态口令。请用手机设好以后再继续，只需一次。"))
    return _go(request, reverse("mfa_activate_totp"))


def _roles(request: HttpRequest) -> frozenset[str]:
    return request.actor.roles  # type: ignore[attr-defined, no-any-return]


def _go(request: HttpRequest, to: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return redirect(to)
