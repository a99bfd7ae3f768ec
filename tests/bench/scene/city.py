"""The city: twelve reporting units, their schools, officers, advisers and experts, made by the actions that the pages use."""

from __future__ import annotations

from dataclasses import dataclass, field

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password

from kechuang.base import clock
from kechuang.base.crypto import encrypt
from kechuang.engine.reviews.actions.pool import NewReviewer, Post, add_reviewers
from kechuang.engine.reviews.models import Reviewer
from kechuang.orgs.actions import create_org, create_person, grant_membership, load_consent_texts
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import OrgKind, Role
from kechuang.orgs.models import Membership, Org, Person, User
from tests.bench.scene.words import Writer

UNITS = (
    "罗湖区",
    "福田区",
    "南山区",
    "宝安区",
    "龙岗区",
    "盐田区",
    "龙华区",
    "坪山区",
    "光明区",
    "大鹏新区",
    "深汕特别合作区",
    "市直属学校",
)
SCHOOLS_PER_UNIT = 20
TEACHERS_PER_SCHOOL = 4
BUILDER = Actor.system("bench")


@dataclass
class City:
    org: Org
    officer: Actor
    districts: list[Org] = field(default_factory=list)
    schools: list[Org] = field(default_factory=list)
    school_officers: dict[int, Actor] = field(default_factory=dict)
    district_officers: dict[int, Actor] = field(default_factory=dict)
    teachers: dict[int, list[Person]] = field(default_factory=dict)
    reviewers: list[Reviewer] = field(default_factory=list)


def build(experts: int, writer: Writer) -> City:
    load_consent_texts()
    org = create_org(kind=OrgKind.CITY, code="440300", name="示范市教育局", short_name="示范市", by=BUILDER)
    city = City(org, account("city", "陈市级", Role.CITY_OFFICER, org))
    for number, name in enumerate(UNITS):
        _build_unit(city, number, name)
    _hire_teachers(city, writer)
    _hire_experts(city, experts, writer)
    _second_factors()
    return city


def account(username: str, name: str, role: Role, org: Org) -> Actor:
    person = create_person(name=name, username=username, by=BUILDER)
    grant_membership(person, org, role, by=BUILDER)
    return Actor.of(person.user)


def _build_unit(city: City, number: int, name: str) -> None:
    district = create_org(
        kind=OrgKind.DISTRICT, code=f"U{number:02d}", name=name, parent=city.org, is_line=name == UNITS[-1], by=BUILDER
    )
    city.districts.append(district)
    city.district_officers[district.pk] = account(f"district{number}", f"{name}管理员", Role.DISTRICT_OFFICER, district)
    for place in range(SCHOOLS_PER_UNIT):
        school = create_org(
            kind=OrgKind.SCHOOL, code=f"S{number:02d}{place:02d}", name=f"{name}第{place + 1}示范学校", short_name=f"{name}{place + 1}校",
            parent=district, school_kind="twelve_year", stages=["primary", "junior", "senior"], ownership="public", by=BUILDER,
        )  # fmt: skip
        city.schools.append(school)
        city.school_officers[school.pk] = account(
            f"school{number}-{place}", f"{school.short_name}管理员", Role.SCHOOL_OFFICER, school
        )


def people(
    prefix: str, names: list[str], roles: list[tuple[Org, Role]], first: int = 0, **facts: object
) -> list[Person]:
    """Many people with accounts and one role each, in three inserts. Their names end in numbers from `first` on."""
    secret = make_password(None)
    users = [User(username=f"{prefix}{first + n}", password=secret, **facts) for n in range(len(names))]
    User.objects.bulk_create(users, batch_size=2000)
    found = [Person(name=name, user=user) for name, user in zip(names, users, strict=True)]
    Person.objects.bulk_create(found, batch_size=2000)
    since = clock.today()
    Membership.objects.bulk_create(
        [
            Membership(person=person, org=org, role=role, since=since)
            for person, (org, role) in zip(found, roles, strict=True)
        ],
        batch_size=2000,
    )
    return found


def _hire_teachers(city: City, writer: Writer) -> None:
    places = [school for school in city.schools for _n in range(TEACHERS_PER_SCHOOL)]
    found = people("teacher", [writer.name() for _ in places], [(school, Role.TEACHER) for school in places])
    for school, teacher in zip(places, found, strict=True):
        city.teachers.setdefault(school.pk, []).append(teacher)


def _hire_experts(city: City, count: int, writer: Writer) -> None:
    found = people("expert", [writer.name() for _ in range(count)], [(city.org, Role.EXPERT)] * count)
    rows = [
        NewReviewer(person, ("PH", "CS"), ("primary", "junior", "senior"), employer_name="示范大学", max_load=90,
                    affiliations=(Post(city.schools[n % len(city.schools)]),))
        for n, person in enumerate(found)
    ]  # fmt: skip
    city.reviewers = add_reviewers(rows, by=city.officer)


def _second_factors() -> None:
    """Production asks officers and experts for one, so they have one."""
    held = Membership.objects.filter(role__in=[Role.CITY_OFFICER, Role.DISTRICT_OFFICER, Role.EXPERT])
    secret = encrypt("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    Authenticator.objects.bulk_create(
        [
            Authenticator(user_id=user, type="totp", data={"secret": secret})
            for user in held.values_list("person__user_id", flat=True)
        ],
        batch_size=2000,
    )
