"""One city before a contest, and what a journey needs besides: people who can sign in, entries beside the one that is followed."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from kechuang.engine.applications.models import Application
from kechuang.engine.calls.models import Call
from kechuang.engine.models import Reviewer
from kechuang.engine.reviews.actions import add_reviewer
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Org, Person
from tests.base import samples
from tests.factories.engine import an_application
from tests.factories.orgs import City, a_city, a_guardian, a_pupil, a_school, a_teacher, an_expert, an_officer

TITLE = "红树林底栖动物的自动识别"
STAGE, DISCIPLINE = "junior", "CS"


def day(month: int, date: int, hour: int = 10) -> datetime:
    return timezone.make_aware(datetime(2026, month, date, hour))


@dataclass
class Contest:
    city: City
    school: Org
    neighbours: list[Org]
    city_officer: Person
    district_officer: Person
    school_officer: Person
    teacher: Person
    pupil: Person
    guardian: Person
    reviewers: list[Reviewer] = field(default_factory=list)

    @property
    def call(self) -> Call:
        return Call.objects.get()

    @property
    def entry(self) -> Application:
        return Application.objects.get(title=TITLE)

    def others(self, n: int) -> list[Application]:
        """Entries of the neighbours in the same division, as far as the one that is followed."""
        return [
            an_application(self.call, self.neighbours[k % 2], stage=STAGE, discipline=DISCIPLINE, state="screened")
            for k in range(n)
        ]


def a_contest() -> Contest:
    """A pupil of twelve, for whom the guardian answers; three experts in the field."""
    city = a_city()
    school = a_school(city.east)
    pupil = a_pupil(school, grade=7, name="苏子涵", can_sign_in=True)
    contest = Contest(
        city=city,
        school=school,
        neighbours=[a_school(city.east), a_school(city.west)],
        city_officer=an_officer(Role.CITY_OFFICER, city.org, can_sign_in=True),
        district_officer=an_officer(Role.DISTRICT_OFFICER, city.east, can_sign_in=True),
        school_officer=an_officer(Role.SCHOOL_OFFICER, school, can_sign_in=True),
        teacher=a_teacher(school, can_sign_in=True),
        pupil=pupil,
        guardian=a_guardian(pupil, can_sign_in=True),
    )
    for name in ("周教授", "吴教授", "郑教授"):
        person = an_expert(city.org, name=name, can_sign_in=True)
        contest.reviewers.append(add_reviewer(person, by=Actor.system(), fields=[DISCIPLINE], stages=[STAGE]))
    return contest


def papers(folder: Path) -> dict[str, Path]:
    """A report and a log as real PDF files."""
    found = {name: folder / f"{name}.pdf" for name in ("report", "log")}
    for path in found.values():
        path.write_bytes(samples.pdf())
    return found
