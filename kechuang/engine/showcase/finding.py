"""One search over all that is public: works, course cases, titles, schools and partners, in Chinese (two characters) and English."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet, Window

from kechuang.base import clock
from kechuang.base.searching import search_words
from kechuang.engine.catalogue.models import Case
from kechuang.engine.catalogue.queries import catalogue
from kechuang.engine.honours.models import Honour
from kechuang.engine.honours.queries import open_registers
from kechuang.engine.showcase.models import Work
from kechuang.engine.showcase.places import held_on, public_orgs
from kechuang.engine.showcase.queries import gallery_near, ranked, tiles
from kechuang.orgs.models import Org

FEW = 6


@dataclass(frozen=True)
class Found:
    """The first of each kind, and how many there are."""

    works: list[Work] = field(default_factory=list)
    works_count: int = 0
    cases: list[Case] = field(default_factory=list)
    cases_count: int = 0
    near: list[Work] = field(default_factory=list)
    titles: list[Honour] = field(default_factory=list)
    titles_count: int = 0
    orgs: list[Org] = field(default_factory=list)
    orgs_count: int = 0

    @property
    def count(self) -> int:
        return self.works_count + self.cases_count + self.titles_count + self.orgs_count


def find(text: str, few: int = FEW) -> Found:
    """Best first in each kind; where nothing is found at all, the works that are nearest to what was typed."""
    if not search_words(text):
        return Found()
    works = ranked(text)
    cases, cases_count = _first(catalogue(text, order="adopted"), few)
    titles, titles_count = _first(public_titles(text), few)
    orgs, orgs_count = _first(public_orgs(text).order_by("name", "pk"), few)
    found = Found(tiles(works[:few]), len(works), cases, cases_count, [], titles, titles_count, orgs, orgs_count)
    return found if found.count else Found(near=gallery_near(text, few))


def _first(rows: QuerySet[Any], few: int) -> tuple[list[Any], int]:
    """The first rows and how many there are, by one query."""
    found = list(rows.annotate(of=Window(Count("pk")))[:few])
    return found, found[0].of if found else 0


def public_titles(text: str) -> QuerySet[Honour]:
    """Titles held today by their words: the title, the holder, the club or project."""
    rows = held_on(clock.today()).filter(programme_code__in=open_registers())
    for word in search_words(text):
        holder = Q(org__name__icontains=word) | Q(person__name__icontains=word) | Q(work__icontains=word)
        rows = rows.filter(holder | Q(title__icontains=word) | Q(title_en__icontains=word))
    return rows.select_related("org", "person").order_by("-created_at", "number")
