"""Two to four entries beside each other: the same questions in the same rows, files, and scores for whoever runs the rounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.rules import division_name
from kechuang.engine.reviews.queries.compare import RoundMarks, marks_of
from kechuang.web.applicant.reading import Answered, parts
from kechuang.web.officer.queue.acts import QueuePage

FEWEST, MOST = 2, 4


@dataclass(frozen=True)
class Column:
    """One entry, its cells in the common order."""

    app: Application
    division: str
    cells: Sequence[Answered]
    marks: Sequence[RoundMarks]


class OfficeCompare(QueuePage):
    """POST takes the chosen rows of the list; the address then names them, so that it can be sent to a colleague."""

    template = "officer/compare.html"

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        self.call_at(slug)
        chosen = request.POST.getlist("ids")
        if not FEWEST <= len(chosen) <= MOST:
            raise Refused(_("并排比较请勾选两到四件，现在勾选了 %(n)s 件。") % {"n": len(chosen)})
        address = QueryDict(mutable=True)
        address.setlist("id", chosen)
        address["from"] = request.POST.get("query", "")[:1000]
        return redirect(f"{reverse('office_compare', args=[slug])}?{address.urlencode()}")

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        listing = self.listing(slug, QueryDict(request.GET.get("from", "")))
        wanted = list(dict.fromkeys(request.GET.getlist("id")))[:MOST]
        found = {app.public_id: app for app in listing.scope.filter(public_id__in=wanted).select_related("org__parent")}
        apps = [found[public_id] for public_id in wanted if public_id in found]
        for app in apps:
            app.call = listing.call
        sees_marks = self.actor.can("round.manage", listing.call)
        marks = marks_of(apps) if sees_marks else {}
        return self.render(
            call=listing.call, listing=listing, columns=columns_of(apps, marks), sees_marks=any(marks.values())
        )  # fmt: skip


def answers_of(app: Application) -> dict[str, Answered]:
    return {answered.question.code: answered for part in parts(app) for answered in part.answers}


def columns_of(apps: Sequence[Application], marks: dict[int, list[RoundMarks]]) -> list[Column]:
    """Every question that any of them was asked stands in the same row of each."""
    answers = {app.pk: answers_of(app) for app in apps}
    asked: dict[str, Any] = {}
    for app in apps:
        for section in app.call.plan.form:
            for question in section.questions:
                if any(question.code in known for known in answers.values()):
                    asked.setdefault(question.code, question)
    return [
        Column(
            app, division_name(app.call.plan, app.division) if app.division else "",
            [answers[app.pk].get(code) or Answered(question) for code, question in asked.items()], marks.get(app.pk, []),
        )
        for app in apps
    ]  # fmt: skip
