"""Reading pools and visits: who may be found, who waits for a vetting, whose turn a visit is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.engine.applications.models import Application
from kechuang.engine.enums import TagKind, VettingResult, VisitState
from kechuang.engine.programme.declaration import Programme
from kechuang.engine.programme.pools import PoolPlan
from kechuang.engine.programme.registry import PROGRAMMES
from kechuang.engine.visits import rules
from kechuang.engine.visits.models import GuestVisit, PoolMember, PoolTag, Stop, Vetting
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Membership, Org, Person
from kechuang.orgs.rules import GRANTS, STAFF

SCHOOL, VISITOR = "school", "visitor"
WAITING = ("recommended", "incomplete")
"""Applications of a rolling call that an office has before it."""


def pools() -> dict[str, Programme]:
    """The programmes that keep a pool, by code."""
    return {code: plan for code, plan in PROGRAMMES.items() if plan.pool is not None}


def pool_of(code: str) -> PoolPlan | None:
    plan = PROGRAMMES.get(code)
    return plan.pool if plan else None


# --- finding -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """What a school looks for; empty words mean any."""

    name: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.name and not any(self.tags.values())


def choices_of(plan: Programme) -> dict[str, tuple[str, ...]]:
    """Facet → its words, as the form of the programme declares them."""
    assert plan.pool is not None
    return {kind: plan.question(getattr(plan.pool, kind)).choices for kind in TagKind.values}


def find_members(code: str, wanted: Wanted, day: date) -> QuerySet[PoolMember]:
    """Whom a school may invite, the most experienced first. Two queries, however many are shown."""
    plan = pools()[code]
    assert plan.pool is not None
    rows = PoolMember.objects.filter(programme_code=code).findable(plan.pool.vetting_months, day)
    known = choices_of(plan)
    for kind, text in wanted.tags.items():
        if text in known.get(kind, ()):
            everywhere = [plan.pool.everywhere] if kind == TagKind.AREA and plan.pool.everywhere else []
            rows = rows.tagged(kind, text, *everywhere)
    if wanted.name:
        rows = rows.filter(
            Q(person__name__icontains=wanted.name)
            | Q(org__name__icontains=wanted.name)
            | Q(about__icontains=wanted.name)
        )
    return rows.select_related("person", "org", "honour").prefetch_related(_TAGS).order_by("-visits_done", "pk")


_TAGS = Prefetch("tags", PoolTag.objects.order_by("pk"))


def member_at(code: str, number: str, day: date) -> PoolMember | None:
    """One who may be found, by the number of the honour."""
    return find_members(code, Wanted(), day).filter(honour__number=number).first()


def schools_words(member: PoolMember, most: int = 5) -> list[GuestVisit]:
    """What schools said of the visits so far, newest first: the words alone, without who said them."""
    rows = member.visits.filter(state=VisitState.DONE, rating__isnull=False).exclude(rating_words="")
    return list(rows.order_by("-rated_at")[:most])


# --- schools ----------------------------------------------------------------------------------------------------


def hosting_orgs(actor: Actor) -> list[Org]:
    """The schools in whose name the actor may invite."""
    held = {m.org.pk: m.org for m in actor.memberships if "visit.invite" in GRANTS[Role(m.role)] and m.org.is_school}
    return sorted((org for org in held.values() if org.is_open), key=lambda org: org.path)


def staff_of(org: Org) -> QuerySet[Person]:
    """Adults who serve at the school now: who may accompany a visitor, or confirm."""
    held = Membership.objects.current().filter(org=org, role__in=[role.value for role in STAFF], person=OuterRef("pk"))
    return Person.objects.filter(Exists(held)).order_by("name", "pk")


def is_staff_of(actor: Actor, org: Org) -> bool:
    return any(m.org_id == org.pk and m.role in STAFF for m in actor.memberships)


def side_of(visit: GuestVisit, actor: Actor) -> str:
    """On whose side the actor acts: the visitor's, the school's, or nobody's."""
    if actor.person is not None and visit.member.person_id == actor.person.pk:
        return VISITOR
    return SCHOOL if any(org.pk == visit.org_id for org in hosting_orgs(actor)) else ""


# --- visits -----------------------------------------------------------------------------------------------------


def visits_seen(actor: Actor) -> QuerySet[GuestVisit]:
    rows = GuestVisit.objects.visible_to(actor)
    return rows.select_related("member__person", "member__org", "member__honour", "org", "teacher", "second")


@dataclass(frozen=True)
class Turn:
    """A visit that waits for somebody, and for what."""

    visit: GuestVisit
    act: str


