"""Where in the city things are: counts of the reporting units, and what one school or partner may show the public."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Window

from kechuang.base import clock
from kechuang.base.pairs import FOUND_BY
from kechuang.base.prepared import DAY, NUMBER, TEXT, Prepared, Several
from kechuang.base.searching import search_words
from kechuang.engine.catalogue.models import Case
from kechuang.engine.catalogue.queries import counted
from kechuang.engine.enums import HonourState
from kechuang.engine.honours import rules as honour_rules
from kechuang.engine.honours.models import Honour, HonourEvent
from kechuang.engine.honours.queries import open_registers
from kechuang.engine.programme.declaration import Programme
from kechuang.engine.showcase.counting import works_by_unit
from kechuang.engine.showcase.models import Work
from kechuang.orgs.enums import OrgKind
from kechuang.orgs.models import Org, OrgEvent

SHOWN_KINDS = (OrgKind.SCHOOL, OrgKind.CAMPUS, OrgKind.PARTNER)
SCHOOLS, WORKS, CASES = "schools", "works", "cases"


@dataclass(frozen=True)
class Measure:
    """Something counted per unit. `programme`: whose titles these are ("" = no titles); `elsewhere`: outside every unit."""

    code: str
    counts: Mapping[int, int]
    elsewhere: int = 0
    programme: Programme | None = None

    @property
    def total(self) -> int:
        return sum(self.counts.values()) + self.elsewhere


def units() -> list[Org]:
    """The eleven districts and the line of schools directly under the city."""
    return list(Org.objects.current().districts().order_by("path"))


def held_on(day: date) -> QuerySet[Honour]:
    """The titles held on `day`, which is today or later, by holders that are still open."""
    lasting = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    is_open = Q(org__closed_on__isnull=True) | Q(org__closed_on__gt=day)
    return Honour.objects.filter(lasting, is_open, state__in=honour_rules.HELD)


def measures(unit_ids: set[int]) -> list[Measure]:
    """Schools, shown works, course cases and the titles of each programme, per unit: four queries, whatever the size of the city."""
    schools = Org.objects.current().filter(kind=OrgKind.SCHOOL).order_by()
    cases = Case.objects.public().order_by()
    plans = open_registers()
    found = [
        _measure(SCHOOLS, schools.values_list("parent").annotate(n=Count("pk")), unit_ids),
        _measure(WORKS, works_by_unit().items(), unit_ids),
        _measure(CASES, cases.values_list("application__org__parent").annotate(n=Count("pk")), unit_ids),
    ]
    titles: dict[str, list[tuple[int | None, int]]] = defaultdict(list)
    rows = held_on(clock.today()).order_by().values_list("programme_code", "org__parent").annotate(n=Count("pk"))
    for code, unit, n in rows:
        titles[code].append((unit, n))
    return found + [_measure(code, titles[code], unit_ids, plan) for code, plan in plans.items()]


def _measure(code: str, rows: object, unit_ids: set[int], programme: Programme | None = None) -> Measure:
    counts, elsewhere = dict.fromkeys(unit_ids, 0), 0
    for unit, n in rows:  # type: ignore[attr-defined]
        if unit in counts:
            counts[unit] += n
        else:
            elsewhere += n
    return Measure(code, counts, elsewhere, programme)


# --- one school or partner -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Title:
    """A title of an organisation or of one of its people, as the public reads it today."""

    honour: Honour
    name: str
    programme: Programme | None
    state: str
    since: date
    until: date | None

    @property
    def is_held(self) -> bool:
        return self.state in honour_rules.HELD

    @property
    def state_label(self) -> str:
        return str(HonourState(self.state).label)


@dataclass(frozen=True)
class Place:
    """What stands on the page of an organisation."""

    org: Org
    titles: list[Title] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    works_count: int = 0
    cases: list[Case] = field(default_factory=list)
    cases_count: int = 0
    successor: Org | None = None

    @property
    def held_count(self) -> int:
        return sum(title.is_held for title in self.titles)

    @property
    def own(self) -> list[Title]:
        """Titles of the organisation as a whole."""
        return [title for title in self.titles if not title.honour.person_id and not title.honour.work]

    @property
    def groups(self) -> list[Title]:
        """Its clubs and projects."""
        return [title for title in self.titles if title.honour.work]

    @property
    def people(self) -> list[Title]:
        return [title for title in self.titles if title.honour.person_id]


ROW_OF_TILES = 4

_ORG: Prepared[Org] = Prepared(
    lambda code: Org.objects.filter(code=code, kind__in=SHOWN_KINDS).select_related("parent").order_by("pk")[:1], TEXT
)


def _shown(rows: Any, org: int) -> Any:
    """The rows of an organisation, each knowing how many there are."""
    of = rows.public().filter(application__org=org).annotate(of=Window(Count("pk")))
    return of.select_related("cover").defer(*FOUND_BY)


_WORKS: Prepared[Any] = Prepared(
    lambda org: _shown(Work.objects, org).order_by("-is_featured", "-year", "id")[:ROW_OF_TILES], NUMBER
)
_CASES: Prepared[Any] = Prepared(
    lambda org: counted(_shown(Case.objects, org)).order_by("-year", "id")[:ROW_OF_TILES], NUMBER
)
_HONOURS: Prepared[Honour] = Prepared(
    lambda org, codes: (
        Honour.objects.filter(org=org, programme_code__in=codes).select_related("person", "org").order_by("number")
    ),
    NUMBER,
    Several(TEXT),
)
_EVENTS: Prepared[HonourEvent] = Prepared(
    lambda org, today: HonourEvent.objects.filter(honour__org=org, on__lte=today).order_by("on", "pk"), NUMBER, DAY
)


def public_orgs(text: str = "", district: str = "", kind: str = "") -> QuerySet[Org]:
    """Schools and partners that are open, by words of their names."""
    rows = Org.objects.current().filter(kind__in=(kind,) if kind in SHOWN_KINDS else SHOWN_KINDS)
    words = search_words(text)
    if text.strip() and not words:
        return rows.none()
    for word in words:
        named = Q(name__icontains=word) | Q(short_name__icontains=word) | Q(name_en__icontains=word)
        rows = rows.filter(named | Q(parent__short_name__icontains=word))
    if district:
        rows = rows.filter(parent__code=district)
    return rows.select_related("parent")


def place(code: str) -> Place | None:
    """The page of one organisation; a closed one says who came after it."""
    org = _ORG.first(code)
    if org is None:
        return None
    works, cases = _WORKS(org.pk), _CASES(org.pk)
    return Place(
        org, titles_of(org), works, works[0].of if works else 0, cases, cases[0].of if cases else 0,
        None if org.is_open else _heir(org),
    )  # fmt: skip


def _heir(org: Org) -> Org | None:
    event = OrgEvent.objects.filter(org=org, is_heir=True).select_related("successor").first()
    return event.successor if event else None


def titles_of(org: Org) -> list[Title]:
    """Held titles first, then what has ended, each as of today and without what is between office and holder."""
    today, plans = clock.today(), open_registers()
    honours = _HONOURS(org.pk, plans)
    rows: dict[int, list[honour_rules.Row]] = defaultdict(list)
    for event in _EVENTS(org.pk, today) if honours else ():
        rows[event.honour_id].append(event.row)
    found = []
    for honour in honours:
        now = honour_rules.standing(rows[honour.pk], today)
        if now is not None:
            plan = plans[honour.programme_code]
            level = plan.honour.level(now.level) if plan.honour else None
            state = honour_rules.PUBLIC_STATES.get(now.state, now.state)
            found.append(Title(honour, level.title if level else honour.title, plan, state, now.since, now.until))
    return sorted(found, key=lambda one: (not one.is_held, -one.since.toordinal(), one.honour.number))


def public_counts(org_ids: list[int]) -> dict[int, tuple[int, int]]:
    """Per organisation how many titles it holds and how many of its works are shown: two queries for a whole list."""
    titles = held_on(clock.today()).filter(org__in=org_ids, programme_code__in=open_registers()).order_by()
    works = Work.objects.public().filter(application__org__in=org_ids).order_by()
    by_title = dict(titles.values_list("org").annotate(n=Count("pk")))
    by_work = dict(works.values_list("application__org").annotate(n=Count("pk")))
    return {pk: (by_title.get(pk, 0), by_work.get(pk, 0)) for pk in org_ids}
