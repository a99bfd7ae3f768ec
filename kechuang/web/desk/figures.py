"""The few figures of an office: the funnel of each running call, progress by district or school, and the quota meter."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kechuang.base import clock
from kechuang.base.prepared import DAY, NUMBER, TEXT, Prepared, Several
from kechuang.engine.applications import tallies
from kechuang.engine.applications.guards import RECOMMENDED
from kechuang.engine.applications.rules import division_name
from kechuang.engine.calls.models import Call, QuotaLine
from kechuang.engine.calls.rules import step_times
from kechuang.engine.models import RoundEntry
from kechuang.engine.workflow.states import STATES
from kechuang.orgs.enums import OrgKind
from kechuang.orgs.models import Org
from kechuang.orgs.scoping import Sight, under
from kechuang.web.charts import Chart, Series
from kechuang.web.desk.offices import Office
from kechuang.web.navigation import address
from kechuang.web.tiles import Tile, TileMap

NOT_ENTERED = ("draft", "withdrawn")
ENTERED = tuple(state for state in STATES if state not in NOT_ENTERED)
SHORTLISTED = ("in_defence", "in_publicity", "awarded")
AT_SCHOOL, AT_DISTRICT = ("submitted", "returned"), ("endorsed",)
QUOTAS_SHOWN = 12
DISTRICT_DEPTH = 3
"""Slashes in the path of a district."""
_DISTRICTS: Sight[Org] = Sight(
    "application.view", lambda see, day: see(Org.objects).open_on(day).filter(kind=OrgKind.DISTRICT), DAY
)
_SHORTLISTED: Prepared[Any] = Prepared(
    lambda calls, paths: (
        RoundEntry.objects.filter(under("application__org__path", paths), round__call__in=calls, round__number=2)
        .order_by()
        .values_list("round__call")
        .annotate(n=Count("pk"))
    ),
    Several(NUMBER),
    Several(TEXT),
)
_QUOTAS: Prepared[QuotaLine] = Prepared(
    lambda calls, org: QuotaLine.objects.filter(call__in=calls, org=org).order_by("division"), Several(NUMBER), NUMBER
)
_QUOTAS_IN_ALL: Prepared[QuotaLine] = Prepared(
    lambda calls: QuotaLine.objects.filter(call__in=calls, division="").order_by("org__path"), Several(NUMBER)
)


@dataclass
class Quota:
    """One meter: places of a unit (in one division, or in all)."""

    label: str
    used: int
    places: int

    @property
    def left(self) -> int:
        return self.places - self.used

    @property
    def tone(self) -> str:
        return "danger" if self.left < 0 else "success" if self.left == 0 else "primary"


@dataclass
class Place:
    """A line of progress: a district or a school."""

    name: str
    url: str
    entered: int
    at_school: int
    at_district: int
    recommended: int


@dataclass
class CallFigures:
    """What a desk shows of one running call."""

    call: Call
    url: str
    step: str
    until: Any
    funnel: Chart | None
    tiles: TileMap | None
    places: list[Place]
    places_title: str
    silent: int
    quotas: list[Quota]
    returned: int
    returned_url: str
    steps: list[tuple[str, int, str]]
    has_pictures: bool

    @property
    def is_quiet(self) -> bool:
        """Nothing has come in yet, and no places wait to be used: a line says enough."""
        return not self.quotas and not any(n for _name, n, _url in self.steps)


def figures_of(office: Office) -> list[CallFigures]:
    """All running calls, by a fixed number of queries whatever their number."""
    if not office.running:
        return []
    orgs = {org.pk: org for org in _DISTRICTS(office.actor, clock.today())}
    shortlisted = _shortlisted(office)
    quotas = _quotas(office, orgs)
    schools = _schools(office, orgs)
    return [
        _figures(office, call, orgs, shortlisted[call.pk], quotas.get(call.pk, []), schools) for call in office.running
    ]


def _figures(
    office: Office, call: Call, orgs: dict[int, Org], shortlisted: int, quotas: list[Quota], schools: "_Schools | None"
) -> CallFigures:
    counts, list_url = office.counts[call.pk], address("office_applications", call.slug)
    units = office.units.get(call.pk, {})
    runs = {pk: org for pk, org in orgs.items() if org.parent_id == call.org_id}
    tiles = _tiles(call, units, runs, list_url) if len(runs) > 1 else None
    places = schools.places(call, list_url) if schools else []
    if tiles:
        places = [_place(org.label, f"{list_url}?district={pk}", units.get(pk, Counter())) for pk, org in runs.items()]
    until, step = next_closing(call)
    return CallFigures(
        call=call, url=address("office_call", call.slug), step=step, until=until,
        funnel=_funnel(_steps(counts, shortlisted, list_url)) if _sum(counts, ENTERED) else None, tiles=tiles, places=places,
        places_title=_("各区进度") if tiles else _("各校进度"), silent=schools.silent(call) if schools and not tiles else 0,
        quotas=quotas[:QUOTAS_SHOWN], returned=counts["returned"], returned_url=f"{list_url}?state=returned",
        steps=_steps(counts, shortlisted, list_url), has_pictures=_deserves_pictures(office, call),
    )  # fmt: skip


def next_closing(call: Call) -> tuple[Any, str]:
    """The next step to close, and when."""
    now = clock.now()
    ahead = [(at, step) for step in call.plan.steps if (at := step_times(call, step.code)[1]) and at > now]
    at, step = min(ahead, key=lambda pair: pair[0]) if ahead else (None, None)
    return at, _(step.name) if step else ""


def _sum(counts: Counter[str], states: tuple[str, ...]) -> int:
    return sum(counts[state] for state in states)


def _query(states: tuple[str, ...]) -> str:
    return "&".join(f"state={state}" for state in states)


# --- funnel ------------------------------------------------------------------------------------------------------


def _shortlisted(office: Office) -> Counter[int]:
    """Call id → entries that went on to a later round, inside the office's subtree."""
    return Counter(dict(_SHORTLISTED([call.pk for call in office.running], office.paths)))


