"""A ranking record as people read it: per division, with titles and schools, and what is doubtful said in words."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kechuang.engine.applications.models import Application
from kechuang.engine.decisions.models import RankingRecord
from kechuang.web.outcomes.pages import division_names


@dataclass(frozen=True)
class StandingRow:
    """An entry in its division. `other_rank`: its rank there in the ranking it is compared with."""

    rank: int
    alias: str
    public_id: str
    title: str
    school: str
    estimate: float
    error: float
    low: float
    high: float
    mean: float
    totals: tuple[float, ...]
    flags: tuple[str, ...]
    other_rank: int | None = None

    @property
    def moved(self) -> int:
        """Places gained against the other ranking; 0 where there is none."""
        return (self.other_rank or self.rank) - self.rank

    @property
    def fallen(self) -> int:
        return -self.moved


@dataclass(frozen=True)
class DivisionSheet:
    code: str
    name: str
    rows: tuple[StandingRow, ...]


def division_sheets(record: RankingRecord, other: RankingRecord | None = None) -> list[DivisionSheet]:
    """The table of `record` by division, in two queries whatever its length; equal estimates share a rank."""
    plan = record.round.plan
    names = division_names(record.round.call.plan)
    entries = {alias: (application, division) for alias, application, division, _stage in record.inputs["entries"]}
    applications = Application.objects.select_related("org").in_bulk([pk for pk, _division in entries.values()])
    before = division_ranks(other) if other else {}
    ranks, scores = division_ranks(record), _totals(record)
    rows: dict[str, list[StandingRow]] = defaultdict(list)
    for line in record.outputs["table"]:
        application, division = entries[line["entry"]]
        found, totals = applications[application], scores[line["entry"]]
        rows[division].append(
            StandingRow(
                ranks[line["entry"]], line["entry"], found.public_id, found.title, found.org.name, line["estimate"],
                line["error"] or 0.0, line["low"], line["high"], line["mean"], totals,
                _flags(totals, plan.spread_threshold, _failed(record)[line["entry"]]), before.get(line["entry"]),
            )
        )  # fmt: skip
    order = {division: place for place, division in enumerate(names)}
    return [DivisionSheet(d, names.get(d, d), tuple(rows[d])) for d in sorted(rows, key=lambda d: order.get(d, 999))]


def division_ranks(record: RankingRecord) -> dict[str, int]:
    """Alias → rank within its division."""
    division_of = {row[0]: row[2] for row in record.inputs["entries"]}
    seen: Counter[str] = Counter()
    last: dict[str, tuple[int, int]] = {}
    ranks = {}
    for line in record.outputs["table"]:
        division = division_of[line["entry"]]
        seen[division] += 1
        overall, here = last.get(division, (0, 0))
        here = here if overall == line["rank"] else seen[division]
        last[division] = line["rank"], here
        ranks[line["entry"]] = here
    return ranks


def _totals(record: RankingRecord) -> Mapping[str, tuple[float, ...]]:
    found: dict[str, list[float]] = defaultdict(list)
    for alias, _reviewer, total, _marks, _gates in record.inputs["scores"]:
        found[alias].append(float(total))
    return defaultdict(tuple, {alias: tuple(sorted(totals, reverse=True)) for alias, totals in found.items()})


def _failed(record: RankingRecord) -> Counter[str]:
    return Counter(alias for alias, _reviewer, _total, _marks, gates in record.inputs["scores"] if gates)


def _flags(totals: tuple[float, ...], threshold: float, failed: int) -> tuple[str, ...]:
    flags = []
    if totals and totals[0] - totals[-1] > threshold:
        flags.append(
            _("评分相差 %(n)s 分，超过 %(most)s 分") % {"n": f"{totals[0] - totals[-1]:g}", "most": f"{threshold:g}"}
        )
    if len(totals) == 1:
        flags.append(_("只有 1 份评分，名次很不确定"))
    if failed:
        flags.append(_("%(n)s 位专家认为没有做到必须做到的要求") % {"n": failed})
    return tuple(flags)
