"""Pages of an office: the permission must be held over some organisation, not only over what is one's own."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from kechuang.engine.calls.models import Call
from kechuang.engine.calls.queries import calls_in_office
from kechuang.web.views import Page


class OfficePage(Page):
    """A pupil may hold `application.view` for the own entry; an office page asks for it over an organisation."""

    abstract = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.request = request
        if self.actor.user is not None and not self.actor.paths(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class CallPage(OfficePage):
    """A page of one call that this office handles."""

    abstract = True

    def call_at(self, slug: str) -> Call:
        call: Call = self.find(calls_in_office(self.actor), slug=slug)
        return call

    def own_call_at(self, slug: str, permission: str = "call.edit") -> Call:
        """The call, where the actor also runs it; 403 for offices that only take part in it."""
        call = self.call_at(slug)
        self.demand(permission, call)
        return call
