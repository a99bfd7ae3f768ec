"""Ranking a round, proposing a decision on it, making it final, and amending it after reconsideration."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.messages import notify
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.perform import perform_many
from kechuang.engine.decisions import rules
from kechuang.engine.decisions.models import Decision, DecisionLine, RankingRecord
from kechuang.engine.decisions.queries import (
    as_stored,
    earlier_rankings,
    lines_of,
    ranking_inputs,
    records_of,
    standing_ranking,
    with_held_back,
)
from kechuang.engine.enums import DecisionState, RoundState
from kechuang.engine.programme.codec import digest
from kechuang.engine.reviews.actions.rounds import locked
from kechuang.engine.reviews.models import ReviewRound
from kechuang.orgs.actor import Actor, require

BATCH = 500


# --- ranking -----------------------------------------------------------------------------------------------------


@transaction.atomic
def rank_round(
    round: ReviewRound, *, by: Actor, method: str | None = None, seed: int | None = None, now: datetime | None = None
) -> RankingRecord:
    """Rank the entries by the round's method (or another, for comparison) and keep inputs and outputs for replay."""
    require(by, "round.manage", round.call)
    round = locked(round)
    inputs = ranking_inputs(
        round, method=rules.check_method(method or round.plan.method), seed=round.seed if seed is None else seed
    )
    if not inputs["scores"]:
        raise Refused(_("“%(round)s”还没有提交的评分，不能排名。") % {"round": _(round.plan.name)})
    outputs = rules.run_ranking(inputs)
    record = RankingRecord.objects.create(
        round=round, method=outputs["method"], seed=inputs["seed"], inputs=inputs, inputs_digest=digest(inputs),
        outputs=outputs, outputs_digest=digest(outputs), rule_version=rules.RULE_VERSION, made_at=now or clock.now(), made_by=by.user,
    )  # fmt: skip
    detail = {
        "method": record.method,
        "inputs": record.inputs_digest,
        "outputs": record.outputs_digest,
        "scores": len(inputs["scores"]),
    }
    audit.record("rank_round", by=by, on=round, detail=detail, scope_path=round.scope_path)
    return record


@dataclass(frozen=True)
class Replay:
    """Whether the stored inputs are untouched and still give the stored outputs, bit for bit."""

    inputs_same: bool
    outputs_same: bool
    digest: str

    @property
    def ok(self) -> bool:
        return self.inputs_same and self.outputs_same


def replay(record: RankingRecord) -> Replay:
    again = digest(rules.run_ranking(record.inputs))
    stored = digest(record.outputs) == record.outputs_digest
    return Replay(digest(record.inputs) == record.inputs_digest, stored and again == record.outputs_digest, again)


def replay_decision(decision: Decision) -> Replay:
    """The same for a decision: rankings, terms and amendments must give the stored lines."""
    records = records_of(decision)
    proposal = rules.propose(as_stored(records), decision.terms)
    again = rules.lines_digest(_amended(proposal.lines, decision.terms.get("changes", ())))
    stored = rules.lines_digest(lines_of(decision)) == decision.lines_digest
    return Replay(all(replay(record).ok for record in records), stored and again == decision.lines_digest, again)


# --- proposing ---------------------------------------------------------------------------------------------------


@transaction.atomic
def propose_decision(
    round: ReviewRound,
    kind: str,
    terms: Mapping[str, Any] | None = None,
    *,
    by: Actor,
    note: str = "",
    record: RankingRecord | None = None,
    now: datetime | None = None,
) -> Decision:
    """Write a proposal with one line per entry; it replaces an earlier proposal of the same kind on the round.

    Without `record` the standing ranking is taken, or a new one by the plan's method if the scores changed since.
    """
    require(by, "application.decide", round.call)
    round = locked(round)
    if round.state != RoundState.CLOSED:
        raise Refused(_("“%(round)s”还没有结束，不能拟定结果。请先结束评审。") % {"round": _(round.plan.name)})
    if round.decisions.filter(kind=kind, state=DecisionState.FINAL).exists():
        raise Refused(_("“%(round)s”的结果已经确定；需要更正请走复核程序。") % {"round": _(round.plan.name)})
    chosen = with_held_back(rules.terms_of(round.call.plan, round.code, kind, terms), round)
    records = [*earlier_rankings(round), _ranking(round, record, by, now)]
    proposal = rules.propose(as_stored(records), chosen)
    chosen["rankings"] = [{"id": r.pk, "round": r.inputs["round"], "outputs_digest": r.outputs_digest} for r in records]
    chosen["entered"] = {group.name: group.entered for group in proposal.groups}
    round.decisions.filter(kind=kind, state=DecisionState.PROPOSAL).delete()
    decision = Decision.objects.create(
        call=round.call, round=round, ranking=records[-1], kind=kind, terms=chosen, note=note,
        lines_digest=proposal.digest, made_at=now or clock.now(), made_by=by.user,
    )  # fmt: skip
    _write_lines(decision, proposal.lines)
    detail = {"kind": kind, "terms": chosen, "lines": proposal.digest, "given": _given(proposal.lines)}
    audit.record("propose_decision", by=by, on=decision, detail=detail, scope_path=round.scope_path)
    return decision


