"""Rows of the engine for tests: a small city with a published call, entries in any state, experts and rounds.

Every factory makes something that works by itself and takes what the test wants to say. State is written directly: how
an application came to it is the subject of other tests. Rounds are opened, staffed and scored by the real actions.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from typing import Any

from kechuang.base import clock
from kechuang.base.models import StoredFile
from kechuang.engine.applications.models import Adviser, Application, Attachment, TeamMember
from kechuang.engine.applications.rules import division_of
from kechuang.engine.calls.models import Call
from kechuang.engine.programme import codec
from kechuang.engine.programme.declaration import Programme, Rubric
from kechuang.engine.programme.registry import PROGRAMMES
from kechuang.engine.reviews import actions
from kechuang.engine.reviews.models import Assignment, Reviewer, ReviewRound
from kechuang.engine.reviews.rules import ScoreSheet
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import OrgKind, PartnerKind, Role, SchoolKind
from kechuang.orgs.models import Membership, Org, Person, PupilRecord, User

_numbers = count(1)
LONG_AGO = date(2020, 9, 1)
COMMENT = "选题有新意，实验设计合理，数据充分。"


@dataclass
class City:
    """One city, two districts, two schools in each, and a university."""

    org: Org
    districts: list[Org]
    schools: list[Org]
    university: Org


def a_city() -> City:
    n = next(_numbers)
    org = Org.objects.create(kind=OrgKind.CITY, code=f"C{n}", name=f"科创市{n}")
    districts = [
        Org.objects.create(kind=OrgKind.DISTRICT, code=f"C{n}D{d}", name=f"第{d}区", parent=org) for d in (1, 2)
    ]
    schools = [a_school(district, name=f"{district.name}第{k}中学") for district in districts for k in (1, 2)]
    university = Org.objects.create(
        kind=OrgKind.PARTNER, partner_kind=PartnerKind.UNIVERSITY, code=f"C{n}U", name=f"科创大学{n}", parent=org
    )
    return City(org, districts, schools, university)


def a_school(district: Org, *, name: str = "", **facts: Any) -> Org:
    n = next(_numbers)
    words = {"school_kind": SchoolKind.COMPLETE, "name": name or f"第{n}中学"} | facts
    return Org.objects.create(kind=OrgKind.SCHOOL, code=f"S{n}", parent=district, **words)


def a_person(name: str = "", *, user: bool = True) -> Person:
    n = next(_numbers)
    account = User.objects.create(username=f"u{n}", password="!") if user else None
    return Person.objects.create(name=name or f"某人{n}", user=account)


def a_pupil(school: Org, name: str = "", *, user: bool = True) -> Person:
    """Somebody who learns at `school`."""
    person = a_person(name, user=user)
    PupilRecord.objects.create(person=person, school=school, grade=11)
    Membership.objects.create(person=person, org=school, role=Role.PUPIL, since=LONG_AGO)
    return person


def an_actor(role: str, org: Org, *, name: str = "") -> Actor:
    """Somebody who holds `role` at `org`."""
    person = a_person(name)
    Membership.objects.create(person=person, org=org, role=role, since=LONG_AGO)
    return Actor.of(person.user)


def actor_of(person: Person) -> Actor:
    return Actor.of(person.user)


def a_plan(**changes: Any) -> Programme:
    """The contest's declaration with some fields replaced."""
    return replace(PROGRAMMES["innovation_contest"], **changes)


def a_call(city: City | None = None, *, state: str = "published", plan: Programme | None = None, **facts: Any) -> Call:
    """A published call of the city, in its application window."""
    city, now, n = city or a_city(), clock.now(), next(_numbers)
    declaration = codec.to_json(plan or a_plan())
    published = {} if state == "draft" else {"published_at": now, "published_by": _publisher()}
    defaults = {
        "title": f"第{n}届科技创新大赛",
        "year": now.year,
        "opens_at": now - timedelta(days=30),
        "closes_at": now + timedelta(days=30),
        "declaration_digest": codec.digest(declaration),
    }
    return Call.objects.create(
        programme_code="innovation_contest",
        org=city.org,
        slug=f"call-{n}",
        state=state,
        declaration=declaration,
        **(defaults | published | facts),
    )


