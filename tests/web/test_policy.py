"""The content security policy is django-csp's, word for word, and pages that ask for another get it."""

import pytest
from csp.constants import HEADER, SELF
from csp.decorators import csp_exempt, csp_update
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse

from kechuang.web.policy import ContentPolicy


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


def with_own(request: HttpRequest) -> HttpResponse:
    return HttpResponse("", headers={HEADER: "default-src 'none'"})


def with_nonce(request: HttpRequest) -> HttpResponse:
    request._csp_nonce = "abc"
    return HttpResponse("")


@pytest.mark.parametrize(
    "view", [page, with_own, with_nonce, csp_update({"img-src": [SELF, "https://a.example"]})(page), csp_exempt()(page)],
)  # fmt: skip
def test_it_says_what_django_csp_says(view, rf):
    for _again in range(2):
        answers = [kind(view)(rf.get("/")).headers.get(HEADER) for kind in (CSPMiddleware, ContentPolicy)]
        assert answers[0] == answers[1]
