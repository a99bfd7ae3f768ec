"""My marks beside each other: how I spread them, where I am out of line with myself; drafts may be adjusted and handed in together."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.engine.models import Assignment, Reviewer, ReviewRound
from kechuang.engine.reviews import rules
from kechuang.engine.reviews.actions.scoring import save_score, submit_score
from kechuang.engine.reviews.queries import expert
from kechuang.engine.reviews.queries.expert import OwnMarks
from kechuang.engine.reviews.queries.samples import sample_feedback
from kechuang.engine.reviews.rules import ScoreSheet
from kechuang.engine.wording import words
from kechuang.orgs.actor import Actor
from kechuang.web.charts import Chart, Series
from kechuang.web.reviewer.views import ReviewerPage

BANDS = ((90, 101), (80, 90), (70, 80), (60, 70), (0, 60))


def sample_words(round: ReviewRound, actor: Actor) -> str:
    """How this expert's scores of the common samples lie beside the others' ("" = nothing to say yet)."""
    own = Reviewer.objects.filter(person=actor.person).first() if round.plan.samples and actor.person else None
    found = sample_feedback(round, own) if own else None
    return words(found.message) if found else ""


class Consistency(ReviewerPage):
    """GET shows all my sheets of a round; POST keeps the changed marks of drafts and, if asked, hands in those that are complete."""

    template = "reviewer/consistency.html"

    def round(self, pk: int) -> ReviewRound:
        person = self.actor.person
        mine = (
            ReviewRound.objects.filter(round_reviewers__reviewer__person=person)
            if person
            else ReviewRound.objects.none()
        )
        found: ReviewRound = self.find(mine.exclude(state="planned").select_related("call__org"), pk=pk)
        return found

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        round = self.round(pk)
        rows = expert.my_marks(self.actor, round)
        return self.show(round, rows)

    def show(
        self, round: ReviewRound, rows: Sequence[OwnMarks], problems: Sequence[str] = (), status: int = 200
    ) -> HttpResponse:
        criteria = criteria_of(round, rows)
        given = [row for row in rows if row.total is not None]
        shut = rules.why_scoring_is_shut(round.state, round.opens_at, round.closes_at, clock.now())
        return self.render(
            status=status, round=round, plan=round.plan, shut=shut, problems=problems, criteria=criteria, n=len(given), total=len(rows),
            lines=[line_of(row, criteria, is_open=not shut) for row in rows], mean=mean_of([float(row.total or 0) for row in given]),
            means=[(name, mean_of([float(row.marks[code]) for row in rows if code in row.marks])) for code, name, _points in criteria],
            chart=distribution(given) if given else None, ready=sum(row.is_pending and not lacking(round, row) for row in rows) if not shut else 0,
            samples=sample_words(round, self.actor),
            may_save=not shut and any(row.is_pending for row in rows),
        )  # fmt: skip

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        round = self.round(pk)
        problems = [problem for row in expert.my_marks(self.actor, round) if (problem := self._keep(round, row))]
        handed_in = 0
        rows = expert.my_marks(self.actor, round)
        if "hand_in" in request.POST and not problems:
            handed_in = self._hand_in(round, rows)
            rows = expert.my_marks(self.actor, round)
        if problems:
            return self.show(round, rows, problems, status=422)
        told = (
            ngettext("已提交 %(n)s 份评分。", "已提交 %(n)s 份评分。", handed_in) % {"n": handed_in}
            if handed_in
            else _("已保存。")
        )
        return self.done(told, reverse("consistency", args=[pk]))

    def _keep(self, round: ReviewRound, row: OwnMarks) -> str:
        """Keep what was changed in one draft; gives the sentence of what could not be."""
        sent = {code: self.request.POST.get(f"mark_{row.id}_{code}") for code, _n, _p in criteria_of(round, [row])}
        changed = {
            code: value
            for code, value in sent.items()
            if value is not None and value.strip() != spoken(row.marks.get(code))
        }
        if not changed or not row.is_pending:
            return ""
        version = self.request.POST.get(f"version_{row.id}", "")
        sheet = ScoreSheet({**row.marks, **changed}, row.gates, row.comment, row.feedback)
        try:
            save_score(
                Assignment.objects.get(pk=row.id),
                sheet,
                version=int(version) if version.isdecimal() else -1,
                by=self.actor,
            )
        except Refused as refusal:
            return _("%(alias)s：%(why)s") % {"alias": row.alias, "why": refusal.sentence}
        return ""

    def _hand_in(self, round: ReviewRound, rows: Sequence[OwnMarks]) -> int:
        ready = [row for row in rows if row.is_pending and not lacking(round, row)]
        for row in ready:
            submit_score(Assignment.objects.get(pk=row.id), sheet_of(row), version=row.version, by=self.actor)
        return len(ready)


def sheet_of(row: OwnMarks) -> ScoreSheet:
    return ScoreSheet(row.marks, row.gates, row.comment, row.feedback)


def lacking(round: ReviewRound, row: OwnMarks) -> list[str]:
    return rules.missing(round.call.plan.rubric_for(row.stage, round.code), round.plan, sheet_of(row))


def criteria_of(round: ReviewRound, rows: Sequence[OwnMarks]) -> list[tuple[str, str, float]]:
    """The criteria of the rubrics that these entries are judged by, each once."""
    found: dict[str, tuple[str, str, float]] = {}
    for stage in dict.fromkeys(row.stage for row in rows):
        for c in round.call.plan.rubric_for(stage, round.code).criteria:
            found.setdefault(c.code, (c.code, c.name, c.points))
    return list(found.values())


def spoken(mark: Any) -> str:
    return "" if mark is None else f"{mark:g}"


def line_of(row: OwnMarks, criteria: Sequence[tuple[str, str, float]], *, is_open: bool) -> dict[str, Any]:
    cells = [
        {"code": code, "name": name, "points": f"{points:g}", "value": spoken(row.marks.get(code))}
        for code, name, points in criteria
    ]
    return {"row": row, "cells": cells, "is_open": is_open and row.is_pending}


def mean_of(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 1) if values else None


def distribution(rows: Sequence[OwnMarks]) -> Chart:
    """How many of my totals lie in each band of ten."""
    counts = Counter(
        next(n for n, (low, high) in enumerate(BANDS) if low <= float(row.total or 0) < high) for row in rows
    )
    labels = [_("90 分及以上"), _("80–89 分"), _("70–79 分"), _("60–69 分"), _("60 分以下")]
    totals = [float(row.total or 0) for row in rows]
    says = _("已评 %(n)s 件，最高 %(high)s 分，最低 %(low)s 分，平均 %(mean)s 分。") % {
        "n": len(rows), "high": f"{max(totals):g}", "low": f"{min(totals):g}", "mean": f"{mean_of(totals):g}",
    }  # fmt: skip
    return Chart(
        "bar",
        _("我的给分分布"),
        says,
        labels,
        [Series(_("件数"), [counts[n] for n in range(len(BANDS))])],
        unit=_("件"),
    )
