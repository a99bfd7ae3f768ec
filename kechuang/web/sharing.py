"""Public pages that are the same for everybody, kept for some seconds in each process: on deadline day everyone reads the same page.

A page class opts in with `shared = True`. A kept answer is given only to a GET of somebody without session and messages, for the
same address, language and cookies, and for no longer than SHARED_SECONDS: whatever is hidden (a work whose consent is withdrawn) is gone
from every copy within that time. What must differ is put in anew for each reader: the token of forms, and the server's time beside
deadlines, from which the browser counts on.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.middleware import csrf
from django.utils.translation import get_language

from kechuang.base import clock

MAX_PAGES = 400
"""In each process; the least recently asked for goes first."""
MAX_BYTES = 200_000
GAP = re.compile(rb'(?<=data-now=")(?P<time>[^"]*)|(?P<token>[A-Za-z0-9]{%d})' % csrf.CSRF_TOKEN_LENGTH)
"""The server's time, as the component of deadlines writes it; what may be a token."""


@dataclass(frozen=True)
class Copy:
    """A page in pieces of text and gaps; a gap is the name of what belongs there, "token" or "time"."""

    until: float
    pieces: tuple[bytes | str, ...]
    headers: tuple[tuple[str, str], ...]


class SharedPages:
    """Stands behind the middleware of sessions, language and forms, so that those do for a copy what they do for a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.copies: OrderedDict[Any, Copy] = OrderedDict()
        self.lock = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.SHARED_SECONDS or not _is_nobody(request):
            return self.get_response(request)
        key = _key(request)
        copy = self._copy(key)
        if copy is not None:
            return _answer(request, copy)
        response = self.get_response(request)
        if _may_be_kept(request, response):
            self._keep(key, _taken(request, response))
        return response

    def _copy(self, key: Any) -> Copy | None:
        with self.lock:
            copy = self.copies.get(key)
            if copy is None or copy.until < time.monotonic():
                return None
            self.copies.move_to_end(key)
            return copy

    def _keep(self, key: Any, copy: Copy) -> None:
        with self.lock:
            self.copies[key] = copy
            self.copies.move_to_end(key)
            while len(self.copies) > MAX_PAGES:
                self.copies.popitem(last=False)


def _is_nobody(request: HttpRequest) -> bool:
    """Without a sign-in, without anything to be told, and not asking for a part of a page."""
    cookies = request.COOKIES
    return (
        request.method == "GET"
        and settings.SESSION_COOKIE_NAME not in cookies
        and CookieStorage.cookie_name not in cookies
        and "HX-Request" not in request.headers
        and "Authorization" not in request.headers
    )


def _key(request: HttpRequest) -> Any:
    """Language, theme, size of print: whatever a cookie may say but for the secret of forms."""
    cookies = sorted(item for item in request.COOKIES.items() if item[0] != settings.CSRF_COOKIE_NAME)
    return request.get_host(), request.get_full_path(), get_language(), *cookies


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        getattr(response, "is_shared", False)
        and response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not request.session.modified
        and len(response.content) <= MAX_BYTES
    )


def _taken(request: HttpRequest, response: HttpResponse) -> Copy:
    """Cut the page at the tokens of this reader's form secret and at its time; nothing else in it is this reader's."""
    secret = request.META.get("CSRF_COOKIE")
    pieces: list[bytes | str] = []
    last = 0
    for found in GAP.finditer(response.content):
        if found.lastgroup == "token" and not (secret and csrf._does_token_match(found["token"].decode(), secret)):
            continue
        pieces += [response.content[last : found.start()], str(found.lastgroup)]
        last = found.end()
    return Copy(
        time.monotonic() + settings.SHARED_SECONDS, (*pieces, response.content[last:]), tuple(response.headers.items())
    )


def _answer(request: HttpRequest, copy: Copy) -> HttpResponse:
    own = {"time": clock.now().isoformat().encode()}
    if "token" in copy.pieces:
        own["token"] = csrf.get_token(request).encode()
    response = HttpResponse(b"".join(own[piece] if isinstance(piece, str) else piece for piece in copy.pieces))
    for name, value in copy.headers:
        response.headers[name] = value
    return response
