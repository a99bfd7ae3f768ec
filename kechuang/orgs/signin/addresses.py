"""The address of the person at the other end, when proxies stand between."""

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """Each trusted proxy appends who spoke to it, so the n-th entry from the right is true and the rest is hearsay."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    trusted: int = settings.TRUSTED_PROXIES
    return told[-trusted] if trusted and len(told) >= trusted else direct
