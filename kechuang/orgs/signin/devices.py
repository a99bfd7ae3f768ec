"""The devices of an account: which are signed in now, signing them out, and a letter when a new one appears."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from kechuang.base import audit, clock
from kechuang.base.crypto import blind_index
from kechuang.base.messages import notify
from kechuang.orgs.models import Device, User

COOKIE = "device"
COOKIE_AGE = 400 * 86_400
SEEN = "seen_at"
BROWSERS = (
    ("wxwork", _n("企业微信")), ("MicroMessenger", _n("微信")), ("DingTalk", _n("钉钉")), ("QQBrowser", _n("QQ 浏览器")),
    ("HuaweiBrowser", _n("华为浏览器")), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("HarmonyOS", _n("鸿蒙")), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def words_for(agent: str) -> str:
    """What a person calls the program and the machine that a user agent names: Chrome · Windows."""
    found = [next((_(word) for mark, word in kinds if mark in agent), "") for kinds in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or _("未知的浏览器")


# --- the list ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SignedIn:
    """One device that is signed in now."""

    pk: int
    words: str
    address: str
    since: datetime
    seen_at: datetime
    is_this: bool


def signed_in(user: User, this_key: str | None) -> list[SignedIn]:
    """Newest first, this device on top; in two queries. A session that a changed password has closed is left out."""
    rows = {row.session_key: row for row in UserSession.objects.filter(user=user)}
    alive = Session.objects.filter(session_key__in=rows, expire_date__gt=clock.now())
    found = []
    for session in alive:
        stored = session.get_decoded()
        if stored.get("_auth_user_hash") == user.get_session_auth_hash():
            found.append(_as_signed_in(rows[session.session_key], stored, this_key))
    return sorted(found, key=lambda one: (not one.is_this, -one.seen_at.timestamp()))


def _as_signed_in(row: UserSession, stored: dict[str, Any], this_key: str | None) -> SignedIn:
    seen = datetime.fromtimestamp(stored[SEEN], UTC) if stored.get(SEEN) else row.created_at
    is_this = row.session_key == this_key
    return SignedIn(row.pk, words_for(row.user_agent), row.ip, row.created_at, seen, is_this)


# --- signing out -------------------------------------------------------------------------------------------------


@transaction.atomic
def sign_out(user: User, *, by: Any, only: int | None = None, but: str | None = None) -> int:
    """End sessions of an account: one (`only`), all but that of the key `but`, or all. Returns how many; audited."""
    rows = UserSession.objects.filter(user=user)
    rows = rows.filter(pk=only) if only is not None else rows.exclude(session_key=but) if but else rows
    keys = list(rows.values_list("session_key", flat=True))
    n, _kinds = Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    if keys:
        audit.record("end_sessions", by=by, on=user, detail={"sessions": n})
    return n


# --- a new device ------------------------------------------------------------------------------------------------


def note_device(request: HttpRequest, response: HttpResponseBase, user: User, address: str) -> bool:
    """Remember the browser by a cookie; tell the owner of an account that was at home elsewhere. True where it is new.

    Pupils share the school's computers and have no letters: to them a notice at every desk would be noise.
    """
    key = request.get_signed_cookie(COOKIE, default="", salt=COOKIE)
    if not key:
        key = secrets.token_urlsafe(24)
        response.set_signed_cookie(
            COOKIE, key, salt=COOKIE, max_age=COOKIE_AGE, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    agent, index = request.META.get("HTTP_USER_AGENT", "")[:300], blind_index(key)
    with transaction.atomic():
        known = Device.objects.filter(user=user).exists()
        row, is_new = Device.objects.get_or_create(user=user, key_index=index, defaults={"agent": agent})
        if not is_new:
            Device.objects.filter(pk=row.pk).update(last_at=clock.now(), agent=agent)
        elif known and not user.has_pin:
            _tell(user, agent, address)
    return is_new and known


def _tell(user: User, agent: str, address: str) -> None:
    at = clock.now()

    def body() -> str:
        facts = {"device": words_for(agent), "address": address, "at": f"{clock.local(at):%Y-%m-%d %H:%M}"}
        return (
            _(
                "您的账号刚刚在一台没有用过的设备上登录：%(device)s，网络地址 %(address)s，%(at)s。如果是您本人，不用理会；如果不是，请马上打开“登录的设备”退出它，并修改密码。"
            )
            % facts
        )

    notify(
        [user], "security.new_device", title=lambda: _("您的账号在新设备上登录"), body=body,
        url=reverse("usersessions_list"), must_read=True,
    )  # fmt: skip
    audit.record("new_device", by=user, on=user, detail={"ip": address})
