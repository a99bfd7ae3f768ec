"""Taking people into the pool who may not be known to the platform yet: the person, the role and the particulars at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.engine.reviews.actions.pool import NewReviewer, Post, add_reviewers
from kechuang.engine.reviews.models import Reviewer
from kechuang.orgs.actions import create_person, grant_membership
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Org, Person


@dataclass(frozen=True)
class Newcomer:
    """Somebody without a record here: how they are called and how they will sign in."""

    name: str
    username: str
    email: str = ""


@dataclass(frozen=True)
class Enrolment:
    who: Person | Newcomer
    fields: tuple[str, ...]
    stages: tuple[str, ...] = ()
    employer_name: str = ""
    title: str = ""
    max_load: int = 40
    affiliations: tuple[Post, ...] = ()
    kind: str = ""


@transaction.atomic
def enrol_experts(rows: Iterable[Enrolment], *, org: Org, by: Actor) -> list[Reviewer]:
    """Everyone gets the expert's role at `org` and a place in the pool; all of them or nobody."""
    new = []
    for row in rows:
        person = _person(row.who, org, by)
        if not person.memberships.filter(role=Role.EXPERT, ended_at__isnull=True).exists():
            grant_membership(person, org, Role.EXPERT, by=by)
        new.append(
            NewReviewer(
                person, row.fields, row.stages, row.employer_name, row.title, row.max_load, row.affiliations, row.kind
            )
        )
    return add_reviewers(new, by=by)


def _person(who: Person | Newcomer, org: Org, by: Actor) -> Person:
    if isinstance(who, Person):
        if hasattr(who, "pupil"):
            raise Refused(_("%(name)s是学生，不能担任评审专家。") % {"name": who.name})
        return who
    return create_person(name=who.name, username=who.username, email=who.email, org=org, by=by)
