"""The demo city's organisations and people, made through the same actions that the pages use."""

from dataclasses import dataclass, field
from datetime import date

from kechuang.base.clock import today
from kechuang.base.names import romanised_place
from kechuang.console.demo.units import LINE, PARTNERS, SCHOOLS, UNITS
from kechuang.console.demo.works import invented_name
from kechuang.orgs.actions import (
    bind_guardian,
    create_org,
    create_person,
    create_pupil,
    grant_membership,
    load_consent_texts,
    record_consent,
)
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import OrgKind, Role, Stage, stage_of_grade
from kechuang.orgs.models import Org, Person

BUILDER = Actor.system("demo")
PURPOSES = ("entering", "publicity", "showcase", "media")


@dataclass
class School:
    org: Org
    officer: Actor
    teachers: list[Actor] = field(default_factory=list)
    pupils: dict[str, list[Person]] = field(default_factory=dict)


@dataclass
class DemoCity:
    org: Org
    units: dict[str, Org] = field(default_factory=dict)
    unit_officers: dict[str, Actor] = field(default_factory=dict)
    schools: dict[str, list[School]] = field(default_factory=dict)
    partners: list[Org] = field(default_factory=list)
    partner_officers: dict[int, Actor] = field(default_factory=dict)
    officer: Actor | None = None
    second_officer: Actor | None = None
    waiting_pupil: Person | None = None
    people: int = 0

    def next_name(self) -> str:
        self.people += 1
        return invented_name(self.people)

    def all_schools(self) -> list[School]:
        return [school for schools in self.schools.values() for school in schools]


def staff(city: DemoCity, username: str, role: Role, org: Org, *, title: str = "", name: str = "") -> Actor:
    """A person with an account (no usable password yet) and one role."""
    person = create_person(name=name or city.next_name(), username=username, by=BUILDER, is_demo=True)
    grant_membership(person, org, role, by=BUILDER, title=title, since=date(2020, 9, 1))
    return Actor.of(person.user)


def build() -> DemoCity:
    load_consent_texts()
    city = DemoCity(
        create_org(
            kind=OrgKind.CITY,
            code="4403",
            name="深圳市教育局",
            name_en="Shenzhen Municipal Education Bureau",
            short_name="市教育局",
            gb2260="440300",
            by=BUILDER,
            is_demo=True,
        )
    )
    city.officer = staff(city, "city", Role.CITY_OFFICER, city.org, title="赛事管理")
    city.second_officer = staff(city, "city2", Role.CITY_OFFICER, city.org, title="复核")
    for code, name, gb2260 in UNITS:
        _add_unit(city, code, name, gb2260)
    for number, (name, kind) in enumerate(PARTNERS, 1):
        city.partners.append(
            create_org(
                kind=OrgKind.PARTNER,
                code=f"P{number:03d}",
                name=name,
                parent=city.org,
                partner_kind=kind,
                by=BUILDER,
                is_demo=True,
            )
        )
    return city


def _add_unit(city: DemoCity, code: str, name: str, gb2260: str) -> None:
    is_line = code == LINE
    title = name if is_line else f"{name}教育局"
    place = romanised_place(name)
    name_en = "Schools Directly under the City" if is_line else f"{place} Education Bureau"
    unit = create_org(kind=OrgKind.DISTRICT, code=code, name=title, name_en=name_en, short_name=name, parent=city.org, gb2260=gb2260, is_line=is_line,
                      by=BUILDER, is_demo=True)  # fmt: skip
    city.units[code] = unit
    city.unit_officers[code] = staff(city, f"district-{code.lower()}", Role.DISTRICT_OFFICER, unit, title="科创专干")
    prefix = "市属" if is_line else name.removesuffix("区").removesuffix("新区").removesuffix("特别合作")
    city.schools[code] = [
        _add_school(city, unit, n, prefix + school, kind, f"{'City' if is_line else place.split()[0]} {english}")
        for n, (school, kind, english) in enumerate(SCHOOLS, 1)
    ]


def _add_school(city: DemoCity, unit: Org, number: int, name: str, kind: str, name_en: str) -> School:
    code = f"{unit.code}-{number:02d}"
    org = create_org(kind=OrgKind.SCHOOL, code=code, name=name, name_en=name_en, parent=unit, school_kind=kind,
                     ownership="private" if number == 4 else "public", by=BUILDER, is_demo=True)  # fmt: skip
    school = School(org, staff(city, f"school-{code.lower()}", Role.SCHOOL_OFFICER, org, title="教务处"))
    school.teachers = [staff(city, f"teacher-{code.lower()}-{n}", Role.TEACHER, org) for n in (1, 2)]
    for stage in org.stages:
        school.pupils[stage] = [_add_pupil(city, org, stage, n) for n in range(8)]
    return school


GRADES = {Stage.PRIMARY: (5, 6), Stage.JUNIOR: (7, 8), Stage.SENIOR: (10, 11)}


def _add_pupil(city: DemoCity, school: Org, stage: str, number: int) -> Person:
    grade = GRADES[Stage(stage)][number % 2]
    born = date(today().year - grade - 6, 2 + number, 11)
    return create_pupil(name=city.next_name(), school=school, grade=grade, class_name=f"{number % 3 + 1}班", birth_on=born,
                        enrol_year=today().year - (grade - 1) % 6, is_demo=True, by=BUILDER)  # fmt: skip


def consent_of_team(city: DemoCity, pupils: list[Person], purposes: tuple[str, ...] = PURPOSES) -> None:
    """Guardians of those under 14, and the pupils themselves from 14 on, say yes."""
    for pupil in pupils:
        age = pupil.pupil.age_on(today())
        by = Actor.of(pupil.user) if age is not None and age >= 14 else guardian_of(city, pupil)
        for purpose in purposes:
            record_consent(pupil, purpose, by=by)


def guardian_of(city: DemoCity, pupil: Person) -> Actor:
    bond = pupil.guardianships.select_related("guardian__user").first()
    if bond is None:
        guardian = create_person(
            name=city.next_name(), username=f"guardian-{pupil.user.username.lower()}", by=BUILDER, is_demo=True
        )
        bond = bind_guardian(guardian, pupil, "mother", by=BUILDER)
    return Actor.of(bond.guardian.user)


def stage_of(pupil: Person) -> str:
    return stage_of_grade(pupil.pupil.grade)
