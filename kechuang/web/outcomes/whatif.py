"""What other terms would give, beside what the plan itself gives. Nothing here is written."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kechuang.engine.applications.models import Application
from kechuang.engine.decisions import rules
from kechuang.engine.decisions.models import Decision, RankingRecord
from kechuang.engine.decisions.queries import what_if
from kechuang.engine.programme.declaration import Programme
from kechuang.web.outcomes.pages import division_names


@dataclass(frozen=True)
class Cell:
    """A figure under the tried terms, and under the plan's own."""

    now: int
    plan: int

    @property
    def differs(self) -> bool:
        return self.now != self.plan


@dataclass(frozen=True)
class GroupRow:
    name: str
    entered: int
    places: Cell
    labelled: tuple[tuple[str, Cell], ...]
    total: Cell


@dataclass(frozen=True)
class Change:
    title: str
    division: str
    rank: int | None
    before: str
    after: str


@dataclass(frozen=True)
class Tie:
    """Entries that share a rank, and what they share."""

    division: str
    rank: int
    outcome: str
    titles: tuple[str, ...]


@dataclass(frozen=True)
class WhatIf:
    prizes: tuple[str, ...]
    groups: tuple[GroupRow, ...]
    total: GroupRow
    changes: tuple[Change, ...]
    ties: tuple[Tie, ...]
    barred: int
    messages: tuple[str, ...]


def try_terms(record: RankingRecord, kind: str, changes: Mapping[str, Any] | None) -> WhatIf:
    """Refused where the terms break the published rules."""
    plan = record.round.call.plan
    own = what_if(record, kind=kind)
    tried = what_if(record, changes, kind=kind) if changes else own
    names, codes = division_names(plan), _codes(plan, kind)
    groups = tuple(_groups(own, tried, (changes or {}).get("group_by", "division"), names, codes))
    titles = Application.objects.in_bulk([line.application for line in tried.lines])
    return WhatIf(
        prizes=tuple(codes.values()), groups=groups, total=_total(groups),
        changes=tuple(
            Change(titles[new.application].title, names.get(new.division, new.division), new.rank, _outcome(old, codes), _outcome(new, codes))
            for old, new in rules.changed(own.lines, tried.lines)
        ),
        ties=tuple(_ties(tried, names, codes, titles)), barred=sum(line.rank is None for line in tried.lines), messages=tried.messages,
    )  # fmt: skip


def _codes(plan: Programme, kind: str) -> dict[str, str]:
    """What can be given, in order: prizes, or to be on the shortlist."""
    return {p.code: _(p.name) for p in plan.prizes.prizes} if kind == Decision.Kind.AWARD else {"in": _("入围")}


def _groups(
    own: rules.Proposal, tried: rules.Proposal, wide: str, names: Mapping[str, str], codes: Mapping[str, str]
) -> list[GroupRow]:
    """The groups of the tried terms beside what the plan's own groups in each of them come to."""
    before: dict[str, list[rules.Group]] = defaultdict(list)
    for group in own.groups:
        before[rules.group_of(group.name, wide) if "." in group.name else group.name].append(group)
    order = {division: place for place, division in enumerate(names)}
    return [
        GroupRow(
            names.get(group.name, group.name), group.entered, Cell(group.places, sum(g.places for g in before[group.name])),
            tuple((label, Cell(group.given.get(code, 0), sum(g.given.get(code, 0) for g in before[group.name]))) for code, label in codes.items()),
            Cell(group.placed, sum(g.placed for g in before[group.name])),
        )
        for group in sorted(tried.groups, key=lambda group: order.get(group.name, 999))
    ]  # fmt: skip


def _total(groups: tuple[GroupRow, ...]) -> GroupRow:
    def added(cells: list[Cell]) -> Cell:
        return Cell(sum(cell.now for cell in cells), sum(cell.plan for cell in cells))

    columns = zip(*(group.labelled for group in groups), strict=True)
    return GroupRow(
        _("合计"), sum(group.entered for group in groups), added([group.places for group in groups]),
        tuple((column[0][0], added([cell for _label, cell in column])) for column in columns), added([group.total for group in groups]),
    )  # fmt: skip


def _outcome(line: rules.Line, codes: Mapping[str, str]) -> str:
    if line.prize:
        return codes.get(line.prize, line.prize)
    return _("入围") if line.is_chosen else _("未入选")


def _ties(
    proposal: rules.Proposal, names: Mapping[str, str], codes: Mapping[str, str], titles: Mapping[int, Application]
) -> list[Tie]:
    tied: dict[tuple[str, int], list[rules.Line]] = defaultdict(list)
    for line in proposal.lines:
        if line.tied > 1 and line.rank is not None:
            tied[line.division, line.rank].append(line)
    return [
        Tie(
            names.get(division, division),
            rank,
            _outcome(lines[0], codes),
            tuple(titles[line.application].title for line in lines),
        )
        for (division, rank), lines in tied.items()
    ]
