"""The dated register: who held which title on a day, through renamings and mergers; and how far the targets are."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kechuang.base.prepared import TEXT, Prepared, Several
from kechuang.engine.applications.models import IN_THE_RACE, Application
from kechuang.engine.calls.models import Call
from kechuang.engine.enums import HonourState
from kechuang.engine.honours import rules
from kechuang.engine.honours.models import Honour, HonourEvent, Plaque
from kechuang.engine.honours.rules import Standing
from kechuang.engine.programme.declaration import HonourPlan, Programme, Target
from kechuang.engine.programme.registry import PROGRAMMES
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import OrgEventKind, OrgKind, SchoolKind
from kechuang.orgs.models import Org, OrgEvent

COUNTED = (
    SchoolKind.PRIMARY, SchoolKind.JUNIOR, SchoolKind.NINE_YEAR, SchoolKind.COMPLETE, SchoolKind.SENIOR, SchoolKind.TWELVE_YEAR,
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A line of the register as of its day. `holder` is the name of that day, `now` today's where it differs."""

    number: str
    title: str
    title_en: str
    level: str
    tier: str
    holder: str
    holder_code: str
    district: str
    person: str
    work: str
    state: str
    since: date
    until: date | None
    changed_on: date | None
    reason: str
    now: str = ""
    successor: str = ""

    @property
    def is_held(self) -> bool:
        return self.state in rules.HELD

    @property
    def state_label(self) -> str:
        return str(HonourState(self.state).label)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON, for the command."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in plain.items()}


def granting() -> dict[str, Programme]:
    """The programmes whose awards grant an honour, by code: the ones of the registry, and those that only calls know."""
    found = {code: plan for code, plan in PROGRAMMES.items() if plan.honour is not None}
    for call in _OTHERS(found):
        found[call.programme_code] = call.plan
    return found


def _others(codes: list[str]) -> QuerySet[Call]:
    others = Honour.objects.exclude(programme_code__in=codes).order_by("programme_code").values_list("call", flat=True)
    return Call.objects.filter(pk__in=others).order_by("pk")


_OTHERS: Prepared[Call] = Prepared(_others, Several(TEXT))


def open_registers() -> dict[str, Programme]:
    """Those of `granting` whose holders the public may read."""
    return {code: plan for code, plan in granting().items() if plan.honour is not None and plan.honour.public}


def folded(programme_code: str, day: date) -> list[tuple[Honour, Standing]]:
    """Every honour of the programme that had been granted by `day`, as it then stood: two queries."""
    honours = list(
        Honour.objects.filter(programme_code=programme_code).select_related("person", "org").order_by("number")
    )
    rows: dict[int, list[rules.Row]] = defaultdict(list)
    for event in HonourEvent.objects.filter(honour__programme_code=programme_code, on__lte=day).order_by("on", "pk"):
        rows[event.honour_id].append(event.row)
    found = ((honour, rules.standing(rows[honour.pk], day)) for honour in honours)
    return [(honour, now) for honour, now in found if now is not None]


def register_on(programme_code: str, day: date, *, public: bool = True) -> list[Entry]:
    """The register as it stood at the end of `day`: holders first, then what had ended. Public: without what is internal."""
    pairs = folded(programme_code, day)
    places = _places({now.org for _honour, now in pairs if now.org}, day)
    plan = granting().get(programme_code)
    entries = [
        _entry(honour, now, places[now.org or honour.org_id], plan.honour if plan else None) for honour, now in pairs
    ]
    if public:
        entries = [
            replace(one, state=rules.PUBLIC_STATES[one.state], reason="") if one.state in rules.PUBLIC_STATES else one
            for one in entries
        ]
    return sorted(entries, key=lambda one: (not one.is_held, one.tier != "city", one.number))


@dataclass(frozen=True)
class Place:
    """An organisation as it was on a day: its name, its district, whether it was open, and who came after it."""

    name: str
    code: str
    district: str
    is_open: bool
    now: str
    successor: str


def _places(orgs: Iterable[int], day: date) -> dict[int, Place]:
    later = OrgEvent.objects.filter(org=OuterRef("pk"), on__gt=day).order_by("on", "pk")
    renamed = later.filter(kind=OrgEventKind.RENAME).values("old_name")[:1]
    moved = later.filter(kind=OrgEventKind.MOVE).values("old_parent__name")[:1]
    rows = Org.objects.filter(pk__in=list(orgs)).select_related("parent")
    rows = rows.annotate(
        name_then=Coalesce(Subquery(renamed), F("name")), above=Coalesce(Subquery(moved), F("parent__name"))
    )
    heirs = dict(
        OrgEvent.objects.filter(org__in=list(orgs), is_heir=True, on__lte=day).values_list("org", "successor__name")
    )
    return {
        org.pk: Place(
            name=org.name_then,
            code=org.code,
            district=org.above or "",
            is_open=(org.closed_on is None or org.closed_on > day),
            now=org.name if org.name != org.name_then else "",
            successor=heirs.get(org.pk, ""),
        )
        for org in rows
    }


