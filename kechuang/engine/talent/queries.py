"""Reading talent files: one's own, and, for whoever holds `talent.search`, those of the city whose consent stands."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from kechuang.engine.awards.models import Award
from kechuang.engine.calls.models import Call
from kechuang.engine.enums import AwardState
from kechuang.engine.talent.models import TalentEntry
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Person
from kechuang.orgs.queries import missing_consents
from kechuang.orgs.scoping import under

PURPOSE = "talent"
GRADES = {"primary": range(1, 7), "junior": range(7, 10), "senior": range(10, 13)}


@dataclass(frozen=True)
class Sought:
    name: str = ""
    school: str = ""
    stage: str = ""
    programme: str = ""
    year: int = 0


@dataclass(frozen=True)
class File:
    """One pupil with the rows of the file, newest first."""

    person: Person
    entries: list[TalentEntry] = field(default_factory=list)


def own_file(person: Person) -> list[TalentEntry]:
    """What the pupil and the guardian read."""
    return list(TalentEntry.objects.filter(pupil=person).standing().select_related("award__call"))


def search_files(actor: Actor, sought: Sought) -> QuerySet[Person]:
    """Pupils in the subtrees in which the actor may search; the rows come along by a second query."""
    rows = TalentEntry.objects.standing()
    if sought.programme:
        rows = rows.filter(programme_code=sought.programme)
    if sought.year:
        rows = rows.filter(on__year=sought.year)
    people = Person.objects.filter(
        under("pupil__school__path", actor.paths("talent.search")), pupil__left_on__isnull=True
    )
    people = people.filter(Exists(rows.filter(pupil=OuterRef("pk"))))
    if sought.name:
        people = people.filter(name__icontains=sought.name)
    if sought.school:
        people = people.filter(pupil__school__name__icontains=sought.school)
    if sought.stage in GRADES:
        people = people.filter(pupil__grade__in=GRADES[sought.stage])
    shown = Prefetch("talent_entries", TalentEntry.objects.standing().order_by("-on", "-pk"))
    return people.select_related("pupil__school__parent").prefetch_related(shown).order_by("name", "pk")


def files_of(people: list[Any]) -> list[File]:
    """The files of these pupils; whoever's consent no longer stands (a new text was published, say) is left out."""
    gone = missing_consents([person.pk for person in people], [PURPOSE])
    return [File(person, list(person.talent_entries.all())) for person in people if person.pk not in gone]


def awards_for_file(person: Person) -> list[Award]:
    """Awards that stand, of calls whose declaration feeds the talent file."""
    rows = Award.objects.filter(application__members__person=person, state=AwardState.VALID)
    found = rows.select_related("call__org", "application__org").order_by("pk")
    return [award for award in found if feeds(award.call)]


def feeds(call: Call) -> bool:
    return call.plan.talent
