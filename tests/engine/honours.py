"""A small competition that has been judged: what the tests of notices, awards and the gallery start from."""

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any

from django.utils import timezone

from kechuang.base import clock
from kechuang.engine.models import (
    Adviser,
    Application,
    Assignment,
    Call,
    Decision,
    DecisionLine,
    PublicNotice,
    RankingRecord,
    Reviewer,
    ReviewRound,
    RoundEntry,
    TeamMember,
)
from kechuang.engine.programme import codec
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Consent, ConsentText, Guardianship, Membership, Org, Person, PupilRecord, User
from kechuang.programmes.innovation_contest.programme import INNOVATION_CONTEST

DAY = datetime(2026, 9, 21, 9, tzinfo=timezone.get_default_timezone())
"""A Monday; the notice of five working days that starts on it meets Mid-Autumn (25–27 September 2026)."""
_numbers = count(1)


@dataclass
class Competition:
    """`entries` in the order of their rank; the first `prizes` of them have a prize."""

    city: Org
    school: Org
    call: Call
    round: ReviewRound
    decision: Decision
    decider: Actor
    officer: Actor
    other: Actor
    expert: Actor
    entries: list[Application] = field(default_factory=list)

    @property
    def awarded(self) -> list[Application]:
        return [entry for entry in self.entries if entry.state in {"in_publicity", "awarded"}]


def make_city() -> tuple[Org, Org]:
    city = Org.objects.create(kind="city", code="440300", name="示范市教育局")
    district = Org.objects.create(kind="district", code="440305", name="南海区教育局", parent=city)
    school = Org.objects.create(
        kind="school", code="S1", name="示范第一实验学校", parent=district, school_kind="twelve_year"
    )
    return city, school


def make_person(name: str, org: Org | None = None, role: str = "", *, email: str = "", account: bool = True) -> Person:
    user = User.objects.create_user(f"account{next(_numbers)}", email=email) if account else None
    person = Person.objects.create(name=name, user=user)
    if org is not None:
        Membership.objects.create(person=person, org=org, role=role, since=date(2020, 1, 1))
    return person


def make_actor(name: str, org: Org, role: str) -> Actor:
    return Actor.of(make_person(name, org, role).user)


def answer(person: Person, purpose: str, value: str = "granted") -> Consent:
    """A consent as the pupil's guardian gives it."""
    text, _new = ConsentText.objects.get_or_create(
        purpose=purpose, version=1, defaults={"title": purpose, "effective_from": date(2020, 1, 1)}
    )
    return Consent.objects.create(
        pupil=person,
        text=text,
        purpose=purpose,
        answer=value,
        by=person,
        answered_as="guardian",
        relation="mother",
        at=clock.now(),
    )


def make_guardian(pupil: Person, school: Org) -> Actor:
    guardian = make_person("家长", school, "guardian")
    Guardianship.objects.create(guardian=guardian, pupil=pupil, relation="mother", confirmed_at=clock.now())
    return Actor.of(guardian.user)


def make_call(city: Org, **fields: Any) -> Call:
    now = clock.now()
    facts = {
        "programme_code": "innovation_contest", "org": city, "slug": f"contest-{next(_numbers)}", "year": 2026, "edition": 41,
        "title": "第41届示范市青少年科技创新大赛", "approval_number": "示教函〔2026〕88号", "state": "published", "published_at": now,
        "opens_at": now.replace(month=3), "closes_at": now.replace(month=4), "declaration": codec.to_json(INNOVATION_CONTEST),
    }  # fmt: skip
    officer = make_person("发布人", city, "city_officer").user
    return Call.objects.create(published_by=officer, **facts | fields)


