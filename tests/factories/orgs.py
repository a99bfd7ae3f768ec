"""A small city for tests: one function per thing, made through the same actions that the pages use.

city = a_city()                      # 市教育局, districts 示范东区/西区/南区, the line of city schools
school = a_school(district=city.east)
pupil = a_pupil(school=school, grade=8)
officer = an_officer("district_officer", city.east)
actor = actor_for(officer)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from kechuang.base import checksums, clock
from kechuang.orgs.actions import (
    bind_guardian,
    create_org,
    create_person,
    create_pupil,
    grant_membership,
    load_consent_texts,
    record_consent,
    record_identifiers,
)
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import OrgKind, PartnerKind, Role, SchoolKind
from kechuang.orgs.models import Org, Person

SYSTEM = Actor.system("tests")
PASSWORD = "Kechuang-2026-Test"
PIN = "482915"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = ("子涵", "宇轩", "欣怡", "浩然", "梓萱", "思远", "嘉怡", "俊杰", "雨桐", "明哲", "诗涵", "天佑")

_numbers = count(1)


def a_name() -> str:
    n = next(_numbers)
    return SURNAMES[n % len(SURNAMES)] + GIVEN[n % len(GIVEN)]


def a_resident_id(birth_on: date, area: str = "440305", sequence: int | None = None) -> str:
    """A number that passes the check of GB 11643 and belongs to nobody in particular."""
    first17 = f"{area}{birth_on:%Y%m%d}{(sequence if sequence is not None else next(_numbers)) % 1000:03d}"
    return first17 + checksums.resident_check_digit(first17)


def a_school_code(prefix: str = "3144") -> str:
    return f"{prefix}{next(_numbers):06d}"


@dataclass(frozen=True)
class City:
    org: Org
    east: Org
    west: Org
    south: Org
    line: Org

    @property
    def districts(self) -> list[Org]:
        return [self.east, self.west, self.south]


def a_city(code: str = "440300", name: str = "示范市教育局") -> City:
    org = create_org(kind=OrgKind.CITY, code=code, name=name, short_name="示范市", by=SYSTEM)
    east, west, south = (a_district(org, f"示范{word}区") for word in "东西南")
    line = create_org(kind=OrgKind.DISTRICT, code=f"{code}Z", name="市直属学校", parent=org, is_line=True, by=SYSTEM)
    load_consent_texts()
    return City(org, east, west, south, line)


def a_district(city: Org, name: str = "", **facts: Any) -> Org:
    n = next(_numbers)
    facts.setdefault("code", f"4403{n:04d}")
    return create_org(kind=OrgKind.DISTRICT, name=name or f"示范{n}区", parent=city, by=SYSTEM, **facts)


def a_school(district: Org | None = None, kind: str = SchoolKind.TWELVE_YEAR, **facts: Any) -> Org:
    """A twelve-year school unless told otherwise, so any grade fits."""
    n = next(_numbers)
    facts = {
        "code": f"S{n:06d}",
        "name": f"示范第{n}学校",
        "ownership": "public",
        "school_code": a_school_code(),
    } | facts
    parent = district or Org.objects.filter(kind=OrgKind.DISTRICT).first() or a_city().east
    return create_org(kind=OrgKind.SCHOOL, school_kind=kind, parent=parent, by=SYSTEM, **facts)


def a_campus(school: Org, **facts: Any) -> Org:
    n = next(_numbers)
    facts = {"code": f"C{n:06d}", "name": f"第{n}校区"} | facts
    return create_org(kind=OrgKind.CAMPUS, parent=school, by=SYSTEM, **facts)


def a_group(district: Org, **facts: Any) -> Org:
    n = next(_numbers)
    facts = {"code": f"G{n:06d}", "name": f"示范教育集团{n}"} | facts
    return create_org(kind=OrgKind.GROUP, parent=district, by=SYSTEM, **facts)


def a_partner(city: Org, kind: str = PartnerKind.UNIVERSITY, **facts: Any) -> Org:
    n = next(_numbers)
    facts = {"code": f"P{n:06d}", "name": f"示范大学{n}"} | facts
    return create_org(kind=OrgKind.PARTNER, partner_kind=kind, parent=city, by=SYSTEM, **facts)


def a_delegation(city: Org, **facts: Any) -> Org:
    n = next(_numbers)
    facts = {"code": f"D{n:06d}", "name": f"示范{n}代表团"} | facts
    return create_org(kind=OrgKind.DELEGATION, parent=city, by=SYSTEM, **facts)


def a_birthday(grade: int) -> date:
    """The usual age in a grade: seven and a half in the first."""
    today = clock.today()
    return date(today.year - 6 - grade, 3, 15)


def a_pupil(school: Org | None = None, grade: int = 8, *, can_sign_in: bool = False, **facts: Any) -> Person:
    """Grade 8 is 14 years old and answers for itself; grade 4 needs a guardian. `can_sign_in` sets PIN."""
    facts = {"name": a_name(), "class_name": "1班", "birth_on": a_birthday(grade)} | facts
    pupil = create_pupil(school=school or a_school(), grade=grade, by=SYSTEM, **facts)
    return _with_password(pupil, PIN) if can_sign_in else pupil


def a_guardian(pupil: Person, relation: str = "mother", *, confirmed: bool = True, **facts: Any) -> Person:
    guardian = a_person(**facts)
    bind_guardian(guardian, pupil, relation, confirmed=confirmed, by=SYSTEM)
    return guardian


def a_person(*, can_sign_in: bool = False, **facts: Any) -> Person:
    """Somebody with an account and no role yet."""
    facts = {"name": a_name(), "username": f"user{next(_numbers)}"} | facts
    person = create_person(by=SYSTEM, **facts)
    return _with_password(person, PASSWORD) if can_sign_in else person


def a_teacher(school: Org | None = None, **facts: Any) -> Person:
    return an_officer(Role.TEACHER, school or a_school(), **facts)


def an_expert(city: Org, **facts: Any) -> Person:
    return an_officer(Role.EXPERT, city, **facts)


def an_officer(role: str, org: Org, *, until: date | None = None, since: date | None = None, **facts: Any) -> Person:
    """A person with a role at an organisation: any role, `an_officer("school_officer", school)`."""
    person = a_person(**facts)
    grant_membership(person, org, role, since=since, until=until, by=SYSTEM)
    return person


def _with_password(person: Person, password: str) -> Person:
    assert person.user
    person.user.set_password(password)
    person.user.save()
    return person


def actor_for(person: Person) -> Actor:
    return Actor.of_person(person)


def has_agreed(pupil: Person, *purposes: str) -> None:
    """The consents a competition asks for, given by whom the law names at the pupil's age."""
    age = pupil.pupil.age_on(clock.today())
    answerer = pupil if age is not None and age >= 14 else a_guardian(pupil)
    for purpose in purposes or ("entering", "publicity", "showcase"):
        record_consent(pupil, purpose, by=actor_for(answerer))


def a_xueji(birth_on: date) -> str:
    """A 学籍号 of the G form: G and a resident ID."""
    return f"G{a_resident_id(birth_on)}"


def with_xueji(pupil: Person) -> str:
    """Give a pupil a 学籍号 and return it, as the family would bring it to a new school."""
    number = a_xueji(pupil.pupil.birth_on or date(2012, 5, 6))
    record_identifiers(pupil, by=SYSTEM, org=pupil.pupil.school, xueji=number)
    return number
