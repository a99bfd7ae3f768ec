"""回避: who may not judge what in this round, why, and by which fact."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.engine.enums import ConflictKind
from kechuang.engine.models import Conflict, Reviewer, ReviewRound, RoundEntry
from kechuang.engine.reviews import actions, queries
from kechuang.engine.reviews.queries.evidence import evidence_words
from kechuang.web.rounds.forms import ConflictForm
from kechuang.web.rounds.pages import PER_PAGE, RoundPage, query_without

BY_HAND = (
    ConflictKind.DECLARED,
    ConflictKind.ADVISER,
    ConflictKind.RELATIVE,
    ConflictKind.SPONSOR,
    ConflictKind.PAST_SCHOOL,
)


def experts_of(round: ReviewRound) -> Any:
    """The invited experts, by name, for a select."""
    return Reviewer.objects.filter(round_reviewers__round=round).select_related("person").order_by("person__name", "pk")


def conflict_form(round: ReviewRound, data: Any = None) -> ConflictForm:
    form = ConflictForm(data)
    form.fields["reviewer"].queryset = experts_of(round)
    form.fields["reviewer"].label_from_instance = lambda row: row.person.name
    form.fields["kind"].choices = [(kind.value, kind.label) for kind in BY_HAND]
    return form


class Conflicts(RoundPage):
    template = "rounds/conflicts.html"

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.round_at(slug, code)
        return self.show(round, conflict_form(round))

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.round_at(slug, code)
        form = conflict_form(round, request.POST)
        entry = entry_of(round, form) if form.is_valid() else None
        if entry is None:
            return self.show(round, form, status=422)
        reviewer, kind = form.cleaned_data["reviewer"], form.cleaned_data["kind"]
        actions.add_conflict(round, reviewer, entry, reason=form.cleaned_data["reason"], kind=kind, by=self.actor)
        words = {"name": reviewer.person.name, "alias": entry.alias}
        return self.done(
            _("已登记：%(name)s回避 %(alias)s。如已分配，该份评审已撤出。") % words, "conflicts", slug, code
        )

    def show(self, round: ReviewRound, form: ConflictForm, status: int = 200) -> HttpResponse:
        asked = self.request.GET
        rows, expert, kind = queries.conflicts(round), asked.get("expert", ""), asked.get("kind", "")
        rows = rows.filter(reviewer=int(expert)) if expert.isdecimal() else rows
        rows = rows.filter(kind=kind) if kind in ConflictKind.values else rows
        pages = Paginator(rows, PER_PAGE)
        page, experts = pages.get_page(asked.get("page")), list(experts_of(round))
        aliases = dict(
            RoundEntry.objects.filter(
                round=round, application__in=[c.application_id for c in page.object_list]
            ).values_list("application_id", "alias")
        )
        facts = evidence_words(page.object_list)
        return self.page(
            round, "conflicts", status=status, form=form, page=page, total=pages.count, experts=experts, expert=expert, kinds=ConflictKind.choices,
            kind=kind, rows=[(row, aliases.get(row.application_id, ""), facts[row.pk]) for row in page.object_list], chips=self.chips(experts, expert, kind),
        )  # fmt: skip

    def chips(self, experts: list[Reviewer], expert: str, kind: str) -> list[dict[str, str]]:
        name = next((row.person.name for row in experts if str(row.pk) == expert), "")
        words = {"expert": name, "kind": str(dict(ConflictKind.choices).get(kind, ""))}
        return [{"label": label, "url": query_without(self.request, key)} for key, label in words.items() if label]


def entry_of(round: ReviewRound, form: ConflictForm) -> RoundEntry | None:
    """The entry by its number in the round; a wrong one is told beside the field."""
    alias = form.cleaned_data["entry"].strip().upper()
    entry = round.entries.filter(alias=alias).first()
    if entry is None:
        form.add_error("entry", _("本轮没有编号为“%(alias)s”的作品，请核对。") % {"alias": alias})
    return entry


class ConflictWithdraw(RoundPage):
    def post(self, request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
        round = self.round_at(slug, code)
        conflict = self.find(
            Conflict.objects.visible_to(self.actor)
            .filter(call=round.call)
            .select_related("call__org", "reviewer__person"),
            pk=pk,
        )
        name = conflict.reviewer.person.name
        actions.withdraw_conflict(conflict, reason=request.POST.get("reason", ""), by=self.actor)
        return self.done(
            _("已取消%(name)s的这条回避；如事实仍在，下次查找会再次列出。") % {"name": name}, "conflicts", slug, code
        )
