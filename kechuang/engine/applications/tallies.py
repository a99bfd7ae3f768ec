"""Counts of applications that are kept with every move: what the desks show without scanning applications.

`moved` writes the difference in the transaction of the change. `heal` compares the counts with a recount in one statement,
so both are of one moment whatever else is being written, and adds what is missing (a school that changed its district,
say). `fold` puts many small rows together.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from kechuang.base.prepared import NUMBER, TEXT, Insert, Prepared, Several
from kechuang.engine.applications.models import Application, Tally
from kechuang.engine.applications.people import reporting_unit_id
from kechuang.engine.calls.models import Call
from kechuang.orgs.scoping import under

_COUNT = Insert(Tally)
FOLD_FROM = 200
"""A call with fewer loose rows is read as fast as a folded one."""


class Key(NamedTuple):
    call: int
    unit: int
    school: int | None
    division: str
    state: str


class Place(NamedTuple):
    """Where an application is counted; `None` in its stead: not yet, or no more."""

    state: str
    division: str


def begun(applications: Iterable[Application]) -> None:
    """Applications that now exist."""
    _write([(application, None, _place(application)) for application in applications])


def moved(applications: Iterable[Application], before: Mapping[int, Place]) -> None:
    """Applications that stood elsewhere `before` (by id)."""
    _write([(application, before[application.pk], _place(application)) for application in applications])


def gone(applications: Iterable[Application]) -> None:
    """Applications that are about to be deleted."""
    _write([(application, _place(application), None) for application in applications])


def place_of(application: Application) -> Place:
    return _place(application)


def _place(application: Application) -> Place:
    return Place(application.state, application.division)


def _write(changes: Iterable[tuple[Application, Place | None, Place | None]]) -> None:
    found: Counter[Key] = Counter()
    for application, before, after in changes:
        if before == after:
            continue
        for place, n in ((before, -1), (after, 1)):
            if place is not None:
                for key in _keys(application.call_id, application.org_id, application.org.path, place):
                    found[key] += n
    _insert(found)


def _keys(call: int, org: int, path: str, place: Place) -> tuple[Key, Key]:
    """An application counts twice: in its unit by division, and in its school."""
    unit = reporting_unit_id(path)
    return Key(call, unit, None, place.division, place.state), Key(call, unit, org, "", place.state)


def _insert(found: Mapping[Key, int]) -> None:
    _COUNT([Tally(**_facts(key), n=n) for key, n in found.items() if n])


# --- reading -----------------------------------------------------------------------------------------------------


def _depth(path: str) -> int:
    return len([part for part in path.split("/") if part])


def _inside(cities: Sequence[str], districts: Sequence[int], schools: Sequence[tuple[str, int]]) -> Q:
    """The rows that count what stands in these places, each application once: by unit from a district up, else by school."""
    found = Q(school__isnull=True, unit__in=districts)
    for path in cities:
        found |= Q(school__isnull=True, unit__path__startswith=path)
    for path, unit in schools:
        found |= Q(school__path__startswith=path, unit=unit)
    return found


class _Sums:
    """Sums of the rows inside some places by facts, compiled once for each number of places (base/prepared.py)."""

    def __init__(self) -> None:
        self._known: dict[Any, Prepared[Any]] = {}

    def __call__(self, calls: Iterable[Call], paths: list[str], *facts: str) -> list[Any]:
        """(*facts, sum) of each combination of facts."""
        cities = [path for path in paths if _depth(path) <= 1]
        districts = [reporting_unit_id(path) for path in paths if _depth(path) == 2]
        schools = [(path, reporting_unit_id(path)) for path in paths if _depth(path) > 2]
        key = (facts, len(schools))
        prepared = self._known.get(key)
        if prepared is None:
            prepared = self._known[key] = Prepared(
                partial(self._rows, facts),
                Several(NUMBER),
                Several(TEXT),
                Several(NUMBER),
                *(TEXT, NUMBER) * len(schools),
            )
        return prepared(
            [call.pk for call in calls], cities, districts, *(value for place in schools for value in place)
        )

    @staticmethod
    def _rows(
        facts: tuple[str, ...], calls: list[int], cities: list[str], districts: list[int], *schools: Any
    ) -> QuerySet[Tally, Any]:
        places = list(zip(schools[::2], schools[1::2], strict=True))
        rows = Tally.objects.filter(_inside(cities, districts, places), call__in=calls).order_by()
        return rows.values_list(*facts).annotate(total=Sum("n"))


_SUMS = _Sums()
_BY_DIVISION: Prepared[Any] = Prepared(
    lambda calls, states: (
        Tally.objects.filter(call__in=calls, school__isnull=True, state__in=states)
        .order_by()
        .values_list("call", "unit", "division")
        .annotate(total=Sum("n"))
    ),
    Several(NUMBER),
    Several(TEXT),
)


def by_state(calls: Iterable[Call], paths: list[str]) -> dict[int, Counter[str]]:
    """Call id → state → number of applications under `paths`; one query."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for call, state, n in _SUMS(calls, paths, "call", "state"):
        counts[call][state] += n
    return counts


def by_facts(call: Call, paths: list[str], facts: tuple[str, ...]) -> Counter[tuple[Any, ...]]:
    """The values of `facts` (state, unit, division) → number of applications of one call under `paths`; one query.

    Below a district nothing is counted by division: there every division is "".
    """
    found: Counter[tuple[Any, ...]] = Counter()
    for *values, n in _SUMS([call], paths, *facts):
        found[tuple(values)] = n
    return found


