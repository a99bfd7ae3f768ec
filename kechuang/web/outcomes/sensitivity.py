"""The sensitivity sheet for the deciding meeting, and what the jury's chair alone sees of each judge."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.base.jobs import enqueue
from kechuang.base.models import Job
from kechuang.engine.decisions.models import RankingRecord
from kechuang.engine.decisions.sensitivity import analyse_ranking
from kechuang.engine.reviews.models import Reviewer, ReviewRound
from kechuang.engine.reviews.queries.chair import chaired
from kechuang.engine.wording import words
from kechuang.web.charts import Chart, Series
from kechuang.web.outcomes.pages import OutcomePage, round_crumbs, round_tabs
from kechuang.web.views import Page

INLINE = 30_000
"""Judges × scores up to which the sheet is computed at once; more goes to a job."""


@dataclass(frozen=True)
class WithoutRow:
    """What changes without one judge; the sheet knows the judge by a number, the chair's pages by name."""

    number: int
    scores: int
    largest: int
    prizes: tuple[dict[str, Any], ...]
    moved: int


def without_rows(record: RankingRecord) -> list[WithoutRow]:
    """One row per judge; numbered by the judges' order in the record, which tells nothing about a person."""
    outputs = record.sensitivity["outputs"]
    numbers = {judge: n for n, judge in enumerate(sorted(row["judge"] for row in outputs["judges"]), 1)}
    rows = [
        WithoutRow(
            numbers[row["judge"]], row["scores"], row["largest"],
            tuple(m for m in row["changed"] if m["tier"] != m["tier_without"]), row["moved"],
        )
        for row in outputs["without"]
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (not row.prizes, -row.largest, row.number))


