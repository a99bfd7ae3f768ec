"""The public gallery. Every read starts from `Work.objects.public()`: published, not hidden, and the award stands."""

from functools import partial
from typing import Any

from django.core.cache import cache
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Length

from kechuang.base.pairs import FOUND_BY, IN_TITLE, holds, may_hold_one
from kechuang.base.planning import planned_anew
from kechuang.base.prepared import NUMBER, TEXT, Prepared, Several, keep
from kechuang.base.searching import search_words
from kechuang.engine.awards.models import Award
from kechuang.engine.calls.models import Call
from kechuang.engine.showcase import rules
from kechuang.engine.showcase.models import Work, WorkMedia
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Person

FILTERS = {
    "year": "year", "discipline": "discipline", "stage": "stage", "prize": "prize_name", "school": "school__contains",
    "district": "application__org__parent__code",
}  # fmt: skip
ORDERS = {"new": ("-year", "-published_at", "id"), "title": ("title", "id")}
"""How a gallery may be sorted besides best first."""
CANDIDATES = 100
"""Among so many of its own field and stage, works alike by title are looked for."""
WORDS = "showcase:words"


def gallery(text: str = "", *, call: int | None = None, order: str = "", **filters: str | int | None) -> QuerySet[Work]:
    """The works that hold every word of `text` and fit the filters (FILTERS), best first unless `order` says otherwise."""
    works = _filtered(filters)
    if call is not None:
        works = works.filter(application__call=call)
    words = search_words(text)
    if text.strip() and not words:
        return works.none()
    works = _matching(works, words).select_related("cover").defer(*FOUND_BY)
    return works.order_by(*ORDERS[order]) if order in ORDERS else works


def ranked(text: str, *, call: int | None = None, order: str = "", **filters: str | int | None) -> list[int]:
    """The keys of the works that `gallery` finds, in its order: one reading tells how many there are and which come first."""
    return list(gallery(text, call=call, order=order, **filters).select_related(None).values_list("pk", flat=True))


def tiles(keys: list[int]) -> list[Work]:
    """The works of these keys that may be shown now, in this order."""
    found = {work.pk: work for work in _TILES(keys)} if keys else {}
    return [found[pk] for pk in keys if pk in found]


def _filtered(filters: dict[str, str | int | None]) -> QuerySet[Work]:
    wanted = {FILTERS[name]: value for name, value in filters.items() if value not in (None, "")}
    return Work.objects.public().filter(**wanted)


def gallery_near(text: str, few: int, **filters: str | int | None) -> list[Work]:
    """For a query with slips of the pen, a `few` works: those that hold what was most likely meant, word by word
    (rules.meant_forms and meant_words); where none does, those whose titles share enough pairs of characters (Chinese) or
    threes (Latin) with the query.

    Both are counted alike by either database, so a typo is forgiven alike on both. Keys are sorted, not the works.
    """
    meant = _meant(_filtered(filters), search_words(text))
    if meant is not None and (keys := _first(meant, few, "-in_title")):
        return tiles(keys)
    grams = rules.grams(text)
    if not grams:
        return []
    enough = rules.enough(len(grams))
    works = _filtered(filters).filter(
        may_hold_one(grams[enough - 1 :], IN_TITLE)
    )  # who holds enough of them holds one of these
    works = works.annotate(nearness=sum((_is_in_title(gram) for gram in grams), Value(0)))
    return tiles(_first(works.filter(nearness__gte=enough), few, "-nearness"))


def _first(works: QuerySet[Work], few: int, nearest: str) -> list[int]:
    ordered = works.order_by(nearest, "-is_featured", "-year", Length("title"), "id")
    return list(ordered.values_list("pk", flat=True)[:few])


def _meant(works: QuerySet[Work], words: list[str]) -> QuerySet[Work] | None:
    """The works that hold each word as it stands or, where no public work does, as it was meant; None where no word was mistyped."""
    is_guessed, in_title = False, Q()
    for word in words:
        if Work.objects.public().filter(holds(word)).exists():
            works = works.filter(holds(word))
            continue
        is_guessed = True
        forms = rules.meant_forms(word) or rules.meant_words(word, _known_words())
        if not forms:
            return None
        pattern = rules.pattern(forms)
        works = works.filter(may_hold_one(forms), search_text__regex=pattern)
        in_title |= Q(search_title__regex=pattern)
    if not is_guessed:
        return None
    return works.annotate(in_title=Case(When(in_title, then=Value(1)), default=Value(0), output_field=IntegerField()))


