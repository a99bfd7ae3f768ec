"""The public catalogue: every read starts from `Case.objects.public()`, and carries its counts beside it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, FloatField, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from kechuang.base.models import StoredFile
from kechuang.base.pairs import FOUND_BY, holds
from kechuang.base.searching import search_words
from kechuang.engine.catalogue import rules
from kechuang.engine.catalogue.models import Adoption, Case, CaseFile, CaseTag, Rating
from kechuang.engine.enums import CaseTagKind
from kechuang.engine.programme.registry import PROGRAMMES
from kechuang.orgs.actor import Actor

FILTERS = {
    "stage": "stage",
    "theme": "theme",
    "licence": "licence",
    "year": "year",
    "district": "application__org__parent__code",
}
ORDERS = {
    "new": ("-published_at", "-id"),
    "adopted": ("-adopted", "-published_at", "-id"),
    "rated": ("-mean", "-rated", "-id"),
}


@dataclass(frozen=True)
class Choice:
    """A value of a filter and how many cases it holds."""

    value: str
    label: str
    count: int


def _per_case(rows: QuerySet[Any], figure: Any, field: Any) -> Coalesce:
    one = rows.filter(case=OuterRef("pk")).order_by().values("case").annotate(n=figure).values("n")
    return Coalesce(Subquery(one, output_field=field), Value(0), output_field=field)


def counted(cases: QuerySet[Case]) -> QuerySet[Any]:
    """With `adopted` (classes), `schools` that adopted, `rated` (how many) and `mean` of the stars (0 where there is none)."""
    adoptions, ratings = Adoption.objects.all(), Rating.objects.all()
    return cases.annotate(
        adopted=_per_case(adoptions, Count("pk"), IntegerField()),
        schools=_per_case(adoptions, Count("org", distinct=True), IntegerField()),
        rated=_per_case(ratings, Count("pk"), IntegerField()),
        mean=_per_case(ratings, Avg("stars"), FloatField()),
    )


def catalogue(text: str = "", *, order: str = "", adopted: bool = False, **filters: str) -> QuerySet[Case]:
    """The public cases that hold every word and fit the filters (FILTERS, subject, grade), newest first unless told otherwise."""
    cases = counted(Case.objects.public().filter(**{FILTERS[k]: v for k, v in filters.items() if v and k in FILTERS}))
    words = search_words(text)
    if text.strip() and not words:
        return cases.none()
    for word in words:
        cases = cases.filter(holds(word))
    for kind in CaseTagKind.values:
        if value := filters.get(kind):
            cases = cases.filter(tags__kind=kind, tags__value=value)
    if adopted:
        cases = cases.filter(adopted__gt=0)
    return cases.select_related("cover").defer(*FOUND_BY).order_by(*ORDERS.get(order, ORDERS["new"]))


def facets() -> dict[str, list[Choice]]:
    """What the filters offer, with counts: four queries."""
    public = Case.objects.public().order_by()
    found = {name: _choices(public, *columns) for name, columns in _COLUMNS.items()}
    tags = CaseTag.objects.filter(case__in=public, kind=CaseTagKind.SUBJECT).order_by()
    rows = tags.values_list("value").annotate(n=Count("case")).order_by("-n", "value")
    return found | {"subject": [Choice(value, value, n) for value, n in rows]}


_COLUMNS = {"stage": ("stage", "stage"), "theme": ("theme", "theme_name"), "licence": ("licence", "licence")}


def _choices(cases: QuerySet[Case], value: str, label: str) -> list[Choice]:
    rows = cases.values_list(value, label).annotate(n=Count("pk")).order_by("-n", value)
    return [Choice(str(row[0]), str(row[1]), row[-1]) for row in rows if row[0]]


def public_case(slug: str) -> Case | None:
    """The page of one case with its counts, versions and files; a hidden one is as if it were not there."""
    cases = counted(Case.objects.public().filter(slug=slug))
    found = cases.select_related("application__call", "application__org__parent", "application__person", "cover")
    return found.prefetch_related("versions__files__stored", "tags").first()


def wanted(programme_code: str = "") -> tuple[int, int, str]:
    """How many cases are public, how many the plan wants, and by when: 三(三) names a hundred."""
    plans = [plan.catalogue for code, plan in PROGRAMMES.items() if plan.catalogue and programme_code in {"", code}]
    have = Case.objects.public().order_by()
    if programme_code:
        have = have.filter(application__call__programme_code=programme_code)
    return have.count(), sum(plan.target for plan in plans), max((plan.by for plan in plans), default="")


def adoptions_seen(case: Case, actor: Actor) -> QuerySet[Adoption]:
    """Who adopted: all to the author and to those who curate; to an office those of its own line; to a teacher the own."""
    rows = case.adoptions.select_related("org__parent", "person")
    if case.belongs_to(actor) or actor.can("showcase.curate", case):
        return rows
    return rows.filter(pk__in=Adoption.objects.visible_to(actor).values("pk"))


def stories(case: Case) -> QuerySet[Adoption]:
    """What teachers tell of their lessons, for their colleagues: the school, never the teacher or the class."""
    return case.adoptions.exclude(story="").select_related("org").order_by("-told_at", "-pk")


def my_adoptions(actor: Actor) -> QuerySet[Adoption]:
    rows = Adoption.objects.filter(person=actor.person) if actor.person else Adoption.objects.none()
    return rows.select_related("case", "org")


def my_cases(actor: Actor) -> QuerySet[Case]:
    return counted(Case.objects.of(actor)).select_related("application__call", "award").order_by("-published_at")


def is_author(case: Case, actor: Actor) -> bool:
    """The applicant, or a co-author by name at the same school: nobody rates the own case."""
    if actor.person is None:
        return False
    same = actor.person.name in case.authors.split("、")
    return case.belongs_to(actor) or (same and any(m.org_id == case.application.org_id for m in actor.memberships))


def readable_file(public_id: str, *, is_staff: bool) -> tuple[StoredFile, bool] | None:
    """A file of a public case, and whether everybody may have it; materials on a narrow licence are for staff alone."""
    files = CaseFile.objects.filter(version__case__in=Case.objects.public(), stored__public_id=public_id)
    found = list(files.select_related("stored", "version__case__application__call"))
    is_open = any(file.is_picture or not staff_only(file.version.case) for file in found)
    return (found[0].stored, is_open) if found and (is_open or is_staff) else None


def staff_only(case: Case) -> bool:
    """Whether its licence gives the materials to staff alone; an unknown licence does."""
    plan = case.application.call.plan.catalogue
    licence = rules.licence_named(plan, case.licence) if plan else None
    return licence is None or licence.staff_only


def publishable(call_id: int) -> Q:
    """Awarded, standing, and not yet in the catalogue."""
    return Q(call=call_id, state="valid", application__state="awarded", case__isnull=True)