def _steps(counts: Counter[str], shortlisted: int, url: str) -> list[tuple[str, int, str]]:
    """报名 → 推荐 → 入围 → 获奖: name, number, and the list behind it."""
    return [
        (_("报名"), _sum(counts, ENTERED), url),
        (_("推荐"), _sum(counts, RECOMMENDED), f"{url}?{_query(RECOMMENDED)}"),
        (_("入围"), max(shortlisted, _sum(counts, SHORTLISTED)), f"{url}?{_query(SHORTLISTED)}"),
        (_("获奖"), counts["awarded"], f"{url}?state=awarded"),
    ]


def _deserves_pictures(office: Office, call: Call) -> bool:
    """A district or a city sees pictures of its own calls and of those above; what lower offices run is a line of numbers."""
    return any(path.startswith(call.org.path) and path.count("/") <= DISTRICT_DEPTH for path in office.paths)


def _funnel(steps: list[tuple[str, int, str]]) -> Chart:
    (_label, entered, _url), (_label, recommended, _url) = steps[:2]
    says = ngettext("报名 %(n)s 件，已推荐 %(r)s 件。", "报名 %(n)s 件，已推荐 %(r)s 件。", entered)
    labels, values, links = zip(*steps, strict=True)
    return Chart(
        "funnel", _("从报名到获奖"), says % {"n": entered, "r": recommended}, list(labels),
        [Series(_("作品"), list(values))], _("件"), _("步骤"), links=list(links),
    )  # fmt: skip


# --- progress ----------------------------------------------------------------------------------------------------


def _place(name: str, url: str, counts: Counter[str]) -> Place:
    return Place(
        name, url, _sum(counts, ENTERED), _sum(counts, AT_SCHOOL), _sum(counts, AT_DISTRICT), _sum(counts, RECOMMENDED)
    )


def _tiles(call: Call, units: dict[int, Counter[str]], orgs: dict[int, Org], url: str) -> TileMap:
    values = {pk: _sum(units.get(pk, Counter()), ENTERED) for pk in orgs}
    waiting = {pk: _sum(units.get(pk, Counter()), AT_DISTRICT) for pk in orgs}
    tiles = [
        Tile(
            org.label, values[pk], f"{url}?district={pk}", _("待推荐 %(n)s") % {"n": waiting[pk]} if waiting[pk] else ""
        )
        for pk, org in orgs.items()
    ]
    most = max(orgs, key=lambda pk: values[pk])
    silent = sum(not value for value in values.values())
    says = (
        _("%(name)s最多，%(n)s 件") % {"name": orgs[most].label, "n": values[most]} if values[most] else _("还没有作品")
    )
    if silent and values[most]:
        says = _("%(says)s；%(n)s 个区还没有作品") % {"says": says, "n": silent}
    return TileMap(_("各区报名作品"), says + _("。"), tiles, _("件"))


class _Schools:
    """Progress by school, for an office of one district."""

    def __init__(self, office: Office, district: Org) -> None:
        self.counts = tallies.by_school(office.running, district.pk)
        self.orgs = {org.pk: org for org in Org.objects.current().schools().under(district)}

    def places(self, call: Call, url: str) -> list[Place]:
        found = [
            _place(self.orgs[pk].label, f"{url}?school={pk}", counts)
            for pk, counts in self.counts[call.pk].items()
            if pk in self.orgs and _sum(counts, ENTERED)
        ]
        return sorted(found, key=lambda place: (-place.at_district, -place.at_school, -place.entered, place.name))

    def silent(self, call: Call) -> int:
        heard = {pk for pk, counts in self.counts[call.pk].items() if _sum(counts, ENTERED)}
        return len(set(self.orgs) - heard)


def _schools(office: Office, orgs: dict[int, Org]) -> _Schools | None:
    return _Schools(office, next(iter(orgs.values()))) if len(orgs) == 1 else None


# --- quota -------------------------------------------------------------------------------------------------------


def _quotas(office: Office, orgs: dict[int, Org]) -> dict[int, list[Quota]]:
    """Call id → meters: for a city each district in all, for a district its own divisions as well."""
    if not orgs:
        return {}
    calls = [call.pk for call in office.running]
    found = _QUOTAS_IN_ALL(calls) if len(orgs) > 1 else _QUOTAS(calls, *orgs)
    lines = [line for line in found if line.org_id in orgs]
    used = tallies.by_division(office.running, RECOMMENDED) if lines else {}
    plans = {call.pk: call.plan for call in office.running}
    meters: dict[int, list[Quota]] = {}
    for line in lines:
        label = orgs[line.org_id].label if len(orgs) > 1 else _("全部组别合计")
        if line.division:
            label = division_name(plans[line.call_id], line.division)
        meters.setdefault(line.call_id, []).append(
            Quota(label, used.get((line.call_id, line.org_id, line.division), 0), line.places)
        )
    return meters