class SensitivitySheet(OutcomePage):
    """Which ranks and prizes hang on any one judge; how far judges agree. POST computes it."""

    permission = "round.manage"
    template = "outcomes/sensitivity.html"

    def get(self, request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
        round_, record = self.record(slug, code, pk)
        facts: dict[str, Any] = {}
        if record.sensitivity:
            rows = without_rows(record)
            facts = {
                "rows": rows,
                "hanging": [row for row in rows if row.prizes],
                "agreement": (agreement := record.sensitivity["outputs"]["agreement"]),
                "agreed": words(agreement["message"]),
            }
        return self.render(
            round=round_, call=round_.call, plan=round_.plan, record=record, job=live_job(record),
            tabs=round_tabs(round_, "ranking"), breadcrumbs=round_crumbs(round_, _("稳定性分析")), **facts,
        )  # fmt: skip

    def post(self, request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
        round_, record = self.record(slug, code, pk)
        back = reverse("sensitivity", args=[slug, code, pk])
        scores = record.inputs["scores"]
        if len({row[1] for row in scores}) * len(scores) <= INLINE:
            analyse_ranking(record, by=self.actor)
            return self.done(_("稳定性分析已完成并存档。"), back)
        args = {"record": record.pk, "by": self.actor.user.pk if self.actor.user else 0}
        enqueue("decisions.sensitivity", args=args, by=self.actor, scope_path=round_.scope_path, key=key_of(record))
        return self.done(_("评分较多，已交后台分析，完成后本页会显示结果。"), back)

    def record(self, slug: str, code: str, pk: int) -> tuple[ReviewRound, RankingRecord]:
        round_ = self.round_at(slug, code)
        record: RankingRecord = self.find(round_.rankings.all(), pk=pk)
        record.round = round_
        return round_, record


def key_of(record: RankingRecord) -> str:
    return f"decisions.sensitivity:{record.pk}"


def live_job(record: RankingRecord) -> Job | None:
    return Job.objects.filter(key=key_of(record)).exclude(state="done").order_by("-pk").first()


# --- the chair ---------------------------------------------------------------------------------------------------


class ChairPage(Page):
    """Pages of the one expert who chairs the jury of a round; to everybody else the round is not there."""

    abstract = True
    permission = "round.chair"

    def chaired(self, pk: int) -> ReviewRound:
        round_: ReviewRound = self.find(chaired(self.actor), pk=pk)
        return round_


def newest_sheet(round_: ReviewRound) -> RankingRecord | None:
    """The newest ranking of the round that has a sheet."""
    record = round_.rankings.exclude(sensitivity={}).order_by("-pk").first()
    if record:
        record.round = round_
    return record


def profiles(record: RankingRecord) -> list[dict[str, Any]]:
    """Every judge with name, most severe first."""
    given = record.sensitivity["outputs"]["judges"]
    people = Reviewer.objects.select_related("person").in_bulk([row["judge"] for row in given])
    return [{**row, "name": str(people.get(row["judge"], row["judge"]))} for row in given]


class ChairJudges(ChairPage):
    """Severity, spread and agreement of every judge of the round."""

    template = "outcomes/chair_judges.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        round_ = self.chaired(pk)
        record = newest_sheet(round_)
        rows = profiles(record) if record else []
        return self.render(
            round=round_, call=round_.call, plan=round_.plan, record=record, rows=rows, chart=judges_chart(rows, round_),
            breadcrumbs=[{"label": str(round_), "url": reverse("chair_round", args=[round_.pk])}, {"label": _("专家一览"), "url": ""}],
        )  # fmt: skip


def judges_chart(rows: list[dict[str, Any]], round_: ReviewRound) -> Chart | None:
    told = [row for row in rows if row["error"] is not None]
    if len(told) < 2:
        return None
    series = Series(_("宽严"), *([round(row[name], 2) for row in told] for name in ("severity", "low", "high")))
    links = [reverse("chair_judge", args=[round_.pk, row["judge"]]) for row in told]
    says = _("点在线左边偏严，右边偏宽；横线是九成区间，跨过中线的不能说有宽严之分。")
    return Chart("dots", _("专家宽严"), says, [row["name"] for row in told], [series], unit=_("分"),
                 label_title=_("专家"), links=links, line=(0, _("平均水平")))  # fmt: skip


class ChairJudge(ChairPage):
    """One judge: how severe, how wide, how far of one mind with the others, and what would change without them."""

    template = "outcomes/chair_judge.html"

    def get(self, request: HttpRequest, pk: int, reviewer: int) -> HttpResponse:
        round_ = self.chaired(pk)
        record = newest_sheet(round_)
        row = next((one for one in profiles(record) if one["judge"] == reviewer), None) if record else None
        if record is None or row is None:
            raise Http404
        without = next(one for one in record.sensitivity["outputs"]["without"] if one["judge"] == reviewer)
        return self.render(
            round=round_, call=round_.call, plan=round_.plan, row=row, without=without,
            prizes=[m for m in without["changed"] if m["tier"] != m["tier_without"]], words=in_words(row),
            breadcrumbs=[
                {"label": _("专家一览"), "url": reverse("chair_judges", args=[round_.pk])},
                {"label": row["name"], "url": ""},
            ],
        )  # fmt: skip


def in_words(row: dict[str, Any]) -> list[str]:
    """What the three figures say, for someone who reads no statistics."""
    return [sentence for sentence in (_severity(row), _spread(row), _agreement(row)) if sentence]


def _severity(row: dict[str, Any]) -> str:
    if row["error"] is None:
        return _("评分太少，看不出宽严。")
    if row["low"] <= 0 <= row["high"]:
        return _("宽严与其他专家没有明显差别。")
    words = {"n": f"{abs(row['severity']):.1f}"}
    return _("比平均水平宽 %(n)s 分。") % words if row["severity"] > 0 else _("比平均水平严 %(n)s 分。") % words


def _spread(row: dict[str, Any]) -> str:
    if row["spread"] is None:
        return ""
    if row["spread"] > 1.5:
        return _("分数拉得比别人开（%(n)s 倍）。") % {"n": f"{row['spread']:.1f}"}
    if row["spread"] < 0.67:
        return _("分数压得比别人紧（%(n)s 倍）。") % {"n": f"{row['spread']:.1f}"}
    return _("分数拉开的程度与别人相近。")


def _agreement(row: dict[str, Any]) -> str:
    if row["agreement"] is None:
        return ""
    if row["agreement"] >= 0.6:
        return _("对作品高低的看法与别人一致。")
    if row["agreement"] >= 0.3:
        return _("对作品高低的看法与别人大体一致。")
    return _("对作品高低的看法与别人不同：不等于不对，但值得请他说说理由。")