def make_entry(call: Call, school: Org, title: str, *, state: str = "in_publicity", pupils: tuple[str, ...] = ("张小三",),
               advisers: tuple[str, ...] = (), consents: tuple[str, ...] = (), **fields: Any) -> Application:  # fmt: skip
    n = next(_numbers)
    facts = {
        "stage": "junior",
        "discipline": "CS",
        "division": "junior.CS",
        "submitted_at": clock.now(),
        "receipt_no": f"R{n}",
    }
    entry = Application.objects.create(
        public_id=f"P{n:09d}",
        call=call,
        org=school,
        title=title,
        state=state,
        team_size=max(1, len(pupils)),
        **facts | fields,
    )
    for order, name in enumerate(pupils, 1):
        person = make_person(name, school, "pupil")
        PupilRecord.objects.create(person=person, school=school, grade=8, birth_on=date(2013, 9, 1))
        TeamMember.objects.create(
            application=entry, call=call, person=person, school=school, grade=8, order=order, is_live=True
        )
        for purpose in consents:
            answer(person, purpose)
    for order, name in enumerate(advisers, 1):
        Adviser.objects.create(application=entry, person=make_person(name, school, "teacher"), order=order)
    return entry


def make_decision(
    call: Call, entries: list[Application], prizes: list[str], decider: Actor, kind: str = "award"
) -> Decision:
    now = clock.now()
    round_ = ReviewRound.objects.create(
        call=call, number=1, code=call.plan.rounds[0].code, state="closed", closed_at=now
    )
    record = RankingRecord.objects.create(
        round=round_,
        method="mean",
        inputs={},
        inputs_digest="i",
        outputs={},
        outputs_digest="o",
        rule_version="1",
        made_at=now,
    )
    decision = Decision.objects.create(
        call=call, round=round_, ranking=record, kind=kind, state="final", made_at=now, made_by=decider.user, decided_at=now,
        decided_by=decider.user, terms={"entered": {"junior.CS": 1000}, "cap": 0.6, "group_by": "division"},
    )  # fmt: skip
    DecisionLine.objects.bulk_create(
        DecisionLine(
            decision=decision, application=entry, division=entry.division, rank=n, prize=prize, is_chosen=bool(prize)
        )
        for n, (entry, prize) in enumerate(zip(entries, prizes, strict=True), 1)
    )
    return decision


def make_expert(round_: ReviewRound, entry: Application, city: Org) -> Actor:
    person = make_person("评审甲", city, "expert")
    row = RoundEntry.objects.create(round=round_, application=entry, alias=f"E{entry.pk}")
    Assignment.objects.create(
        round=round_, entry=row, reviewer=Reviewer.objects.create(person=person), state="submitted", assigned_at=clock.now(),
        submitted_at=clock.now(),
    )  # fmt: skip
    Membership.objects.create(person=person, org=city, role="city_officer", since=date(2020, 1, 1))
    return Actor.of(person.user)


def make_competition(
    entries: int = 4, prizes: tuple[str, ...] = ("first", "second", "third"), **fields: Any
) -> Competition:
    """`entries` judged entries of which the first ones have `prizes`; every pupil consents to what `consents` names."""
    city, school = make_city()
    call = make_call(city)
    given = [*prizes, *[""] * (entries - len(prizes))]
    rows = [
        make_entry(call, school, f"红树林监测系统{n}", state="in_publicity" if prize else "not_awarded", **fields)
        for n, prize in enumerate(given, 1)
    ]
    decider = make_actor("决定人", city, "city_officer")
    decision = make_decision(call, rows, given, decider)
    return Competition(
        city=city, school=school, call=call, round=decision.round, decision=decision, decider=decider,
        officer=make_actor("经办人", city, "city_officer"), other=make_actor("复核人", city, "city_officer"),
        expert=make_expert(decision.round, rows[0], city), entries=rows,
    )  # fmt: skip


def closed_notice(competition: Competition) -> PublicNotice:
    """The notice as it stands after its days are over."""
    now = clock.now()
    return PublicNotice.objects.create(
        number=f"公示{next(_numbers)}", decision=competition.decision, title="拟获奖名单公示", state="closed", starts_on=now.date(),
        ends_on=now.date(), published_at=now, published_by=competition.officer.user, closed_at=now,
    )  # fmt: skip
