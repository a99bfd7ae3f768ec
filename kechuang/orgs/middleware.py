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
from kechuang.orgs import looking
from kechuang.orgs.actions.looks import record_page
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Look
from kechuang.orgs.signin.adapters import missing_factor
from kechuang.orgs.signin.devices import SEEN
from kechuang.orgs.signin.passwords import must_change

SEEN_EVERY = 60
OPEN_PAGES = frozenset(
    {
        "account_login", "account_logout", "account_change_password", "account_set_password", "account_reauthenticate",
        "mfa_reauthenticate", "mfa_authenticate", "mfa_activate_totp", "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_add_webauthn", "mfa_reauthenticate_webauthn",
        "mfa_login_webauthn", "set_language", "set_print",
    }
)  # fmt: skip


class ActorMiddleware:
    """Sets `request.actor` without a query until somebody asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        look = looking.current(request)
        if look is not None:
            return self._only_look(request, look)
        if request.session.pop(looking.KEY, None) is not None:
            messages.info(request, _("查看的时间到了，已回到您自己的页面。"))
        request.actor = SimpleLazyObject(lambda: Actor.of(request.user))  # type: ignore[attr-defined]
        if request.session.get(SEEN) is not None and self._is_idle(request):
            logout(request)
            request.actor = Actor.anonymous()  # type: ignore[attr-defined]
            messages.info(request, _("您已较长时间没有操作，为保护信息安全已自动退出，请重新登录。"))
        return self.get_response(request)

    def _only_look(self, request: HttpRequest, look: Look) -> HttpResponse:
        """One page as another person sees it. Idle lookers are signed out like everybody; files do not leave."""
        request.actor = SimpleLazyObject(lambda: Actor.looking(look))  # type: ignore[attr-defined]
        if request.session.get(SEEN) is not None and self._idle_for(request) > settings.IDLE_MINUTES * 60:
            request.session.pop(looking.KEY)
            return redirect("home")
        with looking.read_only(request):
            response = self.get_response(request)
        match = request.resolver_match
        if match is not None and match.url_name in looking.STAYS_OPEN:
            return response
        if response.has_header("Content-Disposition"):
            response = self._refuse_look(request)
        record_page(look, request.path)
        return response

    def _refuse_look(self, request: HttpRequest) -> HttpResponse:
        messages.error(request, looking.only_looking())
        return _go(request, "desk")

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        self._mark_seen(request)
        match = request.resolver_match
        if request.actor.look is not None and match is not None:  # type: ignore[attr-defined]
            return self._keep_to_looking(request, view, match.url_name or "")
        if match is None or match.url_name in OPEN_PAGES:
            return None
        return self._step_before(request)

    def _keep_to_looking(self, request: HttpRequest, view: Any, name: str) -> HttpResponse | None:
        permission = str(getattr(getattr(view, "view_class", view), "permission", ""))
        if name in looking.STAYS_OPEN:
            request.as_oneself = True  # type: ignore[attr-defined]
            request.actor = SimpleLazyObject(lambda: Actor.of(request.user))  # type: ignore[attr-defined]
            return None
        if request.method not in {"GET", "HEAD"} or looking.is_closed(name, permission):
            return self._refuse_look(request)
        return None

    def _step_before(self, request: HttpRequest) -> HttpResponse | None:
        """What must be done first: a password of one's own, then the second factor."""
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if must_change(actor.user, is_staff=actor.is_staff):  # type: ignore[arg-type]
            messages.warning(request, _("请先修改密码：首次登录或密码使用超过 90 天时必须修改。"))
            return _go(request, "account_change_password")
        if missing := missing_factor(request, actor):
            return self._demand_factor(request, missing)
        return None

    def _demand_factor(self, request: HttpRequest, kind: str) -> HttpResponse:
        if kind == "webauthn":
            messages.warning(request, _("您的角色要求用通行密钥登录（指纹、面容或安全密钥），请先添加一个。"))
            return _go(request, "mfa_add_webauthn")
        messages.warning(request, _("您的角色要求两步验证，请先用手机上的验证器应用完成设置，或添加通行密钥。"))
        return _go(request, "mfa_activate_totp")

    def _is_idle(self, request: HttpRequest) -> bool:
        if self._idle_for(request) <= settings.IDLE_MINUTES * 60 or not request.user.is_authenticated:
            return False
        return bool(request.actor.is_staff)  # type: ignore[attr-defined]

    def _idle_for(self, request: HttpRequest) -> float:
        """A clock that was set back counts like one that went on: how long really, nobody knows."""
        return abs(float(clock.now().timestamp() - request.session[SEEN]))

    def _mark_seen(self, request: HttpRequest) -> None:
        """At most one write a minute, or every page would write."""
        now = clock.now().timestamp()
        if abs(now - request.session.get(SEEN, 0)) >= SEEN_EVERY:
            request.session[SEEN] = now


def _go(request: HttpRequest, name: str) -> HttpResponse:
    """HTMX follows a redirect inside the page, so it is told to leave the page instead."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": resolve_url(name)})
    return redirect(name)
