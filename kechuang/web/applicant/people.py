"""Whom a team may take in: pupils and teachers of its own school, told apart by class, and no more of them than needed."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from kechuang.base import clock
from kechuang.engine.applications.models import Application
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.orgs.models import ClassCharge, Membership, Person, PupilRecord

MOST = 12


@dataclass(frozen=True)
class Candidate:
    public_id: str
    name: str
    place: str


def pupils_of_school(application: Application, actor: Actor) -> QuerySet[PupilRecord]:
    """Pupils who attend the school of the application now and are not yet in the team."""
    records = PupilRecord.objects.filter(school=application.org, left_on__isnull=True)
    return records.exclude(person__in=application.members.values("person")).select_related("person")


def pupils_named(application: Application, actor: Actor, words: str) -> list[Candidate]:
    """A teacher finds the pupils of the own classes by part of the name; everybody else is named in full, so that nobody can leaf
    through a school."""
    words = words.strip()
    if not words:
        return []
    records = pupils_of_school(application, actor)
    if not actor.can("person.view", application.org):
        own = PupilRecord.objects.visible_to(actor, "pupil.sign_in").values("pk")
        records = records.filter(Q(person__name=words) | Q(pk__in=own, person__name__icontains=words))
    else:
        records = records.filter(person__name__icontains=words)
    return [
        Candidate(r.person.public_id, r.person.name, place_of(r))
        for r in records.order_by("grade", "class_name", "pk")[:MOST]
    ]


def may_browse(actor: Actor) -> bool:
    """Whether part of a name finds anybody: the page says what to type."""
    return bool(actor.paths("person.view")) or ClassCharge.objects.current().filter(teacher=actor.person).exists()


def place_of(record: PupilRecord) -> str:
    """“初二 3班”: what tells pupils of the same name apart."""
    return f"{record.get_grade_display()} {record.class_name}".strip()


def teachers_named(application: Application, words: str) -> list[Candidate]:
    words = words.strip()
    if not words:
        return []
    held = teaching(application).filter(person__name__icontains=words).select_related("person")
    return [Candidate(m.person.public_id, m.person.name, m.title) for m in held.order_by("person__name", "pk")[:MOST]]


def teaching(application: Application) -> QuerySet[Membership]:
    """Who teaches at the school now and does not yet advise the team."""
    held = Membership.objects.current(clock.today()).filter(org=application.org, role=Role.TEACHER)
    return held.exclude(person__in=application.advisers.values("person"))


def pupil(application: Application, actor: Actor, public_id: str) -> Person | None:
    """The chosen pupil, only from the own school."""
    record = pupils_of_school(application, actor).filter(person__public_id=public_id).first()
    return record.person if record else None


def teacher(application: Application, public_id: str) -> Person | None:
    held = teaching(application).filter(person__public_id=public_id).select_related("person").first()
    return held.person if held else None
