"""Rows of the engine for tests: a small city with a published call, entries in any state, experts and rounds.

Every factory makes something that works by itself and takes what the test wants to say. State is written directly: how
an application came to it is the subject of other tests. Rounds are opened, staffed and scored by the real actions.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any

from kechuang.base import clock
from kechuang.base.models import StoredFile
from kechuang.engine.applications import tallies
from kechuang.engine.applications.models import Adviser, Application, Attachment, TeamMember
from kechuang.engine.applications.rules import division_of
from kechuang.engine.calls.models import Call
from kechuang.engine.programme import codec
from kechuang.engine.programme.declaration import (
    Discipline,
    HonourLevel,
    HonourPlan,
    Prize,
    PrizePlan,
    Programme,
    Question,
    ReportPlan,
    Rubric,
    Section,
    Target,
)
from kechuang.engine.programme.registry import PROGRAMMES
from kechuang.engine.reviews import actions
from kechuang.engine.reviews.models import Assignment, Reviewer, ReviewRound
from kechuang.engine.reviews.rules import ScoreSheet
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org, Person, User
from tests.factories.orgs import a_city, a_partner, a_person, a_pupil, a_school, actor_for, an_expert, an_officer

_numbers = count(1)
COMMENT = "选题有新意，实验设计合理，数据充分。"


@dataclass
class Ground:
    """A city for a contest: three districts, two schools in each of the first two, a university."""

    org: Org
    districts: list[Org]
    schools: list[Org]
    university: Org


def a_ground() -> Ground:
    n = next(_numbers)
    city = a_city(code=f"44{n:04d}", name=f"科创市{n}教育局")
    schools = [a_school(district) for district in (city.east, city.west) for _k in range(2)]
    return Ground(city.org, city.districts, schools, a_partner(city.org))


def an_actor(role: str, org: Org) -> Actor:
    """Somebody who holds `role` at `org`."""
    return actor_for(an_officer(role, org))


def a_plan(**changes: Any) -> Programme:
    """The contest's declaration with some fields replaced."""
    return replace(PROGRAMMES["innovation_contest"], **changes)


def plan_for(applicant: str, **changes: Any) -> Programme:
    """The contest's declaration turned to another applicant: one kind, one form, no team."""
    facts = {
        "applicant": applicant, "consents": (), "pledges": (), "stages": (), "workflow": "district_city", "district_workflow": "direct",
        "disciplines": (Discipline("MAIN", "综合", "General"),), "form": (Section("s", "概况", (Question("plan", "规划"),)),),
        "rubrics": (replace(a_plan().rubrics[0], stages=()),),
    }  # fmt: skip
    return a_plan(**facts | changes)


YEARLY = ReportPlan(
    "year", "年度报告",
    (Section("s", "自评与打算", (Question("visits", "本年度接待学生人次", "number", minimum=0), Question("best", "做得好的", "long_text"), Question("photos", "活动照片", "files", required_from="", file_types=("jpg", "png"), max_files=2))),),
)  # fmt: skip
TITLES = HonourPlan(
    (HonourLevel("city", "市级示范校", "City model school"), HonourLevel("district", "区级示范校", "District model school", "district")),
    targets=(Target("district", share=0.3, of="schools"), Target("city", count=2)),
)  # fmt: skip


def a_title_plan(applicant: str = "school", **changes: Any) -> Programme:
    """Schools apply whenever they like and are granted a title of the city or the district."""
    facts = {
        "workflow": "granted", "district_workflow": "granted", "rounds": (), "rolling": True, "needs_approval_number": False, "honour": TITLES,
        "prizes": PrizePlan((Prize("city", "市级示范校", "City", least=85), Prize("district", "区级示范校", "District", least=75)), cap=1),
    }  # fmt: skip
    return plan_for(applicant, **facts | changes)


def a_call(
    city: Ground | None = None, *, state: str = "published", plan: Programme | None = None, **facts: Any
) -> Call:
    """A published call of the city, in its application window."""
    city, now, n = city or a_ground(), clock.now(), next(_numbers)
    declaration = codec.to_json(plan or a_plan())
    digest = codec.digest(declaration)
    codec.of_digest(digest, lambda: declaration)  # as in a process that has served it before
    published = {} if state == "draft" else {"published_at": now, "published_by": _publisher()}
    defaults = {
        "org": city.org,
        "title": f"第{n}届科技创新大赛",
        "year": now.year,
        "opens_at": now - timedelta(days=30),
        "closes_at": now + timedelta(days=30),
        "declaration_digest": digest,
        "programme_code": "innovation_contest",
    }
    return Call.objects.create(
        slug=f"call-{n}",
        state=state,
        declaration=declaration,
        **(defaults | published | facts),
    )


def declared(declaration: dict[str, Any]) -> dict[str, Any]:
    """The columns of a call with this declaration, as publishing and changing a date write them."""
    return {"declaration": declaration, "declaration_digest": codec.digest(declaration)}


def _publisher() -> User:
    user = a_person().user
    assert user
    return user


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
    people = [a_pupil(org, grade=11)] if members is None else list(members)
    TeamMember.objects.bulk_create(
        [TeamMember(application=application, call=call, person=p, school=org, grade=11, is_live=True) for p in people]
    )
    Adviser.objects.bulk_create([Adviser(application=application, person=person) for person in advisers])
    tallies.begun([application])
    return application


def an_attachment(application: Application, question: str, name: str = "报告.pdf") -> Attachment:
    stored = StoredFile.objects.create(name=name, kind="pdf", content_type="application/pdf", size=10, sha256="0" * 64)
    return Attachment.objects.create(application=application, question=question, stored=stored, caption=name)


def a_reviewer(
    city: Ground, *, name: str = "", fields: Iterable[str] = ("PH",), stages: Iterable[str] = ("senior",), **words: Any
) -> Reviewer:
    """An expert of the pool with an account and the role."""
    person = an_expert(city.org, **({"name": name} if name else {}))
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
    sheets = {row.pk: a_sheet(plan.rubric_for(row.entry.application.stage, round.code), share(row)) for row in rows}
    actions.submit_scores(round, sheets, by=Actor.system())
    return round


def closed(round: ReviewRound) -> ReviewRound:
    return actions.close_round(round, by=Actor.system())
