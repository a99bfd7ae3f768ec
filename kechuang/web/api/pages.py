"""Each operation as a page of the platform, so that the rules for pages hold for it: permission, limit, and refusals, here as JSON."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.web.api.operations import api
from kechuang.web.limits import must_wait
from kechuang.web.views import PUBLIC, SIGNED_IN, Page

PREFIX = "/api/v1"


def refusal(status: int, sentence: str) -> JsonResponse:
    return JsonResponse({"detail": sentence}, status=status, json_dumps_params={"ensure_ascii": False})


class ApiPage(Page):
    abstract = True
    limit = "api"
    http_method_names = ["get", "head"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.request = request
        if seconds := must_wait(request, self.limit):
            response = refusal(429, _("操作太频繁，请 %(seconds)s 秒后再试。") % {"seconds": seconds})
            response["Retry-After"] = str(seconds)
            return response
        if request.method not in {"GET", "HEAD"}:
            return self.http_method_not_allowed(request)
        if self.permission == SIGNED_IN and self.actor.user is None:
            return refusal(401, _("请先在网页上登录。"))
        try:
            return self._kept(self.get(request, *args, **kwargs))
        except Http404:
            return refusal(404, _("没有这一项。"))
        except Refused as refused:
            return refusal(400, refused.sentence)

    def _kept(self, response: Any) -> Any:
        """One's own answers stay in no cache."""
        if self.permission != PUBLIC:
            response["Cache-Control"] = "private, no-store"
        return response

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise NotImplementedError


class Document(ApiPage):
    """The OpenAPI document of everything below /api/v1/."""

    permission = PUBLIC

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


def document() -> dict[str, Any]:
    schema: dict[str, Any] = api.get_openapi_schema(path_prefix=PREFIX)
    for operations in schema["paths"].values():
        for operation in operations.values():
            # What does not fit is told like every other refusal.
            operation["responses"].pop("422", None)
    return schema


def page_of(view: Callable[..., HttpResponse], name: str, permission: str) -> type[ApiPage]:
    """The page that lets `view`, an operation, answer."""

    def get(self: ApiPage, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    facts: dict[str, Any] = {"permission": permission, "get": get, "__module__": __name__, "__doc__": view.__doc__}
    return type(ApiPage)(f"Api{name.title().replace('_', '')}", (ApiPage,), facts)


PERMISSIONS = {"my_applications": SIGNED_IN, "my_deadlines": SIGNED_IN}
"""Whatever is not named here is for everybody, as the page that shows the same."""
