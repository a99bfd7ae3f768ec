from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse

from kechuang.engine.publicity.queries import current_notices, notice_page, published_notice
from kechuang.web.views import PUBLIC, Page

PER_PAGE = 20


class Notices(Page):
    permission = PUBLIC
    shared = True
    bundle = "public"
    template = "public/notices.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        page = Paginator(current_notices(), PER_PAGE).get_page(request.GET.get("page"))
        return self.render(page=page)


class Notice(Page):
    """The notice as paper. Never for search engines: it lists minors."""

    permission = PUBLIC
    shared = True
    bundle = "public"
    template = "public/notice.html"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        notice = published_notice(number)
        if notice is None:
            raise Http404
        text = request.GET.get("q", "")[:60]
        response = self.render(page=notice_page(notice, text), notice=notice, text=text)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response
