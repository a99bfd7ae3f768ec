"""`request.actor`, and the three things a session must satisfy before any page: not idle, own password, second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.orgs.actor import Actor
from kechuang.orgs.signin.adapters import has_totp, needs_totp, proved_totp
from kechuang.orgs.signin.passwords import must_change

SEEN = "seen_at"
SEEN_EVERY = 60
OPEN_PAGES = frozenset(
    {
        "account_login", "account_logout", "account_change_password", "account_set_password", "account_reauthenticate",
        "mfa_reauthenticate", "mfa_authenticate", "mfa_activate_totp", "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "set_language", "set_print",
    }
)  # fmt: skip


class ActorMiddleware:
    """Sets `request.actor` without a query until somebody asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: Actor.of(request.user))  # type: ignore[attr-defined]
        if request.session.get(SEEN) is not None and self._is_idle(request):
            logout(request)
            request.actor = Actor.anonymous()  # type: ignore[attr-defined]
            messages.info(request, _("您已较长时间没有操作，为保护信息安全已自动退出，请重新登录。"))
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        self._mark_seen(request)
        match = request.resolver_match
        if match is None or match.url_name in OPEN_PAGES:
            return None
        return self._step_before(request)

    def _step_before(self, request: HttpRequest) -> HttpResponse | None:
        """What must be done first: a password of one's own, then the second factor."""
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if must_change(actor.user, is_staff=actor.is_staff):  # type: ignore[arg-type]
            messages.warning(request, _("请先修改密码：首次登录或密码使用超过 90 天时必须修改。"))
            return _go(request, "account_change_password")
        if needs_totp(actor) and not proved_totp(request) and not has_totp(actor.user):  # type: ignore[arg-type]
            messages.warning(request, _("您的角色要求两步验证，请先用手机上的验证器应用完成设置。"))
            return _go(request, "mfa_activate_totp")
        return None

    def _is_idle(self, request: HttpRequest) -> bool:
        idle = clock.now().timestamp() - request.session[SEEN]
        if idle <= settings.IDLE_MINUTES * 60 or not request.user.is_authenticated:
            return False
        return bool(request.actor.is_staff)  # type: ignore[attr-defined]

    def _mark_seen(self, request: HttpRequest) -> None:
        """At most one write a minute, or every page would write."""
        now = clock.now().timestamp()
        if now - request.session.get(SEEN, 0) >= SEEN_EVERY:
            request.session[SEEN] = now


def _go(request: HttpRequest, name: str) -> HttpResponse:
    """HTMX follows a redirect inside the page, so it is told to leave the page instead."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": resolve_url(name)})
    return redirect(name)
