"""Who is proposed for the subsidy of a year, and why the others are not (plan 五(三): 公共财政补贴制度 by grade)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kechuang.engine.calls.models import Call
from kechuang.engine.enums import HonourState, ReportState
from kechuang.engine.honours.models import Honour
from kechuang.engine.honours.queries import folded, granting
from kechuang.engine.honours.rules import Standing
from kechuang.engine.programme.declaration import HonourLevel, Programme
from kechuang.engine.tenure.models import Report
from kechuang.engine.tenure.rules import why_no_subsidy
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org
from kechuang.orgs.rules import covers

CHECK = "honour.check"


@dataclass(frozen=True)
class Line:
    """A holder whose level carries a subsidy. `why_not` is empty where it is due."""

    honour: Honour
    level: HonourLevel
    district: str
    report: Report | None
    why_not: str

    @property
    def amount(self) -> int:
        return 0 if self.why_not else self.level.subsidy


@dataclass(frozen=True)
class Sum:
    level: HonourLevel
    n: int
    amount: int


@dataclass(frozen=True)
class Proposal:
    """The lines of a programme and year, those that are due first; sums by level, the highest first."""

    programme: Programme
    year: int
    day: date
    lines: list[Line]
    sums: list[Sum]

    @property
    def due(self) -> list[Line]:
        return [line for line in self.lines if not line.why_not]

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)


def subsidised() -> dict[str, Programme]:
    """Programmes with a level that carries a subsidy: by their declaration, or by the copy of one of their calls."""
    found = {code: plan for code, plan in granting().items() if _pays(plan)}
    rows = Call.objects.filter(honours__isnull=False).exclude(programme_code__in=found).distinct()
    for call in rows.order_by("pk"):
        if _pays(call.plan):
            found[call.programme_code] = call.plan
    return found


def _pays(plan: Programme) -> bool:
    return plan.honour is not None and any(level.subsidy for level in plan.honour.levels)


def proposal(actor: Actor, programme_code: str, year: int, today: date) -> Proposal:
    """As things stand today, or stood on the last day of a year that is over; of the honours in the actor's charge."""
    day = min(today, date(year, 12, 31))
    paths = actor.paths(CHECK)
    pairs = [
        (honour, now)
        for honour, now in folded(programme_code, day)
        if any(covers(path, honour.org.path) for path in paths)
    ]
    plans = {call.pk: call.plan for call in Call.objects.filter(pk__in={honour.call_id for honour, _now in pairs})}
    reports = _reports([honour for honour, _now in pairs], year)
    districts = _districts(honour.org for honour, _now in pairs)
    lines = [
        line
        for honour, now in pairs
        if (line := _line(honour, now, plans[honour.call_id], reports[honour.pk], districts)) is not None
    ]
    programme = subsidised()[programme_code]
    lines.sort(key=lambda line: (bool(line.why_not), -line.level.subsidy, line.honour.number))
    return Proposal(programme, year, day, lines, _sums(programme, lines))


def _reports(honours: Iterable[Honour], year: int) -> dict[int, list[Report]]:
    """The yearly reports of each honour that are due in the year: one query."""
    found: dict[int, list[Report]] = defaultdict(list)
    rows = Report.objects.filter(honour__in=[honour.pk for honour in honours], due_on__year=year)
    for report in rows.exclude(state=ReportState.WAIVED).select_related("call__org").order_by("due_on", "pk"):
        if report.plan.when == "yearly":
            found[report.honour_id].append(report)
    return found


def _districts(orgs: Iterable[Org]) -> dict[int, str]:
    found = {org.pk: org for org in orgs}
    above = Org.objects.in_bulk({org.parent_id for org in found.values() if org.parent_id})
    return {pk: above[org.parent_id].label if org.parent_id else "" for pk, org in found.items()}


def _line(
    honour: Honour, now: Standing, plan: Programme, reports: list[Report], districts: dict[int, str]
) -> Line | None:
    titles = plan.honour
    level = titles.level(now.level) if titles else None
    if titles is None or level is None or not level.subsidy or not (now.is_held or now.state == "expired"):
        return None
    told = [(report.state, str(report.get_state_display())) for report in reports]
    wanted = any(report.when == "yearly" for report in titles.reports)
    why = why_no_subsidy(now.state, str(HonourState(now.state).label), told, reports_wanted=wanted)
    return Line(honour, level, districts[honour.org_id], reports[-1] if reports else None, why)


def _sums(programme: Programme, lines: list[Line]) -> list[Sum]:
    found = []
    for level in programme.honour.levels if programme.honour else ():
        due = [line for line in lines if line.level.prize == level.prize and not line.why_not]
        if level.subsidy or due:
            found.append(Sum(level, len(due), sum(line.amount for line in due)))
    return found


def years_of(programme_code: str, today: date) -> list[int]:
    """From the first title to this year, the newest first."""
    first = Honour.objects.filter(programme_code=programme_code).order_by("created_at").first()
    return list(range(today.year, (first.created_at.year if first else today.year) - 1, -1))
