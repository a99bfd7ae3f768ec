"""From rankings to a proposal, as pure functions: the same records and terms give the same lines, whoever asks.

- Estimates of several rounds are put together as Σ weight × estimate ÷ Σ weight (RoundPlan.weight), over the rounds in which the
  entry has one; all are on the rubric's scale of 0–100. Only entries of the last round with a score in it are placed.
- The cap refers to the entries that entered the first round, per group, rounded down: it is never exceeded (domain.md §2.7).
- Ties are told apart by the plan's criteria in their order (mean marks of the last round); what is still equal shares a rank and
  is never split: across a prize border the group goes to the lower side, across a shortlist border it goes in.
- An entry that most of its experts failed at a gate (三自) is barred from prizes and shortlists; it stays on the sheet with the reason.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from kechuang import judging
from kechuang.base.errors import Refused
from kechuang.engine.programme.codec import canonical, digest
from kechuang.engine.programme.declaration import METHODS, Programme
from kechuang.engine.wording import sentences

RULE_VERSION = "2026.3"
SHORTLIST, AWARD = "shortlist", "award"
FIXED = frozenset({"rule", "kind", "names", "least"})
GROUPINGS = ("division", "stage", "all")


@dataclass(frozen=True)
class Line:
    """One entry of a proposal. `rank` is within its group; `parts` are the rounds' estimates by code."""

    application: int
    alias: str
    division: str
    rank: int | None
    estimate: float | None
    error: float | None
    prize: str = ""
    is_chosen: bool = False
    note: str = ""
    tied: int = 1
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """What one group of entries was allowed and given: `entered` the first round, at most `places`."""

    name: str
    entered: int
    placed: int
    places: int
    given: Mapping[str, int]


@dataclass(frozen=True)
class Proposal:
    lines: tuple[Line, ...]
    groups: tuple[Group, ...]
    messages: tuple[str, ...]

    @property
    def digest(self) -> str:
        return lines_digest(self.lines)


def lines_digest(lines: Iterable[Line]) -> str:
    """The identity of an outcome: who, rank, estimate, prize, chosen."""
    rows = [[x.application, x.division, x.rank, x.estimate, x.error, x.prize, x.is_chosen] for x in lines]
    return digest(sorted(rows, key=lambda row: row[0]))


# --- the ranking -------------------------------------------------------------------------------------------------


