"""Giving and ending roles. The three administrators are never one person (GB/T 22239-2019, 三员分离)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.orgs.actor import Actor, may_hand_out, require
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Membership, Org, Person
from kechuang.orgs.rules import ADMINISTRATORS, HOMES, keep_apart


@transaction.atomic
def grant_membership(
    person: Person,
    org: Org,
    role: str,
    *,
    by: Actor,
    since: date | None = None,
    until: date | None = None,
    title: str = "",
) -> Membership:
    """Give a role; the same open role twice is one membership, whose title and end are brought up to date."""
    role = Role(role)
    _require_may_grant(role, person, org, by)
    Person.objects.select_for_update().get(pk=person.pk)
    _keep_administrators_apart(person, role, by)
    begin = since or clock.today()
    if until and until < begin:
        raise Refused(_("截止日期早于开始日期，请核对。"))
    membership = _open_role(person, org, role, begin, until) or Membership(
        person=person, org=org, role=role, since=begin, granted_by=by.user
    )
    membership.until, membership.title = until, title
    membership.save()
    detail = {"role": str(role), "person": person.public_id, "since": membership.since, "until": until}
    audit.record("grant_membership", by=by, on=membership, scope_path=org.path, detail=detail)
    return membership


def _open_role(person: Person, org: Org, role: str, begin: date, until: date | None) -> Membership | None:
    """The role as it is held during the wanted time, to be brought up to date instead of doubled."""
    held = Membership.objects.filter(person=person, org=org, role=role, ended_at__isnull=True)
    overlapping = [m for m in held if (m.until is None or m.until >= begin) and (until is None or m.since <= until)]
    return overlapping[0] if overlapping else None


def _require_may_grant(role: Role, person: Person, org: Org, by: Actor) -> None:
    if org.kind not in HOMES[role]:
        facts = {"role": role.label, "kind": org.get_kind_display()}
        raise Refused(_("“%(role)s”不能设在“%(kind)s”，请选择合适的机构。") % facts)
    if by.is_system:
        return
    require(by, "membership.grant", org)
    if by.person == person:
        raise Refused(_("不能给自己授权，请由另一位管理员办理。"))
    if not may_hand_out(by, role, org):
        raise Refused(_("您不能授予“%(role)s”，请联系有权授予这个角色的管理员。") % {"role": role.label})


def _keep_administrators_apart(person: Person, role: Role, by: Actor) -> None:
    """Under the lock on the person. For the three among themselves the database has a unique index on the same fact."""
    held = Membership.objects.filter(person=person, ended_at__isnull=True)
    if role in ADMINISTRATORS:
        held.administrative().filter(until__lt=clock.today()).update(ended_at=clock.now(), ended_by=by.user)
    now = held.filter(Q(until__isnull=True) | Q(until__gte=clock.today()))
    other = keep_apart(now.values_list("role", flat=True), role)
    if other is None:
        return
    facts = {"person": person.name, "held": other.label, "role": role.label}
    if {other, role} <= ADMINISTRATORS:
        raise Refused(
            _("%(person)s 已是%(held)s，不能再担任%(role)s：系统、安全、审计三类管理员必须由不同的人担任。") % facts
        )
    raise Refused(
        _("%(person)s 已是%(held)s，不能再担任%(role)s：管理平台的人不能同时办理业务，请由另一个人担任。") % facts
    )


@transaction.atomic
def end_membership(membership: Membership, *, by: Actor, reason: str = "") -> Membership:
    """End a role at once; ending it twice changes nothing."""
    locked = Membership.objects.select_for_update(of=("self",)).select_related("org", "person").get(pk=membership.pk)
    require(by, "membership.grant", locked)
    if locked.ended_at:
        return locked
    if not by.is_system and by.person == locked.person:
        raise Refused(_("不能自行撤销自己的角色，请由另一位管理员办理。"))
    if not may_hand_out(by, locked.role, locked.org):
        raise Refused(_("您不能撤销“%(role)s”，请联系有权授予这个角色的管理员。") % {"role": locked.get_role_display()})
    locked.ended_at, locked.ended_by = clock.now(), by.user
    locked.save(update_fields=["ended_at", "ended_by"])
    detail = {"role": locked.role, "person": locked.person.public_id}
    audit.record("end_membership", by=by, on=locked, scope_path=locked.org.path, reason=reason, detail=detail)
    end_delegations_of(locked, by=by)
    return locked


def end_delegations_of(membership: Membership, *, by: Actor) -> int:
    """What was handed on ends with what it was handed on from."""
    rows = Membership.objects.current().filter(delegated_from=membership)
    return rows.update(ended_at=clock.now(), ended_by=by.user)
