"""How a person wants to read: a cookie for the visit, a field of the account for the next device."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

PRINT_COOKIE = "print"
LARGE, USUAL = "large", "usual"
PRINTS = (LARGE, USUAL)


def keep(response: HttpResponse, cookie: str, value: str) -> None:
    response.set_cookie(cookie, value, max_age=365 * 86_400, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE)


def bring_along(request: HttpRequest, response: HttpResponse, user: Any) -> None:
    """After signing in on a new device: what the account remembers, unless the visit has chosen already."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and user.language != settings.LANGUAGE_CODE:
        keep(response, settings.LANGUAGE_COOKIE_NAME, user.language)
    if PRINT_COOKIE not in request.COOKIES and user.large_print:
        keep(response, PRINT_COOKIE, LARGE)
