"""The studio of a person who holds an honour: colleagues join by invitation and their own yes."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.engine.enums import MemberState
from kechuang.engine.honours.models import Honour
from kechuang.engine.honours.rules import HELD
from kechuang.engine.programme.declaration import StudioPlan
from kechuang.engine.tenure import messages
from kechuang.engine.tenure.models import StudioMember
from kechuang.engine.tenure.queries.studio import colleagues, plan_of
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Person

IN_IT = (MemberState.INVITED, MemberState.JOINED)


@transaction.atomic
def invite_member(honour: Honour, person: Person, *, by: Actor, task: str = "") -> StudioMember:
    """Ask a colleague of the roles that the declaration names; within the studio's number."""
    locked, plan = _own_studio(honour, by)
    if person.pk == locked.person_id:
        raise Refused(_("您是工作室的主持人，不用邀请自己。"))
    if all(row.person_id != person.pk for row in colleagues(locked, plan, person.name)):
        raise Refused(_("“%(name)s”没有可以加入工作室的身份。") % {"name": person})
    if locked.members.filter(state__in=IN_IT).count() >= plan.most:
        raise Refused(_("工作室最多 %(n)s 名成员。") % {"n": plan.most})
    row = StudioMember(
        honour=locked, person=person, task=task.strip()[:200], invited_at=clock.now(), invited_by=by.user
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(_("已经邀请过“%(name)s”。") % {"name": person}) from error
    _noted("invite_member", row, by)
    messages.tell_invited(row, by)
    return row


def _own_studio(honour: Honour, by: Actor) -> tuple[Honour, StudioPlan]:
    rows = Honour.objects.select_related("person", "org", "call__org").select_for_update(of=("self",))
    locked = rows.get(pk=honour.pk)
    plan = plan_of(locked)
    if plan is None:
        raise Refused(_("这个称号没有工作室。"))
    if by.person is None or by.person.pk != locked.person_id:
        raise PermissionDenied(_("只有工作室的主持人可以邀请和移出成员。"))
    if locked.state not in HELD:
        raise Refused(_("称号现在不在有效期内，工作室不能变动。"))
    return locked, plan


@transaction.atomic
def answer_invitation(row: StudioMember, *, yes: bool, by: Actor) -> StudioMember:
    """The colleague's own answer; the same answer twice changes nothing."""
    locked = _locked(row)
    if by.person is None or by.person.pk != locked.person_id:
        raise PermissionDenied(_("只有受邀的人可以答复。"))
    wanted = MemberState.JOINED if yes else MemberState.DECLINED
    if locked.state == wanted:
        return locked
    if locked.state != MemberState.INVITED:
        raise Refused(_("这份邀请现在是“%(state)s”，不能再答复。") % {"state": locked.get_state_display()})
    locked.state, locked.answered_at = wanted, clock.now()
    locked.save(update_fields=["state", "answered_at"])
    messages.tell_of_answer(locked, by)
    return _noted("answer_invitation", locked, by)


@transaction.atomic
def leave_studio(row: StudioMember, *, by: Actor) -> StudioMember:
    """The member leaves, or the leader takes the member (or the open invitation) out."""
    locked = _locked(row)
    if by.person is None or by.person.pk not in {locked.person_id, locked.honour.person_id}:
        raise PermissionDenied(_("只有本人和工作室的主持人可以办理离开。"))
    if locked.state not in IN_IT:
        return locked
    locked.state, locked.left_on = MemberState.LEFT, clock.today()
    locked.save(update_fields=["state", "left_on"])
    return _noted("leave_studio", locked, by)


def _locked(row: StudioMember) -> StudioMember:
    rows = StudioMember.objects.select_related("honour__person__user", "honour__org", "person__user")
    return rows.select_for_update(of=("self",)).get(pk=row.pk)


def _noted(action: str, row: StudioMember, by: Actor) -> StudioMember:
    audit.record(
        action, by=by, on=row.honour, scope_path=row.honour.scope_path,
        detail={"person": row.person.public_id, "state": row.state},
    )  # fmt: skip
    return row
