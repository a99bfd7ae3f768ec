"""A judged competition and the people who open its public pages."""

from dataclasses import dataclass
from datetime import date

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from kechuang.base import clock
from kechuang.engine.publicity.actions import draft_notice, publish_notice
from kechuang.engine.publicity.models import PublicNotice
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Membership, Org, Person
from kechuang.orgs.signin.adapters import factors_of, needs_factor
from tests.engine.honours import DAY, Competition, make_actor, make_guardian, make_person

BACKEND = "kechuang.orgs.signin.accounts.Accounts"


@dataclass
class People:
    """Everybody of the permission matrix around the first entry of a competition."""

    clients: dict[str, Client]

    def __getitem__(self, name: str) -> Client:
        return self.clients[name]


def signed_in(actor: Actor | None) -> Client:
    """A browser, signed in with the second factor where the role demands it."""
    client = Client()
    if actor is not None:
        if needs_factor(actor) and not factors_of(actor.user).exists():
            TOTP.activate(actor.user, generate_totp_secret())
        client.force_login(actor.user, backend=BACKEND)
    return client


def people_around(competition: Competition) -> People:
    city, school = competition.city, competition.school
    elsewhere = Org.objects.create(kind="district", code="440399", name="北山区教育局", parent=city)
    away = Org.objects.create(kind="school", code="S9", name="北山学校", parent=elsewhere, school_kind="twelve_year")
    pupil = competition.entries[0].members.first().person
    adviser = competition.entries[0].advisers.first()
    actors = {
        "anonymous": None,
        "pupil": Actor.of(pupil.user),
        "teacher": Actor.of(adviser.person.user) if adviser else make_actor("教师", school, "teacher"),
        "other_teacher": make_actor("他校教师", away, "teacher"),
        "guardian": make_guardian(pupil, school),
        "school": make_actor("学校管理员", school, "school_officer"),
        "other_school": make_actor("他校管理员", away, "school_officer"),
        "district": make_actor("区管理员", school.parent, "district_officer"),
        "other_district": make_actor("他区管理员", elsewhere, "district_officer"),
        "city": competition.officer,
        "expert": make_actor("专家", city, "expert"),
        "inspector": make_actor("督导", city, "inspector"),
        "auditor": make_actor("审计", city, "auditor"),
        "operator": make_actor("系统管理员", city, "system_admin"),
        "security": make_actor("安全管理员", city, "security_admin"),
    }
    return People({name: signed_in(actor) for name, actor in actors.items()})


def published(competition: Competition) -> PublicNotice:
    with clock.travel(DAY):
        return publish_notice(draft_notice(competition.decision, by=competition.officer), by=competition.officer)


def a_user(name: str = "甲", *, password: str = "", **facts) -> Person:
    person = make_person(name)
    for field, value in facts.items():
        setattr(person.user, field, value)
    if password:
        person.user.set_password(password)
    person.user.save()
    return person


def give_role(person: Person, org: Org, role: str) -> None:
    Membership.objects.create(person=person, org=org, role=role, since=date(2020, 1, 1))
