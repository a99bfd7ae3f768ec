"""The people of the permission matrix and one call with entries, for the tests of the offices' pages."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from kechuang.base import clock
from kechuang.engine.applications.models import Application
from kechuang.engine.calls.models import Call
from kechuang.engine.programme.declaration import Programme, Step
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Org, Person
from tests.factories.engine import a_call, a_plan, an_application
from tests.factories.orgs import City, a_city, a_guardian, a_pupil, a_school, a_teacher, an_expert, an_officer

BACKEND = "kechuang.orgs.signin.accounts.Accounts"


@dataclass
class Scene:
    city: City
    school: Org
    other_school: Org
    far_school: Org
    call: Call
    _people: dict[str, Person] = field(default_factory=dict)

    def person(self, who: str) -> Person:
        if who not in self._people:
            self._people[who] = self._make(who)
        return self._people[who]

    def _make(self, who: str) -> Person:
        offices: dict[str, tuple[str, Org]] = {
            "school": (Role.SCHOOL_OFFICER, self.school),
            "other_school": (Role.SCHOOL_OFFICER, self.other_school),
            "head": (Role.SCHOOL_TEAM_HEAD, self.school),
            "district": (Role.DISTRICT_OFFICER, self.city.east),
            "other_district": (Role.DISTRICT_OFFICER, self.city.west),
            "city": (Role.CITY_OFFICER, self.city.org),
            "inspector": (Role.INSPECTOR, self.city.org),
            "auditor": (Role.AUDITOR, self.city.org),
            "operator": (Role.SYSTEM_ADMIN, self.city.org),
            "security": (Role.SECURITY_ADMIN, self.city.org),
        }
        if who in offices:
            return an_officer(*offices[who])
        made: dict[str, Any] = {
            "pupil": lambda: a_pupil(self.school, 8),
            "teacher": lambda: a_teacher(self.school),
            "other_teacher": lambda: a_teacher(self.other_school),
            "guardian": lambda: a_guardian(self.person("pupil")),
            "expert": lambda: an_expert(self.city.org),
        }
        return made[who]()

    def client(self, who: str) -> Client:
        """A browser signed in as `who`."""
        client = Client()
        if who != "anonymous":
            user = self.person(who).user
            assert user is not None
            client.force_login(user, backend=BACKEND)
        return client

    def entry(self, state: str = "submitted", school: Org | None = None, **facts: Any) -> Application:
        return an_application(self.call, school or self.school, state=state, **facts)


def a_dated_plan(**changes: Any) -> Programme:
    """The contest with every step open now."""
    plan = a_plan(**changes)
    now = clock.now().replace(microsecond=0)
    return replace(plan, steps=tuple(_open(step, now, n) for n, step in enumerate(plan.steps)))


def _open(step: Step, now: Any, n: int) -> Step:
    return replace(
        step, opens_at=(now - timedelta(days=20)).isoformat(), closes_at=(now + timedelta(days=20 + n)).isoformat()
    )


def a_scene() -> Scene:
    city = a_city()
    call = a_call(city, plan=a_dated_plan())
    return Scene(city, a_school(city.east), a_school(city.east), a_school(city.west), call)


PEOPLE = (
    "anonymous", "pupil", "teacher", "other_teacher", "guardian", "school", "other_school", "head", "district", "other_district",
    "city", "expert", "inspector", "auditor", "operator", "security",
)  # fmt: skip


def answers_to(scene: Scene, address: str) -> Iterator[tuple[str, int]]:
    """What each person of the matrix gets at an address; a redirect to another page of ours counts as an answer."""
    for who in PEOPLE:
        response = scene.client(who).get(address)
        to_login = response.status_code == 302 and response["Location"].startswith(reverse("account_login"))
        yield who, 401 if to_login else response.status_code