def _ranking(round: ReviewRound, record: RankingRecord | None, by: Actor, now: datetime | None) -> RankingRecord:
    if record is None:
        return standing_ranking(round) or rank_round(round, by=by, now=now)
    if record.round_id != round.pk:
        raise ValueError("the ranking is one of another round")
    inputs = ranking_inputs(round, method=record.inputs["method"], seed=record.seed)
    if digest(inputs) != record.inputs_digest:
        raise Refused(_("这次排名之后评分或参评作品有变化，请重新排名后再拟定结果。"))
    return record


def _write_lines(decision: Decision, lines: Iterable[rules.Line]) -> None:
    rows = [
        DecisionLine(
            decision=decision, application_id=line.application, division=line.division, rank=line.rank, estimate=line.estimate,
            error=line.error, prize=line.prize, is_chosen=line.is_chosen, note=line.note[:200], parts=dict(line.parts),
        )
        for line in lines
    ]  # fmt: skip
    DecisionLine.objects.bulk_create(rows, BATCH)


def _given(lines: Iterable[rules.Line]) -> dict[str, int]:
    return dict(Counter(line.prize or "in" for line in lines if line.is_chosen))


# --- making it final ---------------------------------------------------------------------------------------------


@transaction.atomic
def finalise_decision(decision: Decision, *, by: Actor, now: datetime | None = None) -> Decision:
    """Make a proposal final and move every application: the chosen on, the others to their end. All or nothing."""
    decision = _locked(decision)
    require(by, "application.decide", decision.call)
    if decision.state != DecisionState.PROPOSAL:
        raise Refused(_("这项结果已经确定，不需要再次确定。"))
    _require_current(decision)
    decision.state, decision.decided_at, decision.decided_by = DecisionState.FINAL, now or clock.now(), by.user
    decision.save(update_fields=["state", "decided_at", "decided_by"])
    _move(decision, by, now)
    detail = {"kind": decision.kind, "version": decision.version, "lines": decision.lines_digest}
    audit.record("finalise_decision", by=by, on=decision, detail=detail, scope_path=decision.scope_path)
    _tell(decision, by)
    return decision


def _locked(decision: Decision) -> Decision:
    query = Decision.objects.select_related("call__org", "round", "ranking").select_for_update(of=("self",))
    return query.get(pk=decision.pk)


def _require_current(decision: Decision) -> None:
    """An entry disqualified or withdrawn since the proposal would hold a place: the list has to be made anew."""
    gone = decision.lines.filter(is_chosen=True, application__state__in=("withdrawn", "disqualified"))
    titles = list(gone.values_list("application__title", flat=True)[:5])
    if titles:
        raise Refused(_("拟定之后有作品退出或被取消资格：%(titles)s。请重新拟定结果。") % {"titles": "、".join(titles)})


ON = {
    "shortlist": ("shortlist", ("in_review", "not_awarded")),
    "award": ("propose", ("in_review", "in_defence", "not_awarded")),
}
"""The move of the chosen and the states it is needed in; those already where they belong are left alone."""
OUT = ("in_review", "in_defence", "in_publicity")


def _move(decision: Decision, by: Actor, now: datetime | None) -> None:
    move, states = ON[decision.kind]
    lines = Application.objects.filter(decision_lines__decision=decision)
    chosen = lines.filter(decision_lines__decision=decision, decision_lines__is_chosen=True)
    _perform(chosen.filter(state__in=states), move, by, now)
    _perform(lines.exclude(pk__in=chosen.values("pk")).filter(state__in=OUT), "pass", by, now)


def _perform(applications: Any, move: str, by: Actor, now: datetime | None) -> None:
    refused = perform_many(list(applications.order_by("pk").distinct()), move, by=by, now=now).refused
    if refused:
        raise Refused(refused[0][1])


def _tell(decision: Decision, by: Actor) -> None:
    """A shortlist is told to the teams here; prizes are told by the public notice."""
    if decision.kind != Decision.Kind.SHORTLIST:
        return
    call, name = str(decision.call), decision.round.plan.name
    notify(
        _accounts(decision, chosen=True), "decision.shortlisted",
        title=lambda: _("您的作品已入围下一轮：%(call)s") % {"call": call},
        body=lambda: _("“%(call)s”的“%(round)s”已结束，您的作品已入围。请登录查看下一步的时间和要求。") % {"call": call, "round": _(name)},
        url="/applications/", about=decision.call, by=by,
    )  # fmt: skip
    notify(
        _accounts(decision, chosen=False), "decision.not_shortlisted",
        title=lambda: _("评审结果：%(call)s") % {"call": call},
        body=lambda: _("“%(call)s”的“%(round)s”已结束，您的作品没有入围。感谢参与，结果公布后可登录查看专家反馈。") % {"call": call, "round": _(name)},
        url="/applications/", about=decision.call, by=by,
    )  # fmt: skip


