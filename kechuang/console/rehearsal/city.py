"""The scratch city of a rehearsal: twelve reporting units, one school per delegation, officers who really hold their roles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kechuang.console.rehearsal.people import an_account
from kechuang.engine.programme.declaration import Discipline
from kechuang.engine.reviews.actions.pool import NewReviewer, Post, add_reviewers
from kechuang.engine.reviews.models import Reviewer
from kechuang.orgs.actions import create_org
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import OrgKind, Role
from kechuang.orgs.models import Org

UNITS = 12


@dataclass
class ScratchCity:
    city: Org
    officer: Actor
    reconsiderer: Actor
    districts: list[Org] = field(default_factory=list)
    district_officers: list[Actor] = field(default_factory=list)
    schools: dict[str, Org] = field(default_factory=dict)
    school_officers: dict[int, Actor] = field(default_factory=dict)

    def school_of(self, cells: Mapping[str, str]) -> Org | str:
        """The school that stands for the row's country and region."""
        return self.schools[delegation_of(cells)]


def delegation_of(cells: Mapping[str, str]) -> str:
    return f"{cells.get('school', '')}|{cells.get('country', '')}|{cells.get('region', '')}"


def build_city(delegations: Iterable[str]) -> ScratchCity:
    """Organisations and officers, through the same actions that the pages use."""
    builder = Actor.system("rehearse")
    city = create_org(kind=OrgKind.CITY, code="R", name="演练市", by=builder)
    scratch = ScratchCity(
        city,
        an_account("city", "演练市级管理员", Role.CITY_OFFICER, city),
        an_account("city2", "演练复核员", Role.CITY_OFFICER, city),
    )
    for number in range(1, UNITS + 1):
        is_line = number == UNITS
        name = "演练市直属学校" if is_line else f"演练第{number}区"
        district = create_org(
            kind=OrgKind.DISTRICT, code=f"R{number:02d}", name=name, parent=city, is_line=is_line, by=builder
        )
        scratch.districts.append(district)
        scratch.district_officers.append(
            an_account(f"district{number}", f"{name}管理员", Role.DISTRICT_OFFICER, district)
        )
    for number, delegation in enumerate(sorted(set(delegations))):
        _add_school(scratch, number, delegation, builder)
    return scratch


def _add_school(scratch: ScratchCity, number: int, delegation: str, builder: Actor) -> None:
    name = f"示范第{number + 1}学校"
    school = create_org(
        kind=OrgKind.SCHOOL, code=f"RS{number + 1:04d}", name=name, parent=scratch.districts[number % UNITS],
        school_kind="twelve_year", stages=["primary", "junior", "senior"], ownership="public", by=builder,
    )  # fmt: skip
    scratch.schools[delegation] = school
    scratch.school_officers[school.pk] = an_account(f"school{number + 1}", f"{name}管理员", Role.SCHOOL_OFFICER, school)


def hire_experts(
    scratch: ScratchCity, count: int, demand: Mapping[str, int], disciplines: Mapping[str, Discipline]
) -> list[Reviewer]:
    """`count` experts over the disciplines in proportion to their entries; every other one is employed at a school that enters."""
    schools = list(scratch.schools.values())
    order = _shares(demand, count)
    rows = []
    for number, code in enumerate(order):
        employer = schools[number % len(schools)] if number % 2 else scratch.city
        account = an_account(f"expert{number + 1}", f"演练专家{number + 1}", Role.EXPERT, scratch.city)
        fields = (code, *disciplines[code].near[:1])
        rows.append(
            NewReviewer(
                account.person, fields, employer_name=employer.name, affiliations=(Post(employer),), max_load=60
            )
        )
    return add_reviewers(rows, by=scratch.officer)


def _shares(demand: Mapping[str, int], count: int) -> list[str]:
    """Largest remainders: at least four experts a discipline, so that three can always be found."""
    total = sum(demand.values())
    codes = sorted(demand)
    wanted = {code: max(4, round(count * demand[code] / total)) for code in codes}
    return [code for code in codes for _n in range(wanted[code])]
