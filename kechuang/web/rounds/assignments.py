"""Who judges what, entry by entry, and the officer's own hand in it. Experts' names and entries' schools stand side by
side here: this is the organiser's page only."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.engine.applications.rules import division_name
from kechuang.engine.models import Assignment, Conflict, ReviewRound, RoundEntry
from kechuang.engine.reviews import actions
from kechuang.web.rounds.conflicts import experts_of
from kechuang.web.rounds.forms import AddAssignmentForm
from kechuang.web.rounds.pages import PER_PAGE, RoundPage, query_without


def wanted_entries(round: ReviewRound, asked: Any) -> QuerySet[RoundEntry]:
    """Entries of the round as the filter asks: by words, by expert, by what they still lack."""
    standing = ~Q(assignments__state__in=("recused", "void"))
    rows = RoundEntry.objects.filter(round=round).annotate(
        n_assigned=Count("assignments", filter=standing),
        n_submitted=Count("assignments", filter=Q(assignments__state="submitted")),
    )
    if search := asked.get("q", "").strip():
        rows = rows.filter(
            Q(alias__icontains=search) | Q(application__title__icontains=search) | Q(application__org__name__icontains=search)
            | Q(application__receipt_no__iexact=search)
        )  # fmt: skip
    if asked.get("expert", "").isdecimal():
        rows = rows.filter(
            pk__in=Assignment.objects.filter(round=round, reviewer=int(asked["expert"])).standing().values("entry")
        )
    wanted, show = round.plan.reviews_per_entry, asked.get("show", "")
    narrow = {
        "short": Q(n_assigned__lt=wanted),
        "waiting": Q(n_submitted__lt=wanted),
        "done": Q(n_submitted__gte=wanted),
    }
    return rows.filter(narrow.get(show, Q())).order_by("alias")


def with_experts(rows: QuerySet[RoundEntry]) -> QuerySet[RoundEntry]:
    given = Assignment.objects.select_related("reviewer__person", "score").order_by("pk")
    return rows.select_related("application__org").prefetch_related(Prefetch("assignments", given))


class Assignments(RoundPage):
    template = "rounds/assignments.html"

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.round_at(slug, code)
        pages = Paginator(with_experts(wanted_entries(round, request.GET)), PER_PAGE)
        page, experts = pages.get_page(request.GET.get("page")), list(experts_of(round))
        asked = {name: request.GET.get(name, "").strip() for name in ("q", "expert", "show")}
        rows = [(row, division_name(round.call.plan, row.application.division)) for row in page.object_list]
        return self.page(
            round,
            "assignments",
            page=page,
            total=pages.count,
            rows=rows,
            experts=experts,
            asked=asked,
            chips=self.chips(asked, experts),
        )

    def chips(self, asked: dict[str, str], experts: list[Any]) -> list[dict[str, str]]:
        shows = {"short": _("专家不够"), "waiting": _("还没评完"), "done": _("已评完")}
        words = {
            "q": asked["q"], "show": shows.get(asked["show"], ""),
            "expert": next((row.person.name for row in experts if str(row.pk) == asked["expert"]), ""),
        }  # fmt: skip
        return [{"label": label, "url": query_without(self.request, name)} for name, label in words.items() if label]


class EntryPage(RoundPage):
    """One entry in the round: its experts, what they gave, who may not judge it; give it to one more by hand."""

    template = "rounds/entry.html"

    def get(self, request: HttpRequest, slug: str, code: str, alias: str) -> HttpResponse:
        round = self.round_at(slug, code)
        return self.show(round, self.entry(round, alias))

    def post(self, request: HttpRequest, slug: str, code: str, alias: str) -> HttpResponse:
        round = self.round_at(slug, code)
        entry = self.entry(round, alias)
        form = add_form(round, request.POST)
        if not form.is_valid():
            return self.show(round, entry, form, status=422)
        row = actions.add_assignment(entry, by=self.actor, **form.cleaned_data)
        words = {"alias": alias, "name": row.reviewer.person.name}
        return self.done(_("已把 %(alias)s 分给%(name)s。") % words, "round_entry", slug, code, alias)

    def entry(self, round: ReviewRound, alias: str) -> RoundEntry:
        entry: RoundEntry = self.find(with_experts(round.entries.all()), alias=alias)
        return entry

    def show(
        self, round: ReviewRound, entry: RoundEntry, form: AddAssignmentForm | None = None, status: int = 200
    ) -> HttpResponse:
        conflicts = Conflict.objects.filter(
            call=round.call, application=entry.application_id, reviewer__round_reviewers__round=round
        )
        return self.page(
            round, "assignments", status=status, entry=entry, app=entry.application, division=division_name(round.call.plan, entry.application.division),
            rows=list(entry.assignments.all()), conflicts=conflicts.select_related("reviewer__person"), form=form or add_form(round),
        )  # fmt: skip


def add_form(round: ReviewRound, data: Any = None) -> AddAssignmentForm:
    form = AddAssignmentForm(data)
    form.fields["reviewer"].queryset = experts_of(round)
    form.fields["reviewer"].label_from_instance = lambda row: row.person.name
    return form


class AssignmentAct(RoundPage):
    abstract = True

    def post(self, request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
        round = self.round_at(slug, code)
        rows = Assignment.objects.filter(round=round).select_related("entry", "reviewer__person", "round__call__org")
        row = self.find(rows, pk=pk)
        sentence = self.act(row, request.POST.get("reason", ""))
        return self.done(sentence, reverse("round_entry", args=[slug, code, row.entry.alias]))

    def act(self, row: Assignment, reason: str) -> str:
        raise NotImplementedError


class Void(AssignmentAct):
    def act(self, row: Assignment, reason: str) -> str:
        actions.void_assignment(row, reason=reason, by=self.actor)
        return _("已撤销%(name)s对 %(alias)s 的评审。") % {"name": row.reviewer.person.name, "alias": row.entry.alias}


class ReopenScore(AssignmentAct):
    def act(self, row: Assignment, reason: str) -> str:
        actions.reopen_score(row, reason=reason, by=self.actor)
        return _("%(alias)s 的评分已退回%(name)s，并已通知。") % {
            "name": row.reviewer.person.name,
            "alias": row.entry.alias,
        }
