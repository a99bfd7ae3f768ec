"""The content security policy. It is the same for all pages but those that write their own, so it is put together once."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property

WISHES = {f"_csp_{part}" for part in ("config", "update", "replace", "exempt")}
"""What django-csp's decorators leave on an answer."""


class ContentPolicy(CSPMiddleware):
    """django-csp's, which puts the policy together twice for each answer (once to report only, which nobody does here)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_usual = getattr(request, "_csp_nonce", None) is None and WISHES.isdisjoint(response.__dict__)
        if not is_usual or settings.DEBUG:
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._usual)
        return response

    @cached_property
    def _usual(self) -> str:
        return build_policy()
