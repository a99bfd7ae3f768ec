"""Limits a minute, per person and per address, on what can be guessed at, searched through or is dear: docs/settings.md, RATE_LIMITS."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kechuang.base.throttle import MINUTE, Limit, spend
from kechuang.orgs.signin.addresses import client_ip


def must_wait(request: HttpRequest, what: str) -> int:
    """Seconds until `request` may ask for `what` again; 0 is now. Known people count by themselves, everybody by address too."""
    limit = Limit.of(settings.RATE_LIMITS[what])
    actor = getattr(request, "actor", None)
    user = actor.user if actor is not None else None
    by_person = spend(what, f"person {user.pk}", limit.person) if user is not None else 0
    return by_person or spend(what, f"address {client_ip(request)}", limit.address)


def too_often(request: HttpRequest, seconds: int) -> HttpResponse:
    """429 in plain words: what happened, when to come again; a script gets the sentence alone."""
    sentence = _wait_words(seconds)
    if getattr(request, "htmx", False):
        response = HttpResponse(sentence, content_type="text/plain; charset=utf-8", status=429)
    else:
        response = render(request, "429.html", {"sentence": sentence}, status=429)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response


def _wait_words(seconds: int) -> str:
    if seconds <= 2 * MINUTE:
        return _("操作太频繁，请 %(seconds)s 秒后再试。您的账号没有被锁定。") % {"seconds": seconds}
    return _("操作太频繁，请 %(minutes)s 分钟后再试。您的账号没有被锁定。") % {"minutes": -(-seconds // MINUTE)}