def schools_with(call: Call, paths: list[str], unit: int | None) -> list[int]:
    """Ids of the schools under `paths` (of one district, where given) that handed something in; one query."""
    rows = Tally.objects.filter(under("school__path", paths), call=call, school__isnull=False).exclude(state="draft")
    rows = rows.filter(unit=unit) if unit else rows
    return list(
        rows.order_by().values("school").annotate(total=Sum("n")).filter(total__gt=0).values_list("school", flat=True)
    )


def by_unit(calls: Iterable[Call], paths: list[str]) -> dict[int, dict[int, Counter[str]]]:
    """Call id → id of the district or line → state → number; one query."""
    counts: dict[int, dict[int, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for call, unit, state, n in _SUMS(calls, paths, "call", "unit", "state"):
        counts[call][unit][state] += n
    return counts


def by_school(calls: Iterable[Call], unit: int) -> dict[int, dict[int, Counter[str]]]:
    """Call id → school id → state → number, of one district; one query."""
    counts: dict[int, dict[int, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    rows = Tally.objects.filter(call__in=list(calls), unit=unit, school__isnull=False).order_by()
    for call, school, state, n in rows.values_list("call", "school", "state").annotate(total=Sum("n")):
        counts[call][school][state] += n
    return counts


def by_division(calls: Iterable[Call], states: Iterable[str]) -> dict[tuple[int, int, str], int]:
    """(call, unit, division) → number in one of `states`; division "" is the sum. One query."""
    counts: Counter[tuple[int, int, str]] = Counter()
    for call, unit, division, n in _BY_DIVISION([call.pk for call in calls], states):
        counts[call, unit, ""] += n
        if division:
            counts[call, unit, division] += n
    return counts


def waiting(call: Call, state: str, *, by_school: bool) -> dict[int, int]:
    """Id of the school (or of the district) → how many applications stand in `state` there."""
    place = "school" if by_school else "unit"
    rows = Tally.objects.filter(call=call, state=state, school__isnull=not by_school).order_by()
    return {pk: n for pk, n in rows.values_list(place).annotate(total=Sum("n")) if n > 0}


# --- upkeep ------------------------------------------------------------------------------------------------------


def differences(call: Call) -> dict[Key, int]:
    """What a recount of the call has more (or less) than the tallies, by one statement; empty when they agree."""
    columns = ("kind", "place", "path", "division", "state", "total")
    counted = (
        Application.objects.filter(call=call)
        .order_by()
        .annotate(kind=Value("application"), place=F("org_id"), path=F("org__path"))
        .values("kind", "place", "path", "division", "state")
        .annotate(total=Count("pk"))
        .values_list(*columns)
    )
    kept = (
        Tally.objects.filter(call=call)
        .order_by()
        .annotate(
            kind=Case(When(school__isnull=True, then=Value("unit")), default=Value("school")),
            place=Coalesce("school_id", "unit_id"),
            path=F("unit__path"),
        )
        .values("kind", "place", "path", "division", "state")
        .annotate(total=Sum("n"))
        .values_list(*columns)
    )
    found: Counter[Key] = Counter()
    for kind, org, path, division, state, total in counted.union(kept, all=True):
        if kind == "application":
            for key in _keys(call.pk, org, path, Place(state, division)):
                found[key] += total
        else:
            school = org if kind == "school" else None
            found[Key(call.pk, reporting_unit_id(path), school, division, state)] -= total
    return {key: n for key, n in found.items() if n}


@transaction.atomic
def heal(call: Call) -> int:
    """Make the tallies of a call equal to a recount; returns how many counts were wrong."""
    _alone(call.pk)
    wrong = differences(call)
    _insert(wrong)
    return len(wrong)


def heal_all() -> int:
    return sum(heal(call) for call in Call.objects.published().order_by("pk"))


def fold_all() -> None:
    loose = Tally.objects.filter(is_folded=False).order_by().values_list("call").annotate(rows=Count("pk"))
    for call, _rows in loose.filter(rows__gte=FOLD_FROM):
        fold(call)


@transaction.atomic
def fold(call: int) -> None:
    """Put the loose rows of a call into one row per count. A reader sees either all of it or nothing."""
    _alone(call)
    loose = list(Tally.objects.filter(call=call, is_folded=False).order_by("pk"))
    sums: Counter[Key] = Counter()
    for row in loose:
        sums[_key_of(row)] += row.n
    known = Tally.objects.filter(call=call, is_folded=True, unit__in={key.unit for key in sums})
    folded = {_key_of(row): row for row in known}
    for key, row in folded.items():
        row.n += sums.pop(key, 0)
    Tally.objects.bulk_update(list(folded.values()), ["n"], batch_size=500)
    fresh = [Tally(**_facts(key), n=n, is_folded=True) for key, n in sums.items() if n]
    Tally.objects.bulk_create(fresh, batch_size=500)
    Tally.objects.filter(pk__in=[row.pk for row in loose]).delete()


def _key_of(row: Tally) -> Key:
    return Key(row.call_id, row.unit_id, row.school_id, row.division, row.state)


def _facts(key: Key) -> dict[str, Any]:
    return {
        "call_id": key.call,
        "unit_id": key.unit,
        "school_id": key.school,
        "division": key.division,
        "state": key.state,
    }


def _alone(call: int) -> None:
    """One worker at a time; applications still come in meanwhile."""
    Call.objects.select_for_update(no_key=True).get(pk=call)
