"""Scenes for the pages from ranking to showcase: one division of a city's call, judged by three experts, and who works with it.

Every scene goes on from the one before by the real actions; the days are those of a September whose holidays are known.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kechuang.base import clock
from kechuang.base.jobs import run_pending_jobs
from kechuang.engine.awards.actions import award_call
from kechuang.engine.decisions.actions import finalise_decision, propose_decision
from kechuang.engine.models import Application, Call, Decision, Objection, PublicNotice, Reviewer, ReviewRound
from kechuang.engine.publicity.actions import close_notice, draft_notice, file_objection, publish_notice
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Person
from tests.base import samples
from tests.factories.engine import Ground, a_call, a_ground, a_reviewer, a_round, an_application, closed, scored
from tests.factories.orgs import a_guardian, a_pupil, a_teacher, actor_for, an_officer, has_agreed

BACKEND = "kechuang.orgs.signin.accounts.Accounts"
DAY = datetime(2026, 9, 7, 9, tzinfo=timezone.get_default_timezone())
"""A Monday; five working days later it is the next Monday."""
AFTER = DAY + timedelta(days=8)
SHARES = (0.9, 0.8, 0.7, 0.6, 0.5)


def signed_in(person: Person | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person.user, backend=BACKEND)
    return client


@dataclass
class Scene:
    """The first entry is the best. `decider` decides, `other` is a colleague who had no part in it."""

    city: Ground
    call: Call
    round: ReviewRound
    reviewers: list[Reviewer]
    entries: list[Application]
    decider: Person
    other: Person
    pupils: list[Person]
    people: dict[str, Person | None] = field(default_factory=dict)

    @property
    def args(self) -> list[str]:
        return [self.call.slug, self.round.code]

    def office(self) -> Client:
        return signed_in(self.decider)

    def colleague(self) -> Client:
        return signed_in(self.other)


def a_judged_round(entries: int = 5, *, is_closed: bool = True) -> Scene:
    """Five works of one division, so that three prizes fit (the cap of 60 %)."""
    city = a_ground()
    call = a_call(city, approval_number="示教函〔2026〕88号")
    school = city.schools[0]
    pupils = [a_pupil(school, grade=11) for _n in range(entries)]
    teacher = a_teacher(school)
    rows = [
        an_application(
            call, school, title=f"红树林监测 {n}", members=[pupil], advisers=[teacher], created_by=teacher.user
        )
        for n, pupil in enumerate(pupils, 1)
    ]
    reviewers = [a_reviewer(city, employer_name="示范研究院") for _n in range(3)]
    round_ = a_round(call, reviewers, assigned=True)
    best = {row.pk: share for row, share in zip(rows, SHARES, strict=False)}
    scored(round_, lambda row: best[row.entry.application_id])
    decider, other = an_officer(Role.CITY_OFFICER, city.org), an_officer(Role.CITY_OFFICER, city.org)
    scene = Scene(city, call, closed(round_) if is_closed else round_, reviewers, rows, decider, other, pupils)
    scene.people = {
        "anonymous": None, "pupil": pupils[0], "teacher": teacher, "other_teacher": a_teacher(city.schools[2]),
        "guardian": a_guardian(pupils[0]), "school": an_officer(Role.SCHOOL_OFFICER, school),
        "other_school": an_officer(Role.SCHOOL_OFFICER, city.schools[2]), "district": an_officer(Role.DISTRICT_OFFICER, city.districts[0]),
        "other_district": an_officer(Role.DISTRICT_OFFICER, city.districts[1]), "city": decider, "expert": reviewers[0].person,
        "inspector": an_officer(Role.INSPECTOR, city.org),
    }  # fmt: skip
    return scene


def decided(scene: Scene, kind: str = "award") -> Decision:
    by = actor_for(scene.decider)
    decision = finalise_decision(propose_decision(scene.round, kind, by=by), by=by)
    for entry in scene.entries:
        entry.refresh_from_db()
    return decision


def published(scene: Scene) -> PublicNotice:
    by = actor_for(scene.decider)
    return publish_notice(draft_notice(decided(scene), by=by), by=by)


def an_objection(notice: PublicNotice, entry: Application | None, **facts: Any) -> Objection:
    words = {
        "name": "赵大明", "document_no": "11010119900307002X", "unit": "示范中学", "phone": "13800000000",
        "statement": "这件作品的数据与公开资料相同，请核查来源。", "signed": True,
    }  # fmt: skip
    evidence = [SimpleUploadedFile("证据.pdf", samples.pdf(), "application/pdf")]
    return file_objection(notice, application=entry, evidence=evidence, **(words | facts))


def awarded(scene: Scene, *, consented: bool = True) -> PublicNotice:
    """Past its days, closed, prizes given, certificates printed."""
    if consented:
        for pupil in scene.pupils:
            has_agreed(pupil, "entering", "publicity", "showcase", "media")
    notice, by = published(scene), actor_for(scene.decider)
    with clock.travel(AFTER):
        notice = close_notice(notice, by=by)
        award_call(notice, by=by)
        run_pending_jobs()
    return notice


def see(client: Client, name: str, *args: Any, **query: Any) -> Any:
    return client.get(reverse(name, args=args), query)


def statuses(scene: Scene, name: str, *args: Any) -> dict[str, int]:
    """What everybody gets at an address."""
    found = {}
    for who, person in scene.people.items():
        response = see(signed_in(person), name, *args)
        found[who] = response.status_code
        if response.streaming:
            response.getvalue()
    return found


def send(client: Client, name: str, *args: Any, **data: Any) -> Any:
    return client.post(reverse(name, args=args), data, follow=True)
