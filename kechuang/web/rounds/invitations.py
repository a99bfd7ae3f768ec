"""Whom to ask: the experts who know a round's disciplines, best suited first."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kechuang.base.errors import Refused
from kechuang.engine.models import Reviewer, ReviewRound
from kechuang.engine.reviews import actions, queries
from kechuang.engine.reviews.actions.day import set_chair
from kechuang.web.rounds.pages import RoundPage, discipline_names


class Invite(RoundPage):
    template = "rounds/invite.html"

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.round_at(slug, code)
        field, search, names = request.GET.get("field", ""), request.GET.get("q", "").strip(), discipline_names()
        rows = [row for row in queries.not_yet_invited(round) if fits(row, field, search)]
        return self.page(
            round, "round_invite", rows=[(row, [names.get(code, code) for code in row.fields]) for row in rows], field=field, search=search,
            disciplines=wanted_disciplines(round), invited=invited_rows(round), names=names,
        )  # fmt: skip

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.round_at(slug, code)
        ids = [int(pk) for pk in request.POST.getlist("reviewer") if pk.isdecimal()]
        if not ids:
            raise Refused(_("请先勾选要邀请的专家。"))
        rows = actions.invite_reviewers(
            round, list(Reviewer.objects.filter(pk__in=ids)), by=self.actor, load_max=load_of(request)
        )
        words = {"n": len(rows)}
        return self.done(
            ngettext("已邀请 %(n)s 位专家，并发出通知。", "已邀请 %(n)s 位专家，并发出通知。", len(rows)) % words,
            *self.board(round),
        )


def fits(reviewer: Reviewer, field: str, search: str) -> bool:
    return (not field or field in reviewer.fields) and (
        not search or search in f"{reviewer.person.name} {reviewer.employer_name}"
    )


def load_of(request: HttpRequest) -> int | None:
    text = request.POST.get("load", "").strip()
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= 500:
        raise Refused(_("评审量上限“%(value)s”应是 1 至 500 的整数，或留空。") % {"value": text})
    return int(text)


def wanted_disciplines(round: ReviewRound) -> list[dict[str, Any]]:
    """The round's disciplines with their entries and the invited experts who know them: where experts are still short."""
    entries: dict[str, int] = {}
    for code in round.entries.standing().values_list("application__discipline", flat=True):
        entries[code] = entries.get(code, 0) + 1
    known = list(round.round_reviewers.values_list("reviewer__fields", flat=True))
    return [
        {
            "code": d.code,
            "name": d.name,
            "entries": entries[d.code],
            "experts": sum(d.code in fields for fields in known),
        }
        for d in round.call.plan.disciplines
        if d.code in entries
    ]


def invited_rows(round: ReviewRound) -> list[Any]:
    busy = set(round.assignments.standing().values_list("reviewer_id", flat=True))
    return [(row, row.reviewer_id in busy) for row in queries.invited(round)]


class Uninvite(RoundPage):
    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.round_at(slug, code)
        chosen = request.POST.get("reviewer", "")
        rows = Reviewer.objects.filter(round_reviewers__round=round)
        reviewer = self.find(rows, pk=int(chosen) if chosen.isdecimal() else 0)
        actions.uninvite_reviewer(round, reviewer, by=self.actor)
        return self.done(_("已撤回对%(name)s的邀请。") % {"name": reviewer.person.name}, "round_invite", slug, code)


class Chair(RoundPage):
    """Who chairs the jury: sees severity and the list to discuss, changes no score."""

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.round_at(slug, code)
        chosen = request.POST.get("reviewer", "")
        set_chair(round, int(chosen) if chosen.isdecimal() else None, by=self.actor)
        return self.done(
            _("评委会主任已设定。") if chosen else _("本轮现在没有评委会主任。"), "round_invite", slug, code
        )
