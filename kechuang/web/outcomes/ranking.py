"""Ranking a round: by its own method or another for comparison, every run kept and replayable."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.engine.decisions.actions import rank_round, replay
from kechuang.engine.decisions.models import RankingRecord
from kechuang.engine.decisions.queries import standing_ranking
from kechuang.engine.enums import AssignmentState, DecisionState
from kechuang.engine.reviews.models import ReviewRound
from kechuang.engine.reviews.queries.borders import border_ratios
from kechuang.engine.wording import sentences
from kechuang.web.charts import Chart
from kechuang.web.outcomes import sheets
from kechuang.web.outcomes.forms import METHOD_NAMES, MethodForm
from kechuang.web.outcomes.pages import OutcomePage, download, round_crumbs, round_tabs
from kechuang.web.outcomes.pictures import border_chart
from kechuang.web.outcomes.standings import DivisionSheet, division_sheets


class Ranking(OutcomePage):
    """The result sheet of one record, and every record before it. POST runs the ranking."""

    permission = "round.manage"
    template = "outcomes/ranking.html"

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round_ = self.round_at(slug, code)
        return self._page(round_, MethodForm(initial={"method": round_.plan.method}))

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round_ = self.round_at(slug, code)
        form = MethodForm(request.POST)
        if not form.is_valid():
            return self._page(round_, form, status=422)
        record = rank_round(round_, by=self.actor, method=form.cleaned_data["method"])
        words = {"method": METHOD_NAMES[record.outputs["method"]], "n": len(record.outputs["table"])}
        return self.done(
            _("已按“%(method)s”排出 %(n)s 件作品的名次，输入和结果已存档。") % words,
            f"{reverse('ranking', args=[slug, code])}?record={record.pk}",
        )

    def _page(self, round_: ReviewRound, form: MethodForm, status: int = 200) -> HttpResponse:
        records = list(round_.rankings.defer("inputs", "outputs").select_related("made_by__person"))
        shown, other = self._chosen(records, "record"), self._chosen(records, "against", default=False)
        context: dict[str, Any] = {}
        if shown:
            shown.round = round_
            divisions = division_sheets(shown, other)
            context = {"divisions": divisions, "borders": border_charts(round_, divisions), **said_of(shown)}
        return self.render(
            status=status, round=round_, plan=round_.plan, call=round_.call, form=form, records=records, shown=shown, other=other,
            methods=METHOD_NAMES, stale=bool(shown) and standing_ranking(round_) is None,
            deciding=set(round_.decisions.filter(state=DecisionState.FINAL).values_list("ranking", flat=True)),
            missing=round_.assignments.filter(state__in=(AssignmentState.ASSIGNED, AssignmentState.DRAFT)).count(),
            tabs=round_tabs(round_, "ranking"), breadcrumbs=round_crumbs(round_, _("排名")), **context,
        )  # fmt: skip

    def _chosen(self, records: list[RankingRecord], name: str, *, default: bool = True) -> RankingRecord | None:
        wanted = self.request.GET.get(name, "")
        first = next(iter(records), None) if default else None
        return next((record for record in records if str(record.pk) == wanted), first)


def border_charts(round_: ReviewRound, divisions: list[DivisionSheet]) -> list[Chart]:
    """The first border of the largest division: of those that go on, or of the first prize."""
    ratios = border_ratios(round_)
    if not ratios or not divisions:
        return []
    name, share = next(iter(ratios.items()))
    chart = border_chart(max(divisions, key=lambda sheet: len(sheet.rows)), share, _(name))
    return [chart] if chart else []


JUDGES = ("rank.severe_judge", "rank.generous_judge")
"""What is said of one judge is for the jury's chair alone."""


def said_of(record: RankingRecord) -> dict[str, list[str]]:
    """How the ranking came about, in the reader's words: reasons, what ranks across groups rest on, what to look at."""
    outputs = record.outputs
    reasons, links = outputs["reasons"], outputs["components"]["message"] if outputs.get("components") else None
    alarms = [alarm for alarm in outputs["alarms"] if alarm["code"] not in JUDGES and alarm != links]
    return {"reasons": sentences([*reasons, *([links] if links else [])]), "alarms": sentences(alarms)}


class RankingReplay(OutcomePage):
    """Run a stored record again from its stored inputs and compare bit for bit."""

    permission = "round.manage"

    def post(self, request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
        record = self.find(self.round_at(slug, code).rankings.all(), pk=pk)
        outcome = replay(record)
        back = f"{reverse('ranking', args=[slug, code])}?record={pk}"
        words = {"digest": outcome.digest[:16]}
        if outcome.ok:
            return self.done(
                _("重演一致：用存档的评分重新计算，结果与存档逐位相同（校验码 %(digest)s）。") % words, back
            )
        return self.failed(
            _("重演不一致：存档的输入或结果被改动过（重新计算的校验码 %(digest)s）。请暂停使用这份排名并联系审计员。")
            % words,
            back,
        )


class RankingSheet(OutcomePage):
    limit = "export"
    permission = "round.manage"

    def get(self, request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
        round_ = self.round_at(slug, code)
        record = self.find(round_.rankings.all(), pk=pk)
        record.round = round_
        title = _("排名 %(round)s") % {"round": _(round_.plan.name)}
        said = [
            *(sentence for group in said_of(record).values() for sentence in group),
            _("结果校验码 %(digest)s") % {"digest": record.outputs_digest},
        ]
        return download(sheets.ranking_xlsx(title, division_sheets(record), said), f"{round_.call.title} {title}.xlsx")
