"""From a ranking to a decision: try terms, propose, look, make final; then the record for the file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.engine.decisions import rules
from kechuang.engine.decisions.actions import discard_proposal, finalise_decision, propose_decision, replay_decision
from kechuang.engine.decisions.models import Decision, RankingRecord
from kechuang.engine.decisions.queries import SheetRow, decision_counts, result_sheet, standing_ranking
from kechuang.engine.enums import DecisionState, RoundState
from kechuang.engine.reviews.models import ReviewRound
from kechuang.web.outcomes import sheets
from kechuang.web.outcomes.forms import METHOD_NAMES, WhatIfForm
from kechuang.web.outcomes.pages import (
    OutcomePage,
    division_names,
    download,
    paged,
    query_with,
    round_crumbs,
    round_tabs,
    turning,
)
from kechuang.web.outcomes.whatif import WhatIf, try_terms

KINDS = tuple(Decision.Kind.values)


class DecisionPageBase(OutcomePage):
    abstract = True
    permission = "application.decide"

    def kind_of(self, round_: ReviewRound) -> str:
        """What was asked for; else prizes after the last round and a shortlist before."""
        wanted = self.request.GET.get("kind") or self.request.POST.get("kind", "")
        usual = Decision.Kind.AWARD if round_.plan == round_.call.plan.rounds[-1] else Decision.Kind.SHORTLIST
        return wanted if wanted in KINDS else str(usual)

    def versions(self, round_: ReviewRound, kind: str) -> list[Decision]:
        rows = round_.decisions.filter(kind=kind).select_related("made_by__person", "decided_by__person", "ranking")
        found = list(rows.order_by("-pk"))
        for decision in found:
            decision.call, decision.round = round_.call, round_
        return found

    def decision_at(self, slug: str, code: str, pk: int) -> Decision:
        round_ = self.round_at(slug, code)
        decision: Decision = self.find(
            round_.decisions.select_related("made_by__person", "decided_by__person", "ranking"), pk=pk
        )
        decision.call, decision.round = round_.call, round_
        return decision

    def here(self, decision: Decision) -> str:
        return f"{reverse('decision', args=[decision.call.slug, decision.round.code])}?kind={decision.kind}"


class DecisionPage(DecisionPageBase):
    """What-if before a decision is final (GET, nothing written); POST writes the proposal of the same terms."""

    template = "outcomes/decision.html"

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round_ = self.round_at(slug, code)
        kind = self.kind_of(round_)
        versions = self.versions(round_, kind)
        final = next((d for d in versions if d.state == DecisionState.FINAL), None)
        proposal = next((d for d in versions if d.state == DecisionState.PROPOSAL), None)
        context = self._trial(round_, kind, proposal) if final is None else {}
        if htmx_part(request):
            return self.render("outcomes/decision.html#trial", call=round_.call, round=round_, kind=kind, **context)
        return self._page(round_, kind, versions, final or proposal, context)

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        """`do=propose` writes the proposal; anything else only tries the terms, for browsers without a script."""
        round_ = self.round_at(slug, code)
        kind = self.kind_of(round_)
        context = self._trial(round_, kind, None)
        form: WhatIfForm = context["form"]
        if request.POST.get("do") != "propose" or not form.is_valid():
            status = 200 if form.is_valid() else 422
            return self._page(round_, kind, self.versions(round_, kind), None, context, status=status)
        decision = propose_decision(round_, kind, form.changes(), by=self.actor)
        return self.done(_("已拟定结果。请核对名单，确定之前还可以改条件重新拟定。"), f"{self.here(decision)}#list")

    def _trial(self, round_: ReviewRound, kind: str, proposal: Decision | None) -> dict[str, Any]:
        """The form, what it would give, and the sentence where the rules do not allow it."""
        record = standing_ranking(round_)
        chosen = {k: v for k, v in proposal.terms.items() if k not in {"rankings", "entered"}} if proposal else None
        typed = self.request.POST if self.request.method == "POST" else self.request.GET
        form = WhatIfForm(round_.call.plan, round_.code, kind, typed, terms=chosen)
        context: dict[str, Any] = {"form": form, "record": record, "can_try": record is not None}
        if record is None:
            return context
        record.round = round_
        try:
            return context | {"trial": self._tried(record, kind, form)}
        except Refused as refusal:
            return context | {"refusal": refusal.sentence}

    @staticmethod
    def _tried(record: RankingRecord, kind: str, form: WhatIfForm) -> WhatIf | None:
        if form.is_bound:
            return try_terms(record, kind, form.changes()) if form.is_valid() else None
        own = {k: v for k, v in form.terms.items() if k not in {"rule", "kind", "names"}}
        return try_terms(record, kind, own)

    def _page(
        self, round_: ReviewRound, kind: str, versions: list[Decision], shown: Decision | None, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:  # fmt: skip
        listed = self._listed(shown) if shown else {}
        return self.render(
            status=status, round=round_, plan=round_.plan, call=round_.call, kind=kind, kind_name=Decision.Kind(kind).label,
            is_closed=round_.state == RoundState.CLOSED, decision=shown, versions=versions, methods=METHOD_NAMES,
            kinds=[{"label": label, "url": f"?kind={value}", "active": value == kind} for value, label in Decision.Kind.choices],
            tabs=round_tabs(round_, "decision"), breadcrumbs=round_crumbs(round_, _("拟定结果")), **(context | listed),
        )  # fmt: skip

    def _listed(self, decision: Decision) -> dict[str, Any]:
        """The lines of the decision, narrowed and in pages; counts; its notice."""
        names, wanted = division_names(decision.call.plan), self.request.GET
        every = in_order(decision)
        rows = [
            r
            for r in every
            if wanted.get("division", r.division) in {"", r.division} and (not wanted.get("chosen") or r.is_chosen)
        ]
        sheet = paged(self.request, rows, 100)
        counts = decision_counts(decision)
        prizes = (
            [(_(p.name), counts.get(p.code, 0)) for p in decision.call.plan.prizes.prizes]
            if decision.kind == "award"
            else []
        )
        return {
            "sheet": sheet, "turning": turning(self.request, sheet), "names": names, "chosen": sum(counts.values()), "left": len(every) - sum(counts.values()),
            "counts": prizes or [(_("入围"), counts.get("in", 0))], "divisions": [d for d in names if d in {r.division for r in every}],
            "rows": [(names.get(r.division, r.division), r, sheets.outcome_words(r)) for r in sheet],
            "notice": decision.notices.order_by("-pk").first(), "all_url": query_with(self.request, division=None, chosen=None),
        }  # fmt: skip


class DecisionFinalise(DecisionPageBase):
    def post(self, request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
        decision = finalise_decision(self.decision_at(slug, code, pk), by=self.actor)
        return self.done(_("结果已经确定，作品已转入下一步。接下来请起草公示。"), self.here(decision))


class DecisionDiscard(DecisionPageBase):
    def post(self, request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
        decision = self.decision_at(slug, code, pk)
        discard_proposal(decision, by=self.actor)
        return self.done(_("已放弃这份拟定的结果，作品没有变动。"), self.here(decision))


class DecisionReplay(DecisionPageBase):
    """Work the stored decision out again from its rankings, terms and amendments."""

    def post(self, request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
        decision = self.decision_at(slug, code, pk)
        outcome = replay_decision(decision)
        if outcome.ok:
            return self.done(_("重演一致：按存档的评分和条件重新计算，名单与存档逐位相同。"), self.here(decision))
        return self.failed(
            _("重演不一致：存档的排名、条件或名单被改动过。请暂停公示并联系审计员。"), self.here(decision)
        )


class DecisionSheet(DecisionPageBase):
    limit = "export"

    def get(self, request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
        decision = self.decision_at(slug, code, pk)
        return download(sheets.decision_xlsx(decision), f"{decision}.xlsx")


class DecisionRecord(DecisionPageBase):
    """The record sheet for the meeting and the file: terms, list, digests, lines to sign on."""

    template = "outcomes/decision_record.html"

    def get(self, request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
        decision = self.decision_at(slug, code, pk)
        names = division_names(decision.call.plan)
        groups: dict[str, list[Any]] = {}
        for row in in_order(decision):
            if row.is_chosen:
                group = rules.group_of(row.division, decision.terms["group_by"])
                division = names.get(row.division, "") if group != row.division else ""
                groups.setdefault(names.get(group, group), []).append((row, division, sheets.outcome_words(row)))
        return self.render(
            decision=decision, call=decision.call, round=decision.round, plan=decision.round.plan, terms=terms_words(decision),
            groups=list(groups.items()), methods=METHOD_NAMES,
        )  # fmt: skip


def in_order(decision: Decision) -> list[SheetRow]:
    """The lines by the groups that were ranked, in the plan's order, best first."""
    group_by = decision.terms["group_by"]
    place = {name: n for n, name in enumerate(division_names(decision.call.plan))}
    return sorted(
        result_sheet(decision),
        key=lambda row: (place.get(rules.group_of(row.division, group_by), 999), row.rank or 10**6, row.alias),
    )


def terms_words(decision: Decision) -> list[tuple[str, str]]:
    """The terms of a decision as pairs to read."""
    form = WhatIfForm(decision.call.plan, decision.round.code, decision.kind, terms=decision.terms)
    return [(str(field.label), shown) for field in form if (shown := _shown(field))]


def _shown(field: Any) -> str:
    choices = dict(getattr(field.field, "choices", ()))
    value = field.value()
    return str(choices.get(value, "")) if choices and value else str(value or "")


def htmx_part(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False)) and not request.htmx.boosted  # type: ignore[attr-defined]