def _known_words() -> set[str]:
    """The Latin words of all public works; up to a minute old."""
    known: set[str] | None = cache.get(WORDS)
    if known is None:
        texts = Work.objects.public().order_by().values_list("search_text", flat=True)
        known = set().union(*(rules.latin_words(text) for text in texts.iterator(chunk_size=500)))
        cache.set(WORDS, known, 60)
    return known


def _is_in_title(gram: str) -> Combinable:
    return Case(When(search_title__contains=gram, then=Value(1)), default=Value(0), output_field=IntegerField())


def _matching(works: QuerySet[Work], words: list[str]) -> QuerySet[Work]:
    if not words:
        return works.order_by("-is_featured", "-year", "id")
    for word in words:
        works = works.filter(holds(word))
    return works.annotate(relevance=_relevance(words)).order_by(
        "-relevance", "-is_featured", "-year", Length("title"), "id"
    )


def _relevance(words: list[str]) -> Combinable:
    """4 for a title that is the word, 3 where a word begins there, 2 inside the title, summed over the words."""
    total: Combinable = Value(0)
    for word in words:
        total = total + Case(
            When(Q(search_title=word) | Q(search_title__startswith=f"{word}\n"), then=Value(4)),
            When(Q(search_title__startswith=word) | Q(search_title__contains=f" {word}"), then=Value(3)),
            When(search_title__contains=word, then=Value(2)),
            default=Value(0),
            output_field=IntegerField(),
        )
    return total


_WORK: Prepared[Work] = Prepared(
    lambda slug: (
        Work.objects.public()
        .filter(slug=slug)
        .select_related("application__call", "award", "cover")
        .defer("application__call__declaration", *FOUND_BY)
        .order_by()[:1]
    ),
    TEXT,
)
_MEDIA: Prepared[WorkMedia] = Prepared(
    lambda work: WorkMedia.objects.filter(work=work).select_related("stored"), NUMBER
)


def _near(kinship: int, pk: int, discipline: str, stage: str) -> Any:
    near = Work.objects.public().exclude(pk=pk)
    if kinship == BOTH:
        near = near.filter(discipline=discipline, stage=stage)
    elif kinship == SAME_DISCIPLINE:
        near = near.filter(discipline=discipline).exclude(stage=stage)
    else:
        near = near.filter(stage=stage).exclude(discipline=discipline)
    return near.order_by("-is_featured", "-year", "id").values_list("pk", "title")[:CANDIDATES]


BOTH, SAME_DISCIPLINE, SAME_STAGE = 2, 1, 0
_NEAR: dict[int, Prepared[tuple[int, str]]] = {
    kinship: Prepared(partial(_near, kinship), NUMBER, TEXT, TEXT) for kinship in (BOTH, SAME_DISCIPLINE, SAME_STAGE)
}
_TILES: Prepared[Work] = Prepared(
    lambda keys: Work.objects.public().filter(pk__in=keys).select_related("cover").defer(*FOUND_BY).order_by(),
    Several(NUMBER),
)


def public_work(slug: str) -> Work | None:
    """The page of one work; a hidden one is as if it were not there."""
    work = _WORK.first(slug)
    if work is not None:
        keep(work, "media", _MEDIA(work.pk))
    return work


def shows_works(call: Call) -> bool:
    """Whether the gallery has a work of the call. Asked of the call's awards, of which a call under way has none."""
    shown = Award.objects.filter(call=call, state="valid", work__published_at__isnull=False, work__hidden_at=None)
    with planned_anew():
        return shown.exists()


def is_indexable(work: Work) -> bool:
    """Search engines are kept out unless the call allows them."""
    return work.application.call.indexable


def related(work: Work, count: int = 4) -> list[Work]:
    """Works near this one: alike by title, then of the same discipline and stage, featured and recent first."""
    candidates: list[tuple[int, str, int]] = []
    for kinship, ask in _NEAR.items():
        if len(candidates) < CANDIDATES:
            candidates += [(pk, title, kinship) for pk, title in ask(work.pk, work.discipline, work.stage)]
    best = sorted(candidates[:CANDIDATES], key=lambda other: -(rules.likeness(work.title, other[1]) + 0.1 * other[2]))[
        :count
    ]
    return tiles([pk for pk, _title, _kinship in best])


def curated(actor: Actor, *, hidden: bool | None = None) -> QuerySet[Work]:
    """The works that `actor` curates, hidden ones included, with the reason."""
    works = Work.objects.visible_to(actor, "showcase.curate").select_related("application__call", "award", "cover")
    if hidden is not None:
        works = works.filter(hidden_at__isnull=not hidden)
    return works.order_by(F("hidden_at").desc(nulls_last=True), "-id")


def works_of(person: Person) -> QuerySet[Work]:
    return Work.objects.filter(application__members__person=person)