def run_ranking(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Outputs of the inputs as plain JSON, in which floats have one spelling on every machine."""
    inputs = json.loads(canonical(inputs))
    scores = inputs["scores"]
    if not scores:
        return {"method": inputs["method"], "table": [], "severity": [], "reasons": [], "alarms": [], "variances": {}}
    ranking = judging.rank(
        *score_columns(scores), criteria=criteria_columns(scores), method=inputs["method"], seed=inputs["seed"]
    )
    plain: dict[str, Any] = json.loads(judging.canonical_json(ranking.as_dict(texts=False)))
    return plain


def score_columns(scores: Sequence[Sequence[Any]]) -> tuple[list[Any], list[Any], list[float]]:
    """Entries, judges and totals of stored scores, as `judging` takes them."""
    return [row[0] for row in scores], [row[1] for row in scores], [float(Decimal(row[2])) for row in scores]


def criteria_columns(scores: Sequence[Sequence[Any]]) -> dict[str, list[float]] | None:
    """Marks by criterion, where every score has the same criteria; else None (stages may have rubrics of their own)."""
    codes = {tuple(sorted(row[3])) for row in scores}
    if len(codes) != 1 or len(names := codes.pop()) < 2:
        return None
    return {name: [float(row[3][name]) for row in scores] for name in names}


def check_method(method: str) -> str:
    if method not in METHODS:
        raise Refused(_("计分方法“%(method)s”不存在。") % {"method": method})
    return method


# --- terms ----------------------------------------------------------------------------------------------------


def terms_of(plan: Programme, code: str, kind: str, changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The plan's own terms with the officer's changes; Refused where they break the published rules.

    Ratios are pairs in the order of the tiers (given as a mapping or as pairs): a database may reorder the keys of JSON.
    """
    rounds = [r.code for r in plan.rounds]
    until = plan.rounds[: rounds.index(code) + 1]
    terms: dict[str, Any] = {
        "rule": RULE_VERSION,
        "kind": kind,
        "group_by": "division",
        "tie_break": list(plan.prizes.tie_break),
        "gates_bar": True,
        "weights": {r.code: r.weight for r in until},
    }
    if kind == AWARD:
        prizes = plan.prizes.prizes
        terms |= {
            "ratios": [[p.code, p.share] for p in prizes],
            "cap": plan.prizes.cap,
            "border": "down",
            "rounding": plan.prizes.rounding,
        }
        terms |= {"names": {p.code: p.name for p in prizes}}
        if any(p.least is not None for p in prizes):
            terms |= {"least": [[p.code, p.least] for p in prizes]}
    else:
        terms |= {"share": until[-1].shortlist_share}
    strange = set(changes or {}) - (set(terms) - FIXED)
    if strange:
        raise Refused(_("没有这些设置：%(names)s。") % {"names": "、".join(sorted(strange))})
    terms |= _plain(changes or {})
    if isinstance(terms.get("ratios"), dict):
        terms["ratios"] = [[p.code, terms["ratios"][p.code]] for p in plan.prizes.prizes if p.code in terms["ratios"]]
    _check(terms, plan)
    return terms


def _plain(changes: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(dict(changes)))
    return plain


def _check(terms: Mapping[str, Any], plan: Programme) -> None:
    if terms["group_by"] not in GROUPINGS:
        raise Refused(_("名次只能按组别、学段或全部作品排定。"))
    if terms["kind"] == AWARD:
        _check_prizes(terms, plan)
    elif not 0 < terms["share"] <= 1:
        raise Refused(_("入围比例应大于 0 且不超过 100%%。") % {})
    criteria = {criterion.code for rubric in plan.rubrics for criterion in rubric.criteria}
    if not criteria.issuperset(code.removeprefix("-") for code in terms["tie_break"]):
        raise Refused(_("同分排序规则引用了不存在的评分项。"))
    if any(weight < 0 for weight in terms["weights"].values()):
        raise Refused(_("各轮权重不能为负。"))


def _check_prizes(terms: Mapping[str, Any], plan: Programme) -> None:
    if not 0 <= terms["cap"] <= plan.prizes.cap:
        words = {"cap": f"{plan.prizes.cap:.0%}", "given": f"{terms['cap']:.4g}"}
        raise Refused(_("获奖总比例 %(given)s 超出了已公布的上限 %(cap)s，不能采用。") % words)
    if [code for code, _ratio in terms["ratios"]] != [prize.code for prize in plan.prizes.prizes]:
        raise Refused(_("请为每个奖项等级各填一个比例。"))
    ratios = [Fraction(str(ratio)) for _code, ratio in terms["ratios"]]
    if min(ratios) < 0 or sum(ratios) > 1:
        raise Refused(_("各奖项的比例不能为负，合计不能超过 100%%。") % {})
    if terms["border"] not in ("down", "up"):
        raise Refused(_("并列跨越奖项边界时只能归入较低或较高的一档。"))


# --- the proposal ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """An entry as the last round left it."""

    application: int
    alias: str
    division: str
    group: str
    estimate: float | None
    error: float | None
    criteria: Mapping[str, float]
    parts: Mapping[str, float]
    barred: bool


def propose(records: Sequence[Mapping[str, Any]], terms: Mapping[str, Any]) -> Proposal:
    """The lines that `terms` give on the stored rankings `records` (first round first, the deciding one last)."""
    standings = _standings(records, terms)
    placed = [s for s in standings if s.estimate is not None and not s.barred]
    entered = Counter(group_of(row[2], terms["group_by"]) for row in records[0]["inputs"]["entries"])
    allot = _award if terms["kind"] == AWARD else _shortlist
    lines, groups, messages = allot(placed, entered, terms)
    lines += [_unplaced(s) for s in standings if s.estimate is None or s.barred]
    order = sorted(lines, key=lambda x: (x.division, x.rank is None, x.rank or 0, x.alias))
    return Proposal(tuple(order), tuple(groups), tuple(messages))


def group_of(division: str, group_by: str) -> str:
    """Divisions are "stage.discipline"."""
    return {"division": division, "stage": division.split(".")[0], "all": ""}[group_by]


def _standings(records: Sequence[Mapping[str, Any]], terms: Mapping[str, Any]) -> list[Standing]:
    last = records[-1]["inputs"]
    tables = [(r["inputs"]["round"], _by_application(r)) for r in records]
    weights, marks = terms["weights"], _mean_marks(last["scores"])
    barred = _barred(last["scores"]) if terms["gates_bar"] else set()
    found = []
    for alias, application, division, _stage in last["entries"]:
        parts = {code: table[application] for code, table in tables if application in table}
        estimate, error = combine(parts, weights, last["round"])
        found.append(
            Standing(
                application=application,
                alias=alias,
                division=division,
                group=group_of(division, terms["group_by"]),
                estimate=estimate,
                error=error,
                criteria=marks.get(alias, {}),
                parts={code: row[0] for code, row in parts.items()},
                barred=alias in barred,
            )
        )
    return found


def _by_application(record: Mapping[str, Any]) -> dict[int, tuple[float, float]]:
    """Application → (estimate, standard error)."""
    application_of = {row[0]: row[1] for row in record["inputs"]["entries"]}
    return {
        application_of[row["entry"]]: (row["estimate"], row["error"] or 0.0)
        for row in record["outputs"]["table"]
        if row["entry"] in application_of
    }


def combine(
    parts: Mapping[str, tuple[float, float]], weights: Mapping[str, float], last: str
) -> tuple[float | None, float | None]:
    """Σ w·x ÷ Σ w and its error; nothing without a score in the last round. All weights 0: the last round alone."""
    if last not in parts:
        return None, None
    given = {code: weights.get(code, 0) for code in parts}
    if not sum(given.values()):
        given[last] = 1
    total = sum(given.values())
    estimate = sum(given[code] * x for code, (x, _error) in parts.items()) / total
    error = math.sqrt(sum((given[code] * e) ** 2 for code, (_x, e) in parts.items())) / total
    return round(estimate, 6) + 0.0, round(error, 6) + 0.0


def _mean_marks(scores: Iterable[Sequence[Any]]) -> dict[str, dict[str, float]]:
    """Alias → criterion → mean mark."""
    given: dict[str, dict[str, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    for alias, _reviewer, _total, marks, _failed in scores:
        for code, mark in marks.items():
            given[alias][code].append(Decimal(str(mark)))
    return {
        alias: {code: float(sum(values, Decimal(0)) / len(values)) for code, values in by_code.items()}
        for alias, by_code in given.items()
    }


def _barred(scores: Iterable[Sequence[Any]]) -> set[str]:
    """Entries that more than half of their experts failed at a gate."""
    failed: dict[str, list[bool]] = defaultdict(list)
    for alias, _reviewer, _total, _marks, gates in scores:
        failed[alias].append(bool(gates))
    return {alias for alias, answers in failed.items() if 2 * sum(answers) > len(answers)}


def _ranked(standings: Iterable[Standing]) -> list[judging.Ranked]:
    return [judging.Ranked(s.application, s.estimate or 0.0, s.group, s.criteria) for s in standings]


Outcome = tuple[list[Line], list[Group], list[str]]


def _award(standings: list[Standing], entered: Mapping[str, int], terms: Mapping[str, Any]) -> Outcome:
    if "least" in terms:
        return _by_points(standings, entered, terms)
    policy = judging.TiePolicy(tuple(terms["tie_break"]), terms["border"])
    allotment = judging.allot(
        _ranked(standings),
        dict(terms["ratios"]),
        terms["cap"],
        policy,
        entries_of=dict[Hashable, int](entered.items()),
        rounding=terms.get("rounding", "down"),
    )
    lines = [_line(standing, placing, placing.tier or "") for standing, placing in _paired(standings, allotment)]
    groups = [
        Group(str(name), count.entries, sum(count.given.values()), count.cap, count.given)
        for name, count in allotment.divisions.items()
    ]
    said = [message for message in allotment.messages if message.code != "prizes.cap"]
    return lines, groups, sentences(said, terms["names"])


def _by_points(standings: list[Standing], entered: Mapping[str, int], terms: Mapping[str, Any]) -> Outcome:
    """Each entry has the highest prize whose points it reaches and that is not held back from it; ties need no rule."""
    policy = judging.TiePolicy(tuple(terms["tie_break"]))
    allotment = judging.allot(_ranked(standings), {"in": 1.0}, 1.0, policy)
    held_back = {code: set(ids) for code, ids in terms.get("held_back", [])}

    def prize_of(standing: Standing) -> str:
        reached = (code for code, points in terms["least"] if (standing.estimate or 0) >= points)
        return next((code for code in reached if standing.application not in held_back.get(code, ())), "")

    lines = [_line(standing, placing, prize_of(standing)) for standing, placing in _paired(standings, allotment)]
    group_by = {standing.application: standing.group for standing in standings}
    size = Counter(group_by.values())
    given: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        given[group_by[line.application]][line.prize] += bool(line.prize)
    groups = [
        Group(
            g, entered.get(g, n), sum(given[g].values()), n, {code: given[g][code] for code, _points in terms["least"]}
        )
        for g, n in sorted(size.items())
    ]
    return lines, groups, []


def _shortlist(standings: list[Standing], entered: Mapping[str, int], terms: Mapping[str, Any]) -> Outcome:
    """The share of each group, rounded up; ties at the border go in."""
    policy = judging.TiePolicy(tuple(terms["tie_break"]))
    allotment = judging.allot(_ranked(standings), {"in": 1.0}, 1.0, policy)
    size = Counter(standing.group for standing in standings)
    places = {group: math.ceil(Fraction(str(terms["share"])) * n) for group, n in size.items()}
    lines = [
        _line(standing, placing, "", chosen=placing.rank <= places[standing.group])
        for standing, placing in _paired(standings, allotment)
    ]
    group_by = {standing.application: standing.group for standing in standings}
    chosen = Counter(group_by[line.application] for line in lines if line.is_chosen)
    groups = [Group(g, entered.get(g, n), chosen[g], places[g], {"in": chosen[g]}) for g, n in sorted(size.items())]
    return lines, groups, []


def _paired(standings: list[Standing], allotment: judging.Allotment) -> Iterable[tuple[Standing, Any]]:
    by_application = {standing.application: standing for standing in standings}
    return ((by_application[placing.entry], placing) for placing in allotment.placings)  # type: ignore[index]


def _line(standing: Standing, placing: Any, prize: str, *, chosen: bool | None = None) -> Line:
    return Line(
        application=standing.application,
        alias=standing.alias,
        division=standing.division,
        rank=placing.rank,
        estimate=standing.estimate,
        error=standing.error,
        prize=prize,
        is_chosen=bool(prize) if chosen is None else chosen,
        note=_("与其他 %(n)s 件作品并列") % {"n": placing.tied - 1} if placing.tied > 1 else "",
        tied=placing.tied,
        parts=standing.parts,
    )


def _unplaced(standing: Standing) -> Line:
    note = _("多数专家认为没有做到必须做到的要求") if standing.barred else _("没有有效评分，不参加排名")
    return Line(
        application=standing.application,
        alias=standing.alias,
        division=standing.division,
        rank=None,
        estimate=standing.estimate,
        error=standing.error,
        note=note,
        parts=standing.parts,
    )


# --- amendments --------------------------------------------------------------------------------------------------


def over_cap(lines: Iterable[Line], groups: Mapping[str, int], terms: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """Group → (given, allowed) where amended lines give more prizes than the cap allows; `groups` is entered by group."""
    given = Counter(group_of(line.division, terms["group_by"]) for line in lines if line.prize)
    allowed = {group: int(Fraction(str(terms["cap"])) * n) for group, n in groups.items()}
    return {group: (n, allowed.get(group, 0)) for group, n in given.items() if n > allowed.get(group, 0)}


def changed(before: Iterable[Line], after: Iterable[Line]) -> list[tuple[Line, Line]]:
    """Pairs of lines whose prize or choice differs: what a what-if would change."""
    then = {line.application: line for line in before}
    return [
        (then[line.application], line)
        for line in after
        if line.application in then
        and (then[line.application].prize, then[line.application].is_chosen) != (line.prize, line.is_chosen)
    ]
