"""The open page of a person's collection of honours."""

from django.http import Http404, HttpRequest, HttpResponse

from kechuang.engine.credentials import collections
from kechuang.web.views import PUBLIC, Page


class CollectionPage(Page):
    """For whoever has the address: what its owner shows, each line checked when it is read."""

    permission = PUBLIC
    bundle = "public"
    limit = "verify"
    template = "public/collection.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        found = collections.shown(code)
        if found is None:
            raise Http404
        response = self.render(shown=found)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Cache-Control"] = "private, no-store"
        return response
