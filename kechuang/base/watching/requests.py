"""The outermost middleware: gives each request an id, counts and times it, and writes the access line."""

import logging
import re
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from kechuang.base.ids import new_public_id
from kechuang.base.watching import figures
from kechuang.base.watching.logs import request_id

HEADER = "X-Request-ID"
FITTING = re.compile(r"[A-Za-z0-9-]{8,64}")
access = logging.getLogger("kechuang.access")


class WatchMiddleware:
    """A proxy's own id is kept when it has the form of one, so that both logs can be read side by side."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        request.id = given if FITTING.fullmatch(given) else new_public_id(16)  # type: ignore[attr-defined]
        token, started = request_id.set(request.id), time.perf_counter()  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
            _note(request, response, time.perf_counter() - started)
        finally:
            request_id.reset(token)
        response[HEADER] = request.id  # type: ignore[attr-defined]
        return response


def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    match = request.resolver_match
    view = match.view_name if match and match.view_name else "-"
    figures.count_request(view, request.method or "-", response.status_code, seconds)
    if access.isEnabledFor(logging.INFO):
        user = getattr(request, "_cached_user", None)  # looked at only where somebody has asked for it already
        facts = {"view": view, "method": request.method, "status": response.status_code, "ms": round(seconds * 1000, 1)}
        access.info("request", extra=facts | {"user": getattr(user, "pk", None)})
