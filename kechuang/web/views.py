"""The base of every page: a declared permission, scoped rows, refusals in words. A page without a permission does not start."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest, ImproperlyConfigured, PermissionDenied
from django.db import DataError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from kechuang.base.errors import Refused
from kechuang.orgs.actor import Actor
from kechuang.web.limits import must_wait, too_often

PUBLIC = "public"
SIGNED_IN = "signed-in"


def has_nul(request: HttpRequest) -> bool:
    """A NUL in the address or the form: no person types it, and PostgreSQL takes none in a text."""
    lists = [*request.GET.lists(), *(request.POST.lists() if request.method == "POST" else ())]
    return "\0" in request.path or any("\0" in text for name, values in lists for text in (name, *values))


class Page(View):
    """A page of some face.

    Subclasses declare `permission` (a permission of orgs.rules, PUBLIC or SIGNED_IN; there is no default) and usually
    `template`. `abstract = True` in the class's own body marks a base class. What the user can mend (`Refused`) comes back
    as a sentence: on the page they came from, or with 422 to HTMX. `bundle` names the style sheet and script that the page
    loads: "public" is the small one, without what only forms and desks need.
    """

    permission: ClassVar[str]
    template: ClassVar[str] = ""
    bundle: ClassVar[str] = "app"
    abstract: ClassVar[bool] = True
    limit: ClassVar[str] = ""
    """Which of settings.RATE_LIMITS counts the askings for it, if any."""
    shared: ClassVar[bool] = False
    """The same for everybody who is not signed in, so that a copy may be kept for some seconds (web/sharing.py)."""
    request: HttpRequest

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.abstract = cls.__dict__.get("abstract", False)
        if not cls.abstract and not getattr(cls, "permission", ""):
            raise ImproperlyConfigured(f"{cls.__module__}.{cls.__qualname__} declares no permission")

    @property
    def actor(self) -> Actor:
        return self.request.actor  # type: ignore[attr-defined, no-any-return]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.request = request
        if has_nul(request):
            raise BadRequest
        if (what := self.limited_by(request)) and (seconds := must_wait(request, what)):
            return too_often(request, seconds)
        if self.permission != PUBLIC and self.actor.user is None:
            return redirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")
        if self.permission not in {PUBLIC, SIGNED_IN} and not self.actor.can(self.permission):
            raise PermissionDenied
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]
        except Refused as refusal:
            return self.refuse(refusal.sentence)
        except (OverflowError, DataError) as error:  # a number beyond what the database keeps: no person types it
            raise BadRequest from error

    def limited_by(self, request: HttpRequest) -> str:
        """The limit that this request counts against; a page may count only some of its requests."""
        return self.limit

    def refuse(self, sentence: str) -> HttpResponse:
        """Tell the sentence where the user stands; nothing was saved."""
        if getattr(self.request, "htmx", False):
            return render(self.request, "components/refusal.html", {"sentence": sentence}, status=422)
        messages.error(self.request, sentence)
        if self.request.method == "GET":
            return redirect("home")
        return redirect(self.back())

    def back(self) -> str:
        """The page the user came from, if it is ours."""
        came_from = self.request.headers.get("referer", "")
        if url_has_allowed_host_and_scheme(came_from, {self.request.get_host()}):
            return came_from
        return reverse("home")

    def find(self, rows: QuerySet[Any], **lookup: Any) -> Any:
        """The one row, or 404. `rows` must already be scoped (`visible_to`, `own`, a named public query), the lookup unique."""
        row: Model | None = next(iter(rows.filter(**lookup).order_by()[:1]), None)
        if row is None:
            raise Http404
        return row

    def demand(self, permission: str, on: Any) -> None:
        """403 where the actor sees the thing but may not do this with it."""
        if not self.actor.can(permission, on):
            raise PermissionDenied

    def render(self, template: str = "", status: int = 200, **context: Any) -> HttpResponse:
        response = render(self.request, template or self.template, {"bundle": self.bundle, **context}, status=status)
        response.is_shared = self.shared  # type: ignore[attr-defined]
        return response

    def done(self, sentence: str, to: str, *args: Any) -> HttpResponseRedirect:
        """After a write that worked: say so and go on."""
        messages.success(self.request, sentence)
        return redirect(to, *args)
