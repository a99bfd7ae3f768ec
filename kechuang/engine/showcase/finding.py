"""One search over all that is public: works, course cases, titles, schools and partners, in Chinese (two characters) and English."""

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

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
    works, titles, orgs = ranked(text), public_titles(text), public_orgs(text).order_by("name", "pk")
    cases = catalogue(text, order="adopted")
    found = Found(
        works=tiles(works[:few]), works_count=len(works), cases=list(cases[:few]), cases_count=cases.count(), titles=list(titles[:few]), titles_count=titles.count(),
        orgs=list(orgs[:few]), orgs_count=orgs.count(),
    )  # fmt: skip
    return found if found.count else Found(near=gallery_near(text, few))


def public_titles(text: str) -> QuerySet[Honour]:
    """Titles held today by their words: the title, the holder, the club or project."""
    rows = held_on(clock.today()).filter(programme_code__in=open_registers())
    for word in search_words(text):
        holder = Q(org__name__icontains=word) | Q(person__name__icontains=word) | Q(work__icontains=word)
        rows = rows.filter(holder | Q(title__icontains=word) | Q(title_en__icontains=word))
    return rows.select_related("org", "person").order_by("-created_at", "number")
