"""What was ranked and decided: for the deciding meeting, and, once published, for the team itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kechuang.engine.applications.models import Application
from kechuang.engine.calls.models import Call
from kechuang.engine.decisions import rules
from kechuang.engine.decisions.models import Decision, DecisionLine, RankingRecord
from kechuang.engine.enums import DecisionState
from kechuang.engine.programme.codec import digest
from kechuang.engine.programme.registry import PRIZE_RULES
from kechuang.engine.reviews.models import Assignment, ExamMark, ReviewRound, Score
from kechuang.engine.reviews.queries.exams import exam_scores
from kechuang.orgs.actor import Actor


def ranking_inputs(round: ReviewRound, *, method: str, seed: int) -> dict[str, Any]:
    """Everything the ranking rests on, in one order, as plain JSON."""
    entries = round.entries.standing().order_by("alias")
    fields = ("alias", "application_id", "application__division", "application__stage")
    return {
        "rule": rules.RULE_VERSION,
        "round": round.code,
        "method": method,
        "seed": seed,
        "entries": [list(row) for row in entries.values_list(*fields)],
        "scores": _scores(round),
    }


def _scores(round: ReviewRound) -> list[list[Any]]:
    """[alias, reviewer, total, marks, failed gates] of every submitted score; of a test, the marks as parts of a hundred."""
    if round.plan.kind == "test":
        return exam_scores(round)
    rows = Assignment.objects.filter(round=round, score__isnull=False).submitted()
    rows = rows.filter(entry__in=round.entries.standing()).order_by("entry__alias", "reviewer_id")
    fields = ("entry__alias", "reviewer_id", "score__total", "score__marks", "score__gates")
    return [
        [alias, reviewer, f"{total:.2f}", marks, sorted(code for code, passed in gates.items() if not passed)]
        for alias, reviewer, total, marks, gates in rows.values_list(*fields)
    ]


def standing_ranking(round: ReviewRound) -> RankingRecord | None:
    """The newest ranking, if the scores are still the ones it was made of."""
    newest = round.rankings.first()
    if newest is None:
        return None
    inputs = ranking_inputs(round, method=newest.inputs["method"], seed=newest.seed)
    return newest if digest(inputs) == newest.inputs_digest else None


def deciding_ranking(round: ReviewRound) -> RankingRecord | None:
    """The ranking a final decision of the round rests on; else the newest one."""
    decided = round.decisions.filter(state=DecisionState.FINAL).select_related("ranking").order_by("-pk").first()
    return decided.ranking if decided else round.rankings.first()


def earlier_rankings(round: ReviewRound) -> list[RankingRecord]:
    """The deciding rankings of the rounds before, first round first."""
    before = ReviewRound.objects.filter(call=round.call, number__lt=round.number).order_by("number")
    return [record for earlier in before if (record := deciding_ranking(earlier))]


def as_stored(records: Iterable[RankingRecord]) -> list[dict[str, Any]]:
    return [{"inputs": record.inputs, "outputs": record.outputs} for record in records]


def what_if(
    record: RankingRecord, changes: Mapping[str, Any] | None = None, *, kind: str = rules.AWARD
) -> rules.Proposal:
    """The outcome under other ratios, cap, tie rule, grouping or weights; writes nothing."""
    round = record.round
    terms = with_held_back(rules.terms_of(round.call.plan, round.code, kind, changes), round)
    return rules.propose(as_stored([*earlier_rankings(round), record]), terms)


def with_held_back(terms: dict[str, Any], round: ReviewRound) -> dict[str, Any]:
    """The terms with what the prize rules of the declaration hold back today, kept with them so that a replay sees the same."""
    rules_of = [(prize.code, prize.rule) for prize in round.call.plan.prizes.prizes if prize.rule]
    if terms["kind"] != rules.AWARD or not rules_of:
        return terms
    ids = list(round.entries.order_by("application_id").values_list("application_id", flat=True))
    held = [[code, sorted(PRIZE_RULES[rule](round.call, code, ids))] for code, rule in rules_of]
    return terms | {"held_back": held}


def records_of(decision: Decision) -> list[RankingRecord]:
    """The rankings a decision was made on, first round first."""
    ids = [row["id"] for row in decision.terms["rankings"]]
    found = RankingRecord.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def lines_of(decision: Decision) -> list[rules.Line]:
    """The stored lines in the shape of the rules."""
    aliases = dict(decision.round.entries.values_list("application_id", "alias"))
    return [
        rules.Line(
            row.application_id, aliases.get(row.application_id, ""), row.division, row.rank, row.estimate, row.error,
            row.prize, row.is_chosen, row.note, parts=row.parts,
        )
        for row in decision.lines.all()
    ]  # fmt: skip


def standing_decision(call: Call, kind: str = Decision.Kind.AWARD) -> Decision | None:
    """The final decision of that kind of the last round that has one."""
    final = call.decisions.filter(kind=kind, state=DecisionState.FINAL).select_related("round", "ranking")
    return final.order_by("-round__number", "-pk").first()


# --- for the deciding meeting ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SheetRow:
    """One entry on the officer's result sheet."""

    application_id: int
    public_id: str
    alias: str
    title: str
    school: str
    division: str
    rank: int | None
    estimate: float | None
    error: float | None
    low: float | None
    high: float | None
    prize: str
    prize_name: str
    is_chosen: bool
    note: str
    parts: Mapping[str, float]
    totals: tuple[Decimal, ...]


INTERVAL = 1.6449
"""Standard errors on either side of a 90 % interval."""


