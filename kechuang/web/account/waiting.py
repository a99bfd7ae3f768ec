"""The limits of django-allauth, answered like all others: 429 in words, with the seconds to wait (config/urls.py: handler429)."""

import time
from collections.abc import Iterator

from allauth.core.internal.ratelimit import Rate, get_cache_key, get_rates
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from kechuang.web.limits import too_often

COUNTED = (("allauth.account", ("login", "change_password", "reauthenticate")), ("allauth.mfa", ("webauthn_login",)))
"""What is counted by address or by person; failed sign-ins are counted by name."""
A_MINUTE = 60


def over_the_limit(request: HttpRequest) -> HttpResponse:
    """After one of allauth's limits: until the oldest asking of each full count is forgotten."""
    return too_often(request, max(_waits(request), default=A_MINUTE))


def too_many_failures(request: HttpRequest) -> HttpResponse:
    """Too many wrong passwords or codes of one name: counted at every address, so forgotten after the whole time at the latest."""
    rates = get_rates(app="allauth.account", action="login_failed")
    return too_often(request, int(max((rate.duration for rate in rates), default=A_MINUTE)))


def _waits(request: HttpRequest) -> Iterator[int]:
    now = time.time()
    for app, actions in COUNTED:
        for action in actions:
            for rate in get_rates(app=app, action=action):
                askings = _askings(request, app, action, rate)
                if len(askings) >= rate.amount:
                    yield max(1, round(askings[-1] + rate.duration - now))


def _askings(request: HttpRequest, app: str, action: str, rate: Rate) -> list[float]:
    """When they came, the newest first, as allauth keeps them."""
    if rate.per == "user" and not request.user.is_authenticated:
        return []
    kept: list[float] = cache.get(get_cache_key(request, app=app, action=action, rate=rate), [])
    return kept
