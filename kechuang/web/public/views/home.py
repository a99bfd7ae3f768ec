from django.http import HttpRequest, HttpResponse

from kechuang.base import clock
from kechuang.engine.calls.queries import public_calls
from kechuang.engine.publicity.queries import current_notices
from kechuang.engine.showcase.queries import gallery
from kechuang.engine.showcase.shelves import on_front
from kechuang.web.views import PUBLIC, Page

ROW_OF_WORKS = 4


class Home(Page):
    """Five seconds: what is on, what is due, how to take part."""

    permission = PUBLIC
    shared = True
    bundle = "public"
    template = "public/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        open_calls, coming, past = public_calls(clock.now())
        shelf = next(iter(on_front(1)), None)
        return self.render(
            shelf=shelf, open_calls=open_calls, coming=coming, last=None if open_calls or coming else next(iter(past), None),
            notices=list(current_notices()[:4]), works=[] if shelf else list(gallery()[:ROW_OF_WORKS]),
        )  # fmt: skip
