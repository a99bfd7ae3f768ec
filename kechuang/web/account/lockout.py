"""Five wrong passwords close an account for fifteen minutes; the page says how long it still takes."""

from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from kechuang.base import audit


def username_of(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The account as it is counted: by any spelling of the same name."""
    name = (credentials or {}).get("username") or request.POST.get("login", "")
    return "".join(str(name).split()).lower()[:64]


def locked_until(username: str) -> Any:
    attempts = AccessAttempt.objects.filter(username=username, failures_since_start__gt=0)
    last = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    return (last or timezone.now()) + settings.AXES_COOLOFF_TIME


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None) -> HttpResponse:
    """Instead of the sign-in page: why, until when, and who can help."""
    until = locked_until(username_of(request, credentials))
    left = max(until - timezone.now(), timedelta(seconds=1))
    minutes = -(-int(left.total_seconds()) // 60)
    page = render(request, "account/locked.html", {"until": until, "minutes": minutes, "limit": settings.AXES_FAILURE_LIMIT}, status=429)
    page["Retry-After"] = str(int(left.total_seconds()))
    return page


def note_lockout(sender: Any, username: str = "", ip_address: str = "", **facts: Any) -> None:
    audit.record("lock_account", by=None, detail={"username": username, "address": ip_address})
