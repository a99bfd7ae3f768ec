"""查重 for whoever runs the call: the list by share, and one entry with both texts beside each other. It decides nothing."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.base.models import Job
from kechuang.engine.applications.models import Application
from kechuang.engine.similarity.actions import COMPARE, ask_comparison
from kechuang.engine.similarity.queries import beside_each_other, report_of, reports_of
from kechuang.web.outcomes.pages import OutcomePage, crumbs
from kechuang.web.views import Page

PER_PAGE = 50


class Reports(OutcomePage):
    """All entries of the call by share. POST asks for a comparison now."""

    permission = "application.screen"
    template = "similarity/reports.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        if call.plan.similarity is None:
            raise Http404
        rows = reports_of(call, self.actor)
        if request.GET.get("show") == "alarm":
            rows = rows.filter(share__gte=call.plan.similarity.alarm_share)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        return self.render(
            call=call, page=page, alarm=call.plan.similarity.alarm_share, percent=round(100 * call.plan.similarity.alarm_share),
            rows=[_row(report, call.plan.similarity.alarm_share) for report in page], job=_running(call.pk),
            breadcrumbs=crumbs(call, (_("查重"), "")), only=request.GET.get("show") == "alarm",
        )  # fmt: skip

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        ask_comparison(self.call_at(slug), by=self.actor)
        return self.done(_("已开始比对，完成后在这里看结果。"), "similarity", slug)


def _row(report: Any, alarm: float) -> dict[str, Any]:
    return {
        "report": report,
        "entry": report.application,
        "percent": round(100 * report.share),
        "is_high": report.share >= alarm,
    }


def _running(call: int) -> Job | None:
    return Job.objects.filter(kind=COMPARE, key=f"similarity:{call}", state__in=Job.LIVE).first()


class Report(Page):
    """One entry: which share stands elsewhere, and the passages of both texts."""

    permission = "application.screen"
    template = "similarity/report.html"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        rows = Application.objects.visible_to(self.actor, self.permission).select_related("call__org", "org", "person")
        application: Application = self.find(rows, public_id=public_id)
        report = report_of(application)
        if application.call.plan.similarity is None or report is None:
            raise Http404
        report.application = application
        alike = beside_each_other(report, self.actor)
        return self.render(
            application=application, call=application.call, report=report, alike=alike, percent=round(100 * report.share),
            is_high=report.share >= application.call.plan.similarity.alarm_share, breadcrumbs=crumbs(application.call, (_("查重"), "")),
        )  # fmt: skip
