"""Pages of an office: the permission must be held over some organisation, not only over what is one's own."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from kechuang.base.errors import Refused
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.queries import call_in_office
from kechuang.web.views import Page

Result = TypeVar("Result")


def taken(form: BaseForm, act: Callable[[], Result]) -> Result | None:
    """What `act` gives, or None where the form or the action refuses: the sentences stand by the form as it was filled in."""
    if not form.is_valid():
        return None
    try:
        return act()
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        return None


class OfficePage(Page):
    """A pupil may hold `application.view` for the own entry; an office page asks for it over an organisation."""

    abstract = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.request = request
        if self.actor.user is not None and not self.actor.paths(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def back(self) -> str:
        """Without a referrer an officer goes back to the desk."""
        return super().back() if self.request.headers.get("referer") else reverse("office")


class CallPage(OfficePage):
    """A page of one call that this office handles."""

    abstract = True

    def call_at(self, slug: str) -> Call:
        call = call_in_office(self.actor, slug)
        if call is None:
            raise Http404
        return call

    def own_call_at(self, slug: str, permission: str = "call.edit") -> Call:
        """The call, where the actor also runs it; 403 for offices that only take part in it."""
        call = self.call_at(slug)
        self.demand(permission, call)
        return call