def _publisher() -> User:
    return User.objects.create(username=f"publisher{next(_numbers)}", password="!")


def an_application(
    call: Call,
    org: Org,
    *,
    state: str = "screened",
    discipline: str = "PH",
    stage: str = "senior",
    members: Iterable[Person] | None = None,
    advisers: Iterable[Person] = (),
    answers: dict[str, Any] | None = None,
    **facts: Any,
) -> Application:
    """An entry of `org` in `state`, with one pupil unless told otherwise."""
    n, now = next(_numbers), clock.now()
    sent = {} if state == "draft" else {"submitted_at": now, "receipt_no": f"R{n:05d}"}
    application = Application.objects.create(
        call=call, org=org, state=state, public_id=f"app{n}", stage=stage, discipline=discipline,
        division=division_of(call.plan, stage, discipline), answers=answers or {},
        **({"title": f"作品{n}", "abstract": "摘要"} | sent | facts),
    )  # fmt: skip
    people = [a_pupil(org, user=False)] if members is None else list(members)
    TeamMember.objects.bulk_create(
        [TeamMember(application=application, call=call, person=p, school=org, grade=11, is_live=True) for p in people]
    )
    Adviser.objects.bulk_create([Adviser(application=application, person=person) for person in advisers])
    return application


def an_attachment(application: Application, question: str, name: str = "报告.pdf") -> Attachment:
    stored = StoredFile.objects.create(name=name, kind="pdf", content_type="application/pdf", size=10, sha256="0" * 64)
    return Attachment.objects.create(application=application, question=question, stored=stored, caption=name)


def a_reviewer(
    city: City, *, name: str = "", fields: Iterable[str] = ("PH",), stages: Iterable[str] = ("senior",), **words: Any
) -> Reviewer:
    """An expert of the pool with an account and the role."""
    person = a_person(name)
    Membership.objects.create(person=person, org=city.org, role=Role.EXPERT, since=LONG_AGO)
    return actions.add_reviewer(person, by=Actor.system(), fields=fields, stages=stages, **words)


def a_round(
    call: Call, reviewers: Iterable[Reviewer] = (), *, code: str = "preliminary", assigned: bool = False, seed: int = 1
) -> ReviewRound:
    """An open round over the entries that are due, with `reviewers` on it; `assigned` gives them their entries."""
    system = Actor.system()
    round = actions.open_round(call, code, by=system, seed=seed)
    reviewers = list(reviewers)
    if reviewers:
        actions.invite_reviewers(round, reviewers, by=system)
    if assigned:
        actions.find_conflicts(round, by=system)
        actions.assign_reviewers(round, by=system)
    return round


def a_sheet(rubric: Rubric, share: float = 0.8, **words: Any) -> ScoreSheet:
    """A complete sheet that gives `share` of every criterion."""
    marks = {criterion.code: round(criterion.points * share * 2) / 2 for criterion in rubric.criteria}
    gates = {gate.code: True for gate in rubric.gates}
    return ScoreSheet(**({"marks": marks, "gates": gates, "comment": COMMENT, "feedback": "继续加油"} | words))


def scored(round: ReviewRound, share: Callable[[Assignment], float] = lambda row: 0.8) -> ReviewRound:
    """Submit every pending sheet of the round; `share` says how good an expert finds an entry."""
    rows = round.assignments.pending().select_related("entry__application")
    plan = round.call.plan
    sheets = {row.pk: a_sheet(plan.rubric_for(row.entry.application.stage), share(row)) for row in rows}
    actions.submit_scores(round, sheets, by=Actor.system())
    return round


def closed(round: ReviewRound) -> ReviewRound:
    return actions.close_round(round, by=Actor.system())
