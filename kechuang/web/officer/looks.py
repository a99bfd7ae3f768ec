"""Looking as somebody else: ending it, and what an office decides about support that asks to look."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.orgs import looking
from kechuang.orgs.actions import decide_look, end_look
from kechuang.orgs.models import Look
from kechuang.web.officer.pages import OfficePage
from kechuang.web.views import SIGNED_IN, Page

PER_PAGE = 30


class LookEnd(Page):
    """Back to one's own pages."""

    permission = SIGNED_IN

    def post(self, request: HttpRequest) -> HttpResponse:
        look = looking.current(request)
        request.session.pop(looking.KEY, None)
        if look is not None:
            end_look(look, by=self.actor)
        return self.done(_("已结束查看，回到您自己的页面。"), "desk")


class SupportOffice(OfficePage):
    """What waits for this office's yes or no, what is going on, and everything that was looked at before."""

    permission = "support.approve"
    template = "officer/support.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Look.objects.visible_to(self.actor).select_related(
            "person", "looker__person", "org", "decided_by__person"
        )
        pages = Paginator(rows, PER_PAGE)
        return self.render(page=pages.get_page(request.GET.get("page")), waiting=list(rows.waiting()))

    def post(self, request: HttpRequest) -> HttpResponse:
        pk = request.POST.get("look", "")
        look: Look = self.find(Look.objects.visible_to(self.actor), pk=int(pk) if pk.isdecimal() else 0)
        act = request.POST.get("do", "")
        if act in {"allow", "refuse"}:
            decide_look(look, act == "allow", by=self.actor)
            said = _("已批准，时间从现在算起。您随时可以终止。") if act == "allow" else _("已拒绝。")
            return self.done(said, "support_office")
        if act == "end":
            end_look(look, by=self.actor)
            return self.done(_("已终止，对方立即看不到了。"), "support_office")
        raise Refused(_("没有这项操作，请刷新页面后再试。"))
