"""Scenes for the review pages: a city call with entries in a round, its organiser, its experts; a defence with its panels."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from kechuang.base import clock
from kechuang.engine.models import Call, DecisionLine, Panel, Reviewer, ReviewRound
from kechuang.engine.reviews import actions
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from tests.factories.engine import a_call, a_city, a_reviewer, a_round, an_actor, an_application

SYSTEM = Actor.system()
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(actor.user, backend=BACKEND)
    return client


@dataclass
class Scene:
    """A round of the city's call, who runs it and who judges in it."""

    city: Any
    call: Call
    reviewers: list[Reviewer]
    round: ReviewRound
    organiser: Actor

    @property
    def args(self) -> list[str]:
        return [self.call.slug, self.round.code]

    def expert(self, number: int = 0) -> Client:
        return signed_in(Actor.of_person(self.reviewers[number].person))

    def officer(self) -> Client:
        return signed_in(self.organiser)


def a_scene(*, entries: int = 3, experts: int = 3, assigned: bool = True, **facts: Any) -> Scene:
    """`entries` screened works of four schools in an open first round, given to `experts`."""
    city = a_city()
    call = a_call(city)
    for number in range(entries):
        an_application(call, city.schools[number % len(city.schools)], **facts)
    reviewers = [a_reviewer(city, employer_name="示范研究院") for _ in range(experts)]
    round = a_round(call, reviewers, assigned=assigned and bool(reviewers))
    return Scene(city, call, reviewers, round, an_actor(Role.CITY_OFFICER, city.org))
