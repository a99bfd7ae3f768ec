"""An officer hands a role to a colleague of the same organisation until a day; it ends by itself."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.messages import notify
from kechuang.orgs.actor import Actor, may_hand_out
from kechuang.orgs.models import Membership, Org, Person
from kechuang.orgs.rules import DELEGABLE, DELEGATED_DAYS, STAFF


def colleagues(person: Person, org: Org) -> QuerySet[Person]:
    """Who may stand in: people with a post in the same organisation, no administrators of the platform."""
    held = Membership.objects.current().filter(person=OuterRef("pk"))
    here = held.filter(org=org, role__in=STAFF)
    return Person.objects.filter(Exists(here)).exclude(Exists(held.administrative())).exclude(pk=person.pk)


@transaction.atomic
def delegate_role(membership: Membership, to: Person, until: date, *, reason: str, by: Actor) -> Membership:
    """The colleague holds the same role at the same organisation up to and with that day. Both are told; nothing is taken away."""
    held = Membership.objects.select_for_update(of=("self",)).select_related("org", "person").get(pk=membership.pk)
    _check(held, to, until, reason, by)
    given = Membership.objects.create(
        person=to, org=held.org, role=held.role, title=held.title, since=clock.today(), until=until,
        granted_by=by.user, delegated_from=held, reason=reason.strip(),
    )  # fmt: skip
    detail = {"role": held.role, "person": to.public_id, "until": until}
    audit.record("delegate_role", by=by, on=given, scope_path=held.org.path, reason=reason.strip(), detail=detail)
    _tell(given, to)
    return given


def _check(held: Membership, to: Person, until: date, reason: str, by: Actor) -> None:
    today = clock.today()
    if by.person is None or held.person != by.person or not held.is_current or held.role not in DELEGABLE:
        raise Refused(_("只能委托您自己现任的、可以委托的角色。"))
    if held.delegated_from_id:
        raise Refused(_("这个角色是别人委托给您的，不能再转托。"))
    if not reason.strip():
        raise Refused(_("请写明委托的理由，例如出差、休假。"))
    last = min(filter(None, [today + timedelta(days=DELEGATED_DAYS), held.until]))
    if not today <= until <= last:
        raise Refused(_("截止日期应在今天和 %(last)s 之间。") % {"last": f"{last:%Y-%m-%d}"})
    if not colleagues(held.person, held.org).filter(pk=to.pk).exists():
        raise Refused(_("只能委托给同一单位的在任人员；系统、安全、审计管理员不能接受委托。"))
    if Membership.objects.current().filter(person=to, org=held.org, role=held.role).exists():
        raise Refused(_("%(name)s 已经有这个角色，不用委托。") % {"name": to.name})


def _tell(given: Membership, to: Person) -> None:
    owner, until = given.delegated_from.person.name, given.until  # type: ignore[union-attr]

    def title() -> str:
        facts = {"name": owner, "role": given.get_role_display(), "until": f"{until:%Y-%m-%d}"}
        return _("%(name)s 委托您代任%(role)s，到 %(until)s 为止") % facts

    if to.user:
        notify([to.user], "role.delegated", title=title, body=given.reason, url=reverse("delegations"), must_read=True)


@transaction.atomic
def end_delegation(membership: Membership, *, by: Actor) -> Membership:
    """Either of the two, or an office that could end the role, ends it at once. Twice changes nothing."""
    given = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("org", "person__user", "delegated_from__person__user")
        .get(pk=membership.pk)
    )
    owner = given.delegated_from
    if owner is None:
        raise Refused(_("这个角色不是委托来的。"))
    if by.person not in (given.person, owner.person) and not may_hand_out(by, given.role, given.org):
        raise Refused(_("只有委托双方或上级管理员可以收回。"))
    if given.ended_at is None:
        given.ended_at, given.ended_by = clock.now(), by.user
        given.save(update_fields=["ended_at", "ended_by"])
        audit.record("end_delegation", by=by, on=given, scope_path=given.org.path, detail={"role": given.role})
        others = [p.user for p in (given.person, owner.person) if p != by.person and p.user]
        role = given.get_role_display
        notify(others, "role.delegation_ended", title=lambda: _("%(role)s的委托已结束") % {"role": role()}, url=reverse("delegations"))  # fmt: skip
    return given
