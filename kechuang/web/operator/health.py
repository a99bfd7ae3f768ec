"""For load balancers and Prometheus: whether this process can serve, and its figures."""

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from kechuang.base.watching import figures, parts
from kechuang.orgs.signin.addresses import client_ip
from kechuang.web.views import PUBLIC, Page

LOOPBACK = ("127.0.0.1", "::1")


class Ready(Page):
    """200 while everything needed answers, else 503; each part is named. No figures, no names."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        ready, found = parts.examine()
        return JsonResponse({"ready": ready, "parts": found}, status=200 if ready else 503)


class Metrics(Page):
    """Figures for whoever knows METRICS_TOKEN; while none is set, for this machine alone. To others the page is not there."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        if not _may_read(request):
            return HttpResponse(status=404)
        return HttpResponse(figures.page(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read(request: HttpRequest) -> bool:
    if not settings.METRICS_TOKEN:
        return client_ip(request) in LOOPBACK
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
