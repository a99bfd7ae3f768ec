"""Scenes for the review pages: a city call with entries in a round, its organiser, its experts; a defence with panels."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from kechuang.base import clock
from kechuang.engine.decisions.actions import finalise_decision, propose_decision
from kechuang.engine.models import Call, Reviewer, ReviewRound
from kechuang.engine.reviews import actions
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Person
from tests.factories.engine import Ground, a_call, a_ground, a_reviewer, a_round, an_application, closed, scored
from tests.factories.orgs import an_officer

SYSTEM = Actor.system()
BACKEND = "kechuang.orgs.signin.accounts.Accounts"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.user, backend=BACKEND)
    return client


@dataclass
class Scene:
    """A round of the city's call, who runs it and who judges in it."""

    city: Ground
    call: Call
    reviewers: list[Reviewer]
    round: ReviewRound
    organiser: Person

    @property
    def args(self) -> list[str]:
        return [self.call.slug, self.round.code]

    def expert(self, number: int = 0) -> Client:
        return signed_in(self.reviewers[number].person)

    def officer(self) -> Client:
        return signed_in(self.organiser)


def a_scene(*, entries: int = 3, experts: int = 3, assigned: bool = True, **facts: Any) -> Scene:
    """`entries` screened works of four schools in an open first round, given to `experts`."""
    city = a_ground()
    call = a_call(city)
    for number in range(entries):
        an_application(call, city.schools[number % len(city.schools)], **facts)
    reviewers = [a_reviewer(city, employer_name="示范研究院") for _ in range(experts)]
    round = a_round(call, reviewers, assigned=assigned and bool(reviewers))
    return Scene(city, call, reviewers, round, an_officer(Role.CITY_OFFICER, city.org))


def a_defence(*, entries: int = 5, panels: int = 1, built: bool = True) -> Scene:
    """The defence of what the first round shortlisted (three of five), with panels of two experts and their timetable."""
    scene = a_scene(entries=entries)
    closed(scored(scene.round, lambda row: 0.9 - 0.01 * row.entry_id % 0.3))
    finalise_decision(propose_decision(scene.round, "shortlist", by=SYSTEM), by=SYSTEM)
    defence = actions.open_round(scene.call, "defence", by=SYSTEM, seed=1)
    experts = [a_reviewer(scene.city) for _ in range(2 * panels)]
    for n in range(panels):
        actions.create_panel(
            defence, name=f"第{n + 1}组", room=f"{n + 1}01 室", reviewers=experts[2 * n : 2 * n + 2], by=SYSTEM
        )
    if built and panels:
        morning = timezone.localtime(clock.now() + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
        actions.build_timetable(defence, start=morning, by=SYSTEM)
    return Scene(scene.city, scene.call, experts, defence, scene.organiser)
