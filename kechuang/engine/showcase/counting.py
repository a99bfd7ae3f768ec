"""How many works are shown, by what the gallery filters by. Counted in one reading of all works, which a process keeps for a moment."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count

from kechuang.base.kept import kept
from kechuang.engine.showcase.models import Work


@dataclass(frozen=True)
class Choice:
    """A value of a filter and how many works it holds."""

    value: str
    label: str
    count: int


class Tally(NamedTuple):
    """So many works of the same year, stage, discipline, prize and reporting unit."""

    year: int
    stage: str
    discipline: str
    discipline_name: str
    prize: str
    unit: int | None
    district: str | None
    district_name: str | None
    n: int


def tallies() -> list[Tally]:
    return kept("showcase:tallies", _tallies)


def _tallies() -> list[Tally]:
    unit = "application__org__parent"
    kinds = ("year", "stage", "discipline", "discipline_name", "prize_name", unit, f"{unit}__code", f"{unit}__name")
    rows = Work.objects.public().order_by().values_list(*kinds).annotate(n=Count("pk"))
    return [Tally(*row) for row in rows]


def facets() -> dict[str, list[Choice]]:
    """The values that the filters of the gallery offer, with counts: the latest year first, else the most frequent."""
    return kept("showcase:facets", _facets)


def _facets() -> dict[str, list[Choice]]:
    rows = tallies()
    years = _choices(rows, "year", "year")
    return {
        "year": sorted(years, key=lambda choice: choice.value, reverse=True),
        "stage": _choices(rows, "stage", "stage"),
        "discipline": _choices(rows, "discipline", "discipline_name"),
        "prize": _choices(rows, "prize", "prize"),
        "district": _choices(rows, "district", "district_name"),
    }


def _choices(rows: list[Tally], value: str, label: str) -> list[Choice]:
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if getattr(row, value) is not None:
            counts[str(getattr(row, value)), str(getattr(row, label))] += row.n
    return [Choice(*pair, n) for pair, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def count_shown(filters: Mapping[str, str]) -> int | None:
    """How many works fit the filters, where the tallies can say (everything but a school)."""
    wanted = {name: value for name, value in filters.items() if value}
    if not wanted.keys() <= {"year", "stage", "discipline", "prize", "district"}:
        return None
    if len(wanted) < 2:  # these stand beside the filters, which are a tenth of what they are counted from
        name, value = next(iter(wanted.items()), ("year", ""))
        return sum(choice.count for choice in facets()[name] if value in {"", choice.value})
    return sum(row.n for row in tallies() if all(str(getattr(row, name)) == value for name, value in wanted.items()))


def works_by_unit() -> Counter[int | None]:
    """Shown works of each district or line of schools; None: outside every unit."""
    return kept("showcase:units", _works_by_unit)


def _works_by_unit() -> Counter[int | None]:
    found: Counter[int | None] = Counter()
    for row in tallies():
        found[row.unit] += row.n
    return found


def schools_with_works(most: int) -> list[str]:
    """The names of the schools that the gallery shows most works of."""
    rows = Work.objects.public().order_by().values("school").annotate(n=Count("pk"))
    return list(rows.order_by("-n", "school").values_list("school", flat=True)[:most])
