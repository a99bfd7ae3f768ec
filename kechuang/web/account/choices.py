"""How a person wants to read: a cookie for the visit, a field of the account for the next device."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse

PRINT_COOKIE = "print"
LARGE, USUAL = "large", "usual"
PRINTS = (LARGE, USUAL)


def keep(response: HttpResponse, cookie: str, value: str) -> None:
    response.set_cookie(
        cookie, value, max_age=365 * 86_400, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )


def bring_along(response: HttpResponse, user: Any) -> None:
    """After signing in on any device: the account's language, and large print for those who asked for it."""
    keep(response, settings.LANGUAGE_COOKIE_NAME, user.language)
    if user.large_print:
        keep(response, PRINT_COOKIE, LARGE)
