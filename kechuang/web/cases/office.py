"""The office publishes the awarded cases of a call, and takes one down."""

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.engine.awards.models import Award
from kechuang.engine.catalogue import actions
from kechuang.engine.catalogue.models import Case
from kechuang.engine.catalogue.queries import counted, publishable
from kechuang.web.outcomes.pages import OutcomePage, crumbs


class OfficeCases(OutcomePage):
    """Every case of the call with who adopted and how it was rated. POST publishes what is awarded and agreed to."""

    permission = "showcase.curate"
    template = "cases/office.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        cases = counted(Case.objects.visible_to(self.actor).filter(application__call=call)).select_related("award")
        waiting = Award.objects.filter(publishable(call.pk)).count() if call.plan.catalogue else 0
        return self.render(
            call=call, cases=cases.order_by(F("hidden_at").desc(nulls_last=True), "-adopted", "pk"), waiting=waiting,
            breadcrumbs=crumbs(call, (_("课程案例"), "")),
        )  # fmt: skip

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        result = actions.publish_cases(self.call_at(slug), by=self.actor)
        words = {"n": len(result.cases), "without": result.without_pledge}
        return self.done(
            _("已公开 %(n)s 个案例；%(without)s 个没有签公开承诺或没有选授权，不公开。") % words, "office_cases", slug
        )


class OfficeCaseHide(OutcomePage):
    permission = "showcase.curate"

    def post(self, request: HttpRequest, slug: str, case: str) -> HttpResponse:
        rows = Case.objects.visible_to(self.actor).filter(application__call=self.call_at(slug))
        found: Case = self.find(rows, slug=case)
        if request.POST.get("do") == "show":
            actions.unhide_case(found, by=self.actor)
            return self.done(_("案例已重新公开。"), "office_cases", slug)
        actions.hide_case(found, reason=request.POST.get("reason", ""), by=self.actor)
        return self.done(_("案例已下架。"), "office_cases", slug)
