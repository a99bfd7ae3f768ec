"""Error pages: what happened, what to do, and a number by which the operator finds it in the log."""

import logging
import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from kechuang.base.full import is_full
from kechuang.base.ids import new_public_id
from kechuang.web.away import away, is_away

log = logging.getLogger(__name__)


def _page(request: HttpRequest, status: int, sentence: str = "") -> HttpResponse:
    reference = _reference(request)
    log.warning("%s for %s %s, reference %s", status, request.method, request.path, reference)
    return render(request, f"{status}.html", {"reference": reference, "sentence": sentence}, status=status)


def _reference(request: HttpRequest) -> str:
    """The id under which the log keeps the request."""
    return str(getattr(request, "id", "") or new_public_id(8))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403, str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without the request's context: what broke may be the database or the session. A database that is away, or a full disk, answers 503."""
    reference = _reference(request)
    error = sys.exc_info()[1]
    if (full := is_full(error)) or is_away(error):
        log.warning("503 for %s %s, reference %s: %s", request.method, request.path, reference, error)
        response = away(request, reference, full=full)
        response._has_been_logged = True  # type: ignore[attr-defined] -- one line a request is enough while everybody waits
        return response
    log.error("500 for %s %s, reference %s", request.method, request.path, reference, exc_info=sys.exc_info())
    return HttpResponse(render_to_string("500.html", {"reference": reference}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Mostly a page that lay open overnight, or a second sign-in in another tab."""
    log.warning("CSRF check failed for %s: %s", request.path, reason)
    return render(request, "403_csrf.html", status=403)