def _accounts(decision: Decision, *, chosen: bool) -> list[Any]:
    lines = decision.lines.filter(is_chosen=chosen).values("application")
    team = Q(person__team_memberships__application__in=lines) | Q(person__advised__application__in=lines)
    return list(get_user_model().objects.filter(team).distinct())


# --- amending ----------------------------------------------------------------------------------------------------


@transaction.atomic
def amend_decision(
    decision: Decision, changes: Mapping[int, str], *, reason: str, by: Actor, now: datetime | None = None
) -> Decision:
    """After reconsideration: application id → new prize code ("" = none; for a shortlist "in" or ""). The amended version
    is final at once and supersedes the old one; the applications concerned move, the rest stays untouched."""
    old = _locked(decision)
    require(by, "application.decide", old.call)
    _check_amendment(old, changes, reason)
    listed = [*old.terms.get("changes", ()), *_as_listed(changes, reason)]
    lines = _amended(lines_of(old), _as_listed(changes, reason))
    _require_cap(old, lines)
    old.state = DecisionState.SUPERSEDED
    old.save(update_fields=["state"])
    new = Decision.objects.create(
        call=old.call, round=old.round, ranking=old.ranking, kind=old.kind, state=DecisionState.FINAL, supersedes=old,
        terms=old.terms | {"changes": listed}, note=reason, version=old.version + 1, lines_digest=rules.lines_digest(lines),
        made_at=now or clock.now(), made_by=by.user, decided_at=now or clock.now(), decided_by=by.user,
    )  # fmt: skip
    _write_lines(new, lines)
    _move(new, by, now)
    detail = {"supersedes": old.pk, "version": new.version, "changes": listed}
    audit.record("amend_decision", by=by, on=new, detail=detail, scope_path=new.scope_path, reason=reason)
    return new


def _check_amendment(decision: Decision, changes: Mapping[int, str], reason: str) -> None:
    if decision.state != DecisionState.FINAL:
        raise Refused(_("只有已确定且未被替代的结果才能更正。"))
    if not reason.strip():
        raise Refused(_("请写明更正的理由，它会随结果保存。"))
    prizes = (
        {prize.code for prize in decision.call.plan.prizes.prizes} if decision.kind == Decision.Kind.AWARD else {"in"}
    )
    if not prizes.issuperset(filter(None, changes.values())):
        raise Refused(_("更正中有不存在的奖项。"))
    known = set(decision.lines.filter(application__in=list(changes)).values_list("application_id", flat=True))
    if not changes or known != set(changes):
        raise Refused(_("更正须指明结果中的作品。"))


def _as_listed(changes: Mapping[int, str], reason: str) -> list[dict[str, Any]]:
    return [{"application": pk, "to": to, "reason": reason} for pk, to in sorted(changes.items())]


def _amended(lines: Iterable[rules.Line], changes: Iterable[Mapping[str, Any]]) -> list[rules.Line]:
    to = {change["application"]: change["to"] for change in changes}
    return [
        replace(
            line,
            prize=to[line.application] if to[line.application] != "in" else "",
            is_chosen=bool(to[line.application]),
            note=_("复核更正"),
        )
        if line.application in to
        else line
        for line in lines
    ]


def _require_cap(decision: Decision, lines: list[rules.Line]) -> None:
    if decision.kind != Decision.Kind.AWARD:
        return
    over = rules.over_cap(lines, decision.terms["entered"], decision.terms)
    if over:
        group, (given, allowed) = min(over.items())
        raise Refused(
            _("更正后“%(group)s”的获奖数为 %(given)s 件，超过上限 %(allowed)s 件。请同时调整其他作品的奖项。")
            % {"group": group or _("全部作品"), "given": given, "allowed": allowed}
        )


@transaction.atomic
def discard_proposal(decision: Decision, *, by: Actor) -> None:
    """Throw a proposal away; a final decision is never deleted."""
    decision = _locked(decision)
    require(by, "application.decide", decision.call)
    if decision.state != DecisionState.PROPOSAL:
        raise Refused(_("已确定的结果不能删除，只能通过复核更正。"))
    detail = {"kind": decision.kind, "lines": decision.lines_digest}
    audit.record("discard_proposal", by=by, on=decision.round, detail=detail, scope_path=decision.scope_path)
    decision.delete()
