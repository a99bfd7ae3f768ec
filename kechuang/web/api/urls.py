"""Below /api/v1/: the document, and one page for each operation."""

from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from kechuang.web.api.operations import api
from kechuang.web.api.pages import PERMISSIONS, PREFIX, Document, page_of
from kechuang.web.views import PUBLIC


def _page(pattern: URLPattern) -> URLPattern:
    """Nothing is written here, so no form is asked for its token: other methods are told that they are not known."""
    page = page_of(pattern.callback, pattern.name, PERMISSIONS.get(pattern.name, PUBLIC))
    return path(f"{PREFIX[1:]}/{pattern.pattern}", csrf_exempt(page.as_view()), name=f"api_{pattern.name}")


urlpatterns = [
    path(f"{PREFIX[1:]}/openapi.json", Document.as_view(), name="api_document"),
    *(_page(pattern) for pattern in api.urls[0] if pattern.name != "api-root"),
]
