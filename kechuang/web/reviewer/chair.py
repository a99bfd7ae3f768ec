"""The chair's page of a round: what the jury should talk about, and who judges more strictly than the others."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.engine.models import ReviewRound
from kechuang.engine.reviews.queries.chair import Severity, chaired, discussion_list, severities
from kechuang.engine.reviews.queries.progress import round_progress
from kechuang.web.charts import Chart, Series
from kechuang.web.views import Page


class ChairPage(Page):
    permission = "round.chair"
    template = "reviewer/chair.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        round: ReviewRound = self.find(chaired(self.actor), pk=pk)
        found = severities(round)
        return self.render(
            round=round, plan=round.plan, call=round.call, progress=round_progress(round),
            discussed=discussion_list(round, self.actor), chart=severity_chart(found) if found else None,
        )  # fmt: skip


def severity_chart(found: list[Severity]) -> Chart:
    strict = [one.name for one in found if one.high < 0]
    lenient = [one.name for one in found if one.low > 0]
    says = _("没有明显偏严或偏宽的专家。")
    if strict or lenient:
        says = _("偏严：%(strict)s；偏宽：%(lenient)s。") % {
            "strict": "、".join(strict) or _("没有"), "lenient": "、".join(lenient) or _("没有"),
        }  # fmt: skip
    series = Series(_("宽严"), [one.mean for one in found], [one.low for one in found], [one.high for one in found])
    return Chart(
        "dots", _("专家宽严"), says, [one.name for one in found], [series], _("分"), _("专家"), line=(0, _("平均"))
    )
