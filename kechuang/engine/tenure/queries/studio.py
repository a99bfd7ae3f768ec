"""Reads of studios with a name."""

from django.db.models import QuerySet

from kechuang.engine.enums import MemberState
from kechuang.engine.honours.models import Honour
from kechuang.engine.programme.declaration import StudioPlan
from kechuang.engine.tenure.models import StudioMember
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Membership

FOUND = 8


def plan_of(honour: Honour) -> StudioPlan | None:
    plan = honour.call.plan.honour
    return plan.studio if plan else None


def colleagues(honour: Honour, plan: StudioPlan, words: str) -> list[Membership]:
    """Who may be invited under this full name, with the place of work: of the same city."""
    words = words.strip()
    if not words:
        return []
    city = f"/{honour.org.path.strip('/').split('/')[0]}/"
    rows = Membership.objects.current().filter(person__name=words, role__in=plan.roles, org__path__startswith=city)
    found = rows.exclude(person=honour.person_id).select_related("person", "org").order_by("pk")
    return list({row.person_id: row for row in found}.values())[:FOUND]


def members_of(honour: Honour) -> list[StudioMember]:
    """For the leader and the office: who is in it and who is asked."""
    rows = honour.members.filter(state__in=(MemberState.INVITED, MemberState.JOINED)).select_related("person")
    return list(rows.order_by("pk"))


def public_members(honour: Honour) -> list[str]:
    """The names of those who have joined: teachers, never pupils."""
    rows = honour.members.filter(state=MemberState.JOINED).exclude(person__pupil__isnull=False)
    return list(rows.order_by("answered_at", "pk").values_list("person__name", flat=True))


def own_invitations(actor: Actor) -> QuerySet[StudioMember]:
    """The actor's own, in whatever state."""
    rows = StudioMember.objects.select_related("honour__person", "honour__org", "person")
    return rows.filter(person=actor.person) if actor.person else rows.none()