def turns_of(actor: Actor, most: int = 20) -> list[Turn]:
    """What waits for the actor: an answer, a confirmation, a rating, a report. Two queries."""
    now, found = clock.now(), []
    if actor.person is not None and actor.has_own("visit.answer"):
        mine = visits_seen(actor).filter(member__person=actor.person)
        due = Q(state=VisitState.INVITED, starts_at__gt=now) | Q(state=VisitState.DONE, reported_at__isnull=True)
        rows = mine.filter(due).order_by("starts_at")[:most]
        found += [Turn(row, "answer" if row.state == VisitState.INVITED else "report") for row in rows]
    schools = [org.pk for org in hosting_orgs(actor)]
    if schools:
        due = Q(state=VisitState.ACCEPTED, starts_at__lte=now) | Q(state=VisitState.DONE, rated_at__isnull=True)
        rows = visits_seen(actor).filter(due, org__in=schools).order_by("starts_at")[:most]
        found += [Turn(row, "confirm" if row.state == VisitState.ACCEPTED else "rate") for row in rows]
    return found


def coming_visits(actor: Actor, since: date) -> list[GuestVisit]:
    """Agreed visits that the actor takes part in, for calendars."""
    if actor.person is None:
        return []
    part = Q(member__person=actor.person) | Q(teacher=actor.person)
    rows = GuestVisit.objects.filter(part, state__in=[VisitState.ACCEPTED, VisitState.DONE], starts_at__date__gte=since)
    return list(rows.select_related("org", "member__person").order_by("starts_at")[:200])


# --- the office --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Vetted:
    """Where somebody's vetting stands: the newest one, and until when it counts."""

    last: Vetting | None
    until: date | None
    is_stopped: bool
    day: date

    @property
    def state(self) -> str:
        if self.is_stopped:
            return "stopped"
        if self.last is None:
            return "missing"
        if self.last.result != VettingResult.CLEAR:
            return "barred"
        if self.until is None or self.until < self.day:
            return "old"
        return "soon" if self.until <= self.day + timedelta(days=rules.WARNED_DAYS) else "clear"

    @property
    def stands(self) -> bool:
        return self.state in {"soon", "clear"}

    @property
    def label(self) -> str:
        return {
            "stopped": _("已停止"), "missing": _("待准入查询"), "barred": _("不得准入"), "old": _("准入查询已过期"),
            "soon": _("准入查询即将到期"), "clear": _("准入查询有效"),
        }[self.state]  # fmt: skip

    @property
    def tone(self) -> str:
        return {"stopped": "danger", "barred": "danger", "clear": "success"}.get(self.state, "warning")


def vetted(people: list[Person], months: int, day: date) -> dict[int, Vetted]:
    """Person → where the vetting stands. Two queries."""
    newest: dict[int, Vetting] = {}
    for row in Vetting.objects.filter(person__in=people).order_by("checked_on", "pk"):
        newest[row.person_id] = row
    stopped = set(Stop.objects.filter(person__in=people, lifted_at__isnull=True).values_list("person", flat=True))
    return {
        person.pk: Vetted(
            last := newest.get(person.pk),
            rules.clear_until(last.checked_on, months) if last and last.result == VettingResult.CLEAR else None,
            person.pk in stopped,
            day,
        )
        for person in people
    }


def stands_vetted(person: Person, months: int, day: date) -> bool:
    return vetted([person], months, day)[person.pk].stands


def is_stopped(person: Person) -> bool:
    return Stop.objects.filter(person=person, lifted_at__isnull=True).exists()


def applicants_waiting(code: str, actor: Actor) -> QuerySet[Application]:
    """Applications for the pool that the office has before it."""
    rows = Application.objects.official(actor, "vetting.record").filter(call__programme_code=code, state__in=WAITING)
    return rows.select_related("person", "org", "call__org").order_by("submitted_at", "pk")


def members_in_office(code: str, actor: Actor) -> QuerySet[PoolMember]:
    rows = PoolMember.objects.visible_to(actor).filter(programme_code=code)
    return rows.select_related("person", "org", "honour").order_by("pk")


def known_to_office(actor: Actor) -> QuerySet[Person]:
    """Applicants and members whose vetting the actor may record, with those that are stopped."""
    members = PoolMember.objects.visible_to(actor).values("person")
    applied = Application.objects.official(actor, "vetting.record").filter(call__programme_code__in=list(pools()))
    return Person.objects.filter(Q(pk__in=members) | Q(pk__in=applied.values("person")))


def vetting_counts(actor: Actor, day: date) -> dict[str, int]:
    """What an office's desk shows: applicants without a vetting that stands, and members whose vetting is over or soon over."""
    waiting = over = 0
    for code, plan in pools().items():
        assert plan.pool is not None
        months = plan.pool.vetting_months
        fresh = Vetting.objects.filter(
            person=OuterRef("person"), result=VettingResult.CLEAR, checked_on__gte=rules.oldest_clear(day, months)
        )
        waiting += applicants_waiting(code, actor).order_by().filter(~Exists(fresh)).count()
        soon = rules.oldest_clear(day + timedelta(days=rules.WARNED_DAYS), months)
        members = PoolMember.objects.visible_to(actor).filter(programme_code=code).standing(day)
        over += members.filter(Q(cleared_on__isnull=True) | Q(cleared_on__lt=soon)).count()
    return {"waiting": waiting, "over": over}
