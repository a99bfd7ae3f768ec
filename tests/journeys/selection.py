"""A city before any of the recognitions, told from the declaration alone: who applies, who decides, and entries beside the one that is followed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from kechuang.base import clock
from kechuang.console.demo.selections import sample_answers
from kechuang.engine.applications.models import Application
from kechuang.engine.calls.models import Call
from kechuang.engine.models import Reviewer
from kechuang.engine.programme.declaration import Programme
from kechuang.engine.reviews.actions import add_reviewer
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Org, Person
from tests.factories.engine import an_application
from tests.factories.orgs import (
    City,
    a_city,
    a_guardian,
    a_partner,
    a_pupil,
    a_school,
    a_teacher,
    an_expert,
    an_officer,
)
from tests.programmes.driver import ENOUGH

SHARE = 0.9
OTHERS = 3
"""Entries beside the one that is followed, so that a share of the entries may be awarded."""


@dataclass
class Selection:
    """`holder` is whom the certificate names; `entrant` signs in and fills the form in; `partner` answers for whom it works with."""

    plan: Programme
    city: City
    org: Org
    entrant: Person
    holder: str
    nominee: str
    guardian: Person | None
    city_officer: Person
    district_officer: Person
    school_officer: Person
    partner: Person | None = None
    reviewers: list[Reviewer] = field(default_factory=list)

    @property
    def call(self) -> Call:
        return Call.objects.get()

    @property
    def entry(self) -> Application:
        return Application.objects.get(org=self.org)

    @property
    def offices(self) -> list[Person]:
        """Those through whose hands an entry goes, in this order."""
        return [self.school_officer, self.district_officer, self.city_officer]

    @property
    def kind(self) -> str:
        return self.plan.disciplines[-1 if self.org.partner_kind else 0].code

    @property
    def stage(self) -> str:
        return self.plan.stages[0] if self.plan.stages else ""

    def answers(self) -> dict[str, Any]:
        return sample_answers(self.plan, self.kind, SHARE) | ENOUGH.get(self.plan.code, {})

    def others(self) -> list[Application]:
        """Entries of neighbours in the same division, as far as the one that is followed."""
        return [self._other(a_school(self.city.west)) for _n in range(OTHERS)]

    def _other(self, org: Org) -> Application:
        plan = self.plan
        facts: dict[str, Any] = {"members": None if plan.applicant == "team" else (), "title": org.name}
        if plan.applicant == "person":
            facts["person"] = a_pupil(org, grade=5) if plan.of_pupils else a_teacher(org)
        if plan.applicant == "organisation":
            org = a_partner(self.city.org, _partner_kind(plan))
            facts["title"] = org.name
        if plan.applicant in {"school", "organisation"}:
            facts["filled_by"] = org
        return an_application(
            self.call, org, state=self.entry.state, discipline=self.kind, stage=self.entry.stage, **facts
        )


def _partner_kind(plan: Programme) -> str:
    return next(kind for kind in plan.org_kinds if kind != "school")


def a_selection(plan: Programme) -> Selection:
    city = a_city()
    school = a_school(city.east)
    officers = {
        "city_officer": an_officer(Role.CITY_OFFICER, city.org, can_sign_in=True, name="陈市级"),
        "district_officer": an_officer(Role.DISTRICT_OFFICER, city.east, can_sign_in=True, name="李区级"),
        "school_officer": an_officer(Role.SCHOOL_OFFICER, school, can_sign_in=True, name="王校级"),
    }
    org, entrant, holder, guardian = school, officers["school_officer"], school.name, None
    if plan.applicant == "organisation":
        org = a_partner(city.org, _partner_kind(plan))
        entrant, holder = an_officer(Role.PARTNER_OFFICER, org, can_sign_in=True), org.name
    elif "engineer" in plan.roles:
        org = a_partner(city.org, "enterprise")
        entrant = an_officer(Role.ENGINEER, org, can_sign_in=True)
        holder = entrant.name
    elif plan.applicant == "person" and not plan.of_pupils:
        entrant = a_teacher(school, can_sign_in=True)
        holder = entrant.name
    elif plan.applicant in {"team", "person"}:
        entrant = a_pupil(school, grade=5, can_sign_in=True)
        guardian, holder = a_guardian(entrant, can_sign_in=True), entrant.name
    if plan.nominated:
        entrant = officers["city_officer"]
    scene = Selection(plan, city, org, entrant, holder, holder if plan.nominated else "", guardian, **officers)
    if plan.partner:
        beside = a_partner(city.org, next(kind for kind in plan.partner.kinds if kind != "school"), name="示范合作单位")
        scene.partner = an_officer(Role.PARTNER_OFFICER, beside, can_sign_in=True)
    fields = [kind.code for kind in plan.disciplines]
    for name in ("周教授", "吴教授", "郑教授"):
        person = an_expert(city.org, name=name, can_sign_in=True)
        scene.reviewers.append(add_reviewer(person, by=Actor.system(), fields=fields, stages=plan.stages))
    return scene


def step_window(step: str, number: int) -> tuple[datetime, datetime]:
    """When a step is open, by its code and place in the call: all begin now; those before the experts' end a week after one another."""
    now = clock.now()
    weeks = {"review": 8, "test": 8.5, "defence": 9, "notice": 10, "award": 12}.get(step, number + 1)
    return now - timedelta(hours=1), now + timedelta(weeks=weeks)