def result_sheet(decision: Decision) -> list[SheetRow]:
    """The lines of a decision with titles and schools, in three queries whatever their number."""
    rows = decision.lines.select_related("application__org")
    aliases = dict(decision.round.entries.values_list("application_id", "alias"))
    names = {prize.code: _(prize.name) for prize in decision.call.plan.prizes.prizes}
    totals = _totals(decision.round)
    return [_sheet_row(row, aliases.get(row.application_id, ""), names, totals) for row in rows]


def _sheet_row(
    row: DecisionLine, alias: str, names: Mapping[str, str], totals: Mapping[int, list[Decimal]]
) -> SheetRow:
    low, high = _interval(row.estimate, row.error)
    return SheetRow(
        application_id=row.application_id,
        public_id=row.application.public_id,
        alias=alias,
        title=row.application.title,
        school=row.application.org.name,
        division=row.division,
        rank=row.rank,
        estimate=row.estimate,
        error=row.error,
        low=low,
        high=high,
        prize=row.prize,
        prize_name=names.get(row.prize, ""),
        is_chosen=row.is_chosen,
        note=row.note,
        parts=row.parts,
        totals=tuple(totals.get(row.application_id, ())),
    )


def _interval(estimate: float | None, error: float | None) -> tuple[float | None, float | None]:
    if estimate is None or error is None:
        return None, None
    return estimate - INTERVAL * error, estimate + INTERVAL * error


def _totals(round: ReviewRound) -> dict[int, list[Decimal]]:
    found: dict[int, list[Decimal]] = defaultdict(list)
    rows = Assignment.objects.filter(round=round, score__isnull=False).submitted().order_by("-score__total")
    for application, total in rows.values_list("entry__application_id", "score__total"):
        found[application].append(total)
    return found


def decision_counts(decision: Decision) -> dict[str, int]:
    """Prize code → lines; for a shortlist "in"."""
    lines = decision.lines.filter(is_chosen=True).values_list("prize", flat=True)
    counts: dict[str, int] = defaultdict(int)
    for prize in lines:
        counts[prize or "in"] += 1
    return dict(counts)


# --- for the team ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CriterionMean:
    code: str
    name: str
    points: float
    mean: Decimal


@dataclass(frozen=True)
class RoundResult:
    """What a round said of an entry: means and feedback, in no expert's name and in no expert's order."""

    name: str
    reviews: int
    mean: Decimal | None
    criteria: tuple[CriterionMean, ...]
    feedback: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    prize: str
    prize_name: str
    is_chosen: bool
    division: str
    entries: int
    rounds: tuple[RoundResult, ...]


def explain_result(actor: Actor, application: Application) -> Explanation | None:
    """Why an entry stands where it stands, for its team, guardians and school; None until the outcome is published.

    Other entries, ranks and names of experts are no part of it: the jury's comments stay inside, feedback goes out.
    """
    if not Application.objects.visible_to(actor).filter(pk=application.pk).exists():
        return None
    line = _published_line(application)
    if line is None:
        return None
    plan = application.call.plan
    prize = plan.prize(line.prize)
    return Explanation(
        prize=line.prize,
        prize_name=_(prize.name) if prize else "",
        is_chosen=line.is_chosen,
        division=line.division,
        entries=DecisionLine.objects.filter(decision=line.decision, division=line.division).count(),
        rounds=tuple(_round_results(application, line.decision)),
    )


def _published_line(application: Application) -> DecisionLine | None:
    """The newest published line on the entry; an amendment shows once it is published itself."""
    lines = DecisionLine.objects.filter(application=application).exclude(decision__state=DecisionState.PROPOSAL)
    found = lines.select_related("decision__round").order_by("-decision__round__number", "-decision_id")
    return next((line for line in found if is_published(line.decision)), None)


def is_published(decision: Decision) -> bool:
    """Through a public notice of its own, or, for a standing shortlist, of a decision on a later round."""
    published = published_decisions(decision.call)
    if published.filter(pk=decision.pk).exists():
        return True
    if decision.kind == Decision.Kind.AWARD or decision.state != DecisionState.FINAL:
        return False
    return published.filter(round__number__gt=decision.round.number).exists()


def published_decisions(call: Call) -> QuerySet[Decision]:
    return call.decisions.filter(notices__published_at__isnull=False).distinct()


def _round_results(application: Application, decision: Decision) -> Iterable[RoundResult]:
    plan = application.call.plan
    rounds = ReviewRound.objects.filter(call=application.call, number__lte=decision.round.number).order_by("number")
    scores = Score.objects.filter(assignment__entry__application=application, assignment__state="submitted")
    by_round: dict[int, list[Score]] = defaultdict(list)
    for score in scores.select_related("assignment"):
        by_round[score.assignment.round_id].append(score)
    for round in rounds:
        given = by_round[round.pk]
        if round.plan.kind == "test":
            yield from _test_result(application, round)
        elif given:
            rubric = plan.rubric_for(application.stage, round.code)
            criteria = tuple(
                CriterionMean(
                    c.code, c.name, c.points, _mean(Decimal(str(s.marks[c.code])) for s in given if c.code in s.marks)
                )
                for c in rubric.criteria
            )
            feedback = tuple(sorted(score.feedback for score in given if score.feedback))
            yield RoundResult(
                round.plan.name, len(given), _mean(s.total for s in given if s.total is not None), criteria, feedback
            )


def _test_result(application: Application, round: ReviewRound) -> Iterable[RoundResult]:
    mark = ExamMark.objects.filter(entry__round=round, entry__application=application, points__isnull=False).first()
    if mark is not None and mark.points is not None:
        yield RoundResult(round.plan.name, 1, mark.points, (), ())


def _mean(values: Iterable[Decimal]) -> Decimal:
    found = list(values)
    return (sum(found, Decimal(0)) / max(1, len(found))).quantize(Decimal("0.1"))