def _entry(honour: Honour, now: Standing, place: Place, plan: HonourPlan | None) -> Entry:
    level = plan.level(now.level) if plan else None
    state = rules.UNSETTLED if now.is_held and not place.is_open else now.state
    return Entry(
        number=honour.number, title=level.title if level else honour.title, title_en=level.title_en if level else honour.title_en,
        level=now.level, tier=level.tier if level else "city", holder=place.name, work=honour.work,
        holder_code=place.code, district=place.district, person=honour.person.name if honour.person else "", state=state,
        since=now.since, until=now.until, changed_on=now.changed_on, reason=now.reason, now=place.now, successor=place.successor,
    )  # fmt: skip


# --- targets -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Denominator:
    """What a share is a share of, on a day, and what was left out of it."""

    n: int
    day: date
    rule: str
    left_out: dict[str, int]


@dataclass(frozen=True)
class Progress:
    """A target and where it stands: `held` of `wanted`; `coming` are applications under way."""

    target: Target
    title: str
    held: int
    wanted: int
    coming: int
    denominator: Denominator | None = None

    @property
    def percent(self) -> float:
        return round(100 * self.held / self.denominator.n, 1) if self.denominator and self.denominator.n else 0.0

    @property
    def share_percent(self) -> int:
        return round(self.target.share * 100)


def schools_on(day: date) -> Denominator:
    """Ordinary schools open on `day` (T8, domain §0): one per legal person, so that a campus counts with its school, a nine-year
    school once and a private school once; vocational, special and correctional schools are no part of it."""
    rows = Org.objects.open_on(day).filter(kind__in=(OrgKind.SCHOOL, OrgKind.CAMPUS))
    kinds = Counter(rows.values_list("kind", "school_kind"))
    counted = sum(n for (kind, school), n in kinds.items() if kind == OrgKind.SCHOOL and school in COUNTED)
    campuses = sum(n for (kind, _school), n in kinds.items() if kind == OrgKind.CAMPUS)
    return Denominator(
        counted, day, _("当日在办的普通中小学：一个法人算一所，校区不单独计，九年一贯制和民办学校各算一所，不含中职、特教和专门学校"),
        {_("校区"): campuses, _("中职、特教、专门学校"): sum(kinds.values()) - counted - campuses},
    )  # fmt: skip


def progress_on(programme_code: str, day: date, entries: Sequence[Entry] | None = None) -> list[Progress]:
    """Each target of the programme against the register of `day`: a holder of a higher level counts for the lower one."""
    plan = granting()[programme_code].honour
    if plan is None:
        return []
    entries = register_on(programme_code, day) if entries is None else entries
    calls = Call.objects.filter(programme_code=programme_code)
    coming = Application.objects.filter(call__in=calls, state__in=IN_THE_RACE).exclude(state="awarded").count()
    return [_progress(plan, target, day, entries, coming) for target in plan.targets]


def _progress(plan: HonourPlan, target: Target, day: date, entries: Sequence[Entry], coming: int) -> Progress:
    height = plan.height(target.level)
    holders = {
        (e.holder_code, e.person or e.number) if e.person else e.holder_code
        for e in entries
        if e.is_held and plan.height(e.level) >= height
    }
    base = schools_on(day) if target.of == "schools" else None
    wanted = target.count or -(-round(target.share * 10_000) * (base.n if base else 0) // 10_000)
    level = plan.level(target.level)
    return Progress(target, level.title if level else "", len(holders), wanted, coming, base)


# --- lists of the office -----------------------------------------------------------------------------------------


def honours_in_office(actor: Actor) -> QuerySet[Honour]:
    return Honour.objects.visible_to(actor).select_related("org", "person", "call__org").order_by("number")


def needing_attention(rows: QuerySet[Honour], day: date) -> dict[str, int]:
    """What waits in the office's list: overdue rectifications, run-out validity, plaques that should have come back."""
    ids = rows.values("pk")
    over = Plaque.objects.filter(honour__in=ids, state="handed", honour__state=HonourState.REVOKED)
    return {
        "overdue": rows.filter(state=HonourState.RECTIFYING, due_on__lt=day).count(),
        "expired": rows.filter(valid_until__lt=day).exclude(state=HonourState.REVOKED).count(),
        "plaques": over.count(),
    }


def public_history(honour: Honour) -> list[HonourEvent]:
    """The rows that the public reads, newest last."""
    return [event for event in honour.events.select_related("holder") if event.kind in rules.PUBLIC_KINDS]
