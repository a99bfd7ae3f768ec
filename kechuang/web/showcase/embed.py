"""The widget: works or course cases in a frame of another site. Light, without cookies and scripts, only on sites that are allowed.

`/embed/works/?n=4&shelf=…&district=…`, `/embed/cases/?n=4&stage=…&theme=…`. What is hidden is gone at the next load: no copy is kept.
"""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from kechuang.engine.catalogue.queries import catalogue
from kechuang.engine.showcase.queries import gallery
from kechuang.engine.showcase.shelves import public_shelf
from kechuang.web.views import PUBLIC, Page

USUAL, MOST = 4, 12


class Embed(Page):
    permission = PUBLIC
    template = "public/embed.html"

    def get(self, request: HttpRequest, what: str) -> HttpResponse:
        if what not in {"works", "cases"}:
            raise Http404
        asked = request.GET.get("n", "")
        count = max(1, min(MOST, int(asked))) if asked.isdecimal() and len(asked) < 4 else USUAL
        items, shelf = _works(request, count) if what == "works" else (_cases(request, count), None)
        response = self.render(what=what, items=items, shelf=shelf, site=settings.SITE_URL)
        response["Content-Security-Policy"] = policy()
        response["Cache-Control"] = "no-cache"
        response.xframe_options_exempt = True  # type: ignore[attr-defined]
        return response


def policy() -> str:
    """Pictures and the style sheet of this site, nothing else; frames of ourselves and of the allowed sites."""
    parents = " ".join(["'self'", *settings.EMBED_ORIGINS])
    return f"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {parents}"


def _works(request: HttpRequest, count: int) -> tuple[list[Any], Any]:
    if slug := request.GET.get("shelf", ""):
        found = public_shelf(slug[:16])
        works = [one.thing for one in found.items if one.kind == "work"][:count] if found else []
        return works, found.shelf if found else None
    return list(gallery(order="new", district=request.GET.get("district", "")[:32])[:count]), None


def _cases(request: HttpRequest, count: int) -> list[Any]:
    wanted = {name: request.GET.get(name, "")[:40] for name in ("stage", "theme", "subject", "district")}
    return list(catalogue(order="adopted", **wanted)[:count])
