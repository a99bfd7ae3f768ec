from django.http import HttpRequest, HttpResponse

from .kit_examples import examples
from .views import PUBLIC, Page


class Components(Page):
    """Every component on one page: for looking, for screenshots, for accessibility checks."""

    permission = PUBLIC
    template = "components.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(**examples())
