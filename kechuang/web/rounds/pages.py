"""What the organiser's pages have in common: the call and round they stand in, and the words for both."""

from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.engine.calls.templates import known_programmes
from kechuang.engine.models import Call, ReviewRound
from kechuang.engine.programme.declaration import RoundPlan
from kechuang.web.views import Page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PER_PAGE = 50


class OrganiserPage(Page):
    abstract = True
    permission = "round.manage"


class RoundPage(OrganiserPage):
    """A page of a round that is or was open; the board alone also shows one that is only planned."""

    abstract = True

    def call_at(self, slug: str) -> Call:
        call: Call = self.find(Call.objects.visible_to(self.actor, self.permission).select_related("org"), slug=slug)
        return call

    def round_at(self, slug: str, code: str) -> ReviewRound:
        rows = ReviewRound.objects.visible_to(self.actor).select_related("call__org")
        round: ReviewRound = self.find(rows, call__slug=slug, code=code)
        return round

    def panel_round_at(self, slug: str, code: str) -> ReviewRound:
        round = self.round_at(slug, code)
        if round.plan.kind != "panel":
            raise Http404
        return round

    def board(self, round: ReviewRound) -> tuple[str, str, str]:
        """Where `done` goes: the board of the round."""
        return "round", round.call.slug, round.code

    def page(self, round: ReviewRound, here: str, **context: Any) -> HttpResponse:
        """Render with the round, its tabs and the way back."""
        call = round.call
        return self.render(
            round=round,
            plan=round.plan,
            call=call,
            tabs=tabs(call, round.plan, here),
            breadcrumbs=crumbs(call, round.plan, here),
            **context,
        )


def plan_of(call: Call, code: str) -> RoundPlan:
    plan = next((plan for plan in call.plan.rounds if plan.code == code), None)
    if plan is None:
        raise Http404
    return plan


def tabs(call: Call, plan: RoundPlan, here: str) -> list[dict[str, Any]]:
    """The pages of one round."""
    pages = [
        ("round", _("进度")),
        ("round_invite", _("邀请专家")),
        ("conflicts", _("回避")),
        ("assignments", _("分配与评分")),
    ]
    if plan.kind == "test":
        pages = [("round_marks", _("成绩"))]
    if plan.kind == "panel":
        pages = [
            ("round", _("进度")),
            ("panels", _("专家组")),
            ("timetable", _("问辩时间")),
            ("conflicts", _("回避")),
            ("assignments", _("评分")),
        ]
    return [
        {"label": label, "url": reverse(name, args=[call.slug, plan.code]), "active": name == here}
        for name, label in pages
    ]


def crumbs(call: Call, plan: RoundPlan, here: str) -> list[dict[str, str]]:
    board = reverse("round", args=[call.slug, plan.code])
    return [
        {"label": call.named, "url": reverse("office_call", args=[call.slug])},
        {"label": _(plan.name), "url": board if here != "round" else ""},
    ]


def discipline_names() -> dict[str, str]:
    """Code → name over all programmes: the pool serves each of them."""
    return {d.code: _(d.name) for programme in known_programmes().values() for d in programme.disciplines}


def download(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def query_without(request: HttpRequest, *names: str) -> str:
    """The address of this page without some of its conditions."""
    rest = request.GET.copy()
    for name in (*names, "page"):
        rest.pop(name, None)
    return f"?{rest.urlencode()}"
