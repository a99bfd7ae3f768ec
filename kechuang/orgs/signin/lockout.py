"""django-axes: five failures by user name and address lock for a quarter of an hour, in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.template.loader import select_template
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.base import audit
from kechuang.orgs.models import User
from kechuang.orgs.signin.addresses import client_ip


def username_of(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """As sign-in compares it: another case or a blank around must not open a fresh count."""
    given = (credentials or {}).get("username") or request.POST.get("login") or ""
    return str(given).strip().lower()


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    sentence = _("登录失败次数过多，这个登录名在本设备所在网络已被锁定 15 分钟。请稍后再试；忘记口令请联系学校。")
    until = locked_until(username_of(request, credentials), client_ip(request))
    minutes = max(1, -(-int((until - timezone.now()).total_seconds()) // 60))
    # A face may bring its own page; the plain one needs nothing but itself.
    page = select_template(["account/locked_out.html", "orgs/locked_out.html"])
    words = {"sentence": sentence, "until": until, "minutes": minutes, "limit": settings.AXES_FAILURE_LIMIT}
    return HttpResponse(page.render(words, request), status=429, headers={"Retry-After": str(minutes * 60)})


def locked_until(username: str, address: str) -> datetime:
    """The last counted failure and the cooling time after it."""
    failures = AccessAttempt.objects.filter(username=username, ip_address=address).order_by("-attempt_time")
    last: datetime | None = failures.values_list("attempt_time", flat=True).first()
    return (last or timezone.now()) + settings.AXES_COOLOFF_TIME


def locked_anywhere(username: str) -> datetime | None:
    """Until when sign-in is refused at some address; None where it is open everywhere."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    failures = AccessAttempt.objects.filter(
        username=username, failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gt=since
    )
    last: datetime | None = failures.aggregate(last=Max("attempt_time"))["last"]
    return last + settings.AXES_COOLOFF_TIME if last else None


def record_failure(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_kwargs: Any
) -> None:
    """Only user names that exist are written down: people type passwords into the wrong field."""
    user = User.objects.filter(username=username_of(request or HttpRequest(), credentials)).first()
    audit.record("sign_in_failed", by=None, on=user or "orgs.user", detail=_where(request))


def record_sign_in(sender: Any, request: HttpRequest | None, user: Any, **_kwargs: Any) -> None:
    audit.record("sign_in", by=user, on=user, detail=_where(request))


def record_sign_out(sender: Any, request: HttpRequest | None, user: Any, **_kwargs: Any) -> None:
    if user is not None:
        audit.record("sign_out", by=user, on=user, detail=_where(request))


def _where(request: HttpRequest | None) -> dict[str, str]:
    return {"ip": client_ip(request)} if request is not None and request.META else {}
