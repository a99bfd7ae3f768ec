"""Looking as somebody else, never acting as them: by an office at its own people, or by support with the office's approval."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.messages import notify
from kechuang.orgs.actor import Actor, may_hand_out, require
from kechuang.orgs.enums import LookKind
from kechuang.orgs.models import Look, Membership, Org, Person, User
from kechuang.orgs.queries import officers_with
from kechuang.orgs.rules import LOOK_MINUTES, may_be_looked_as


@transaction.atomic
def look_as(person: Person, *, reason: str, minutes: int, by: Actor) -> Look:
    """An office opens the pages of one of its own people as that person sees them: read-only, for minutes, audited."""
    org = _home(person, by, reason, minutes)
    require(by, "person.look_as", org)
    held = Membership.objects.current().filter(person=person).select_related("org")
    if not all(by.can("person.look_as", m) and may_hand_out(by, m.role, m.org) for m in held):
        raise PermissionDenied(_("这个人的角色不在您的管理范围内，不能以此视角查看。"))
    now = clock.now()
    look = Look.objects.create(
        kind=LookKind.OFFICE, looker=_account(by), person=person, org=org, reason=reason.strip(), minutes=minutes,
        decided_at=now, decided_by=by.user, is_allowed=True, ends_at=now + timedelta(minutes=minutes),
    )  # fmt: skip
    _record("look_as", look, by)
    _tell_looked_at(look)
    return look


@transaction.atomic
def ask_to_look(person: Person, *, reason: str, minutes: int, by: Actor) -> Look:
    """Support asks; somebody of the person's own office decides. Until then nothing can be seen."""
    require(by, "support.ask")
    org = _home(person, by, reason, minutes)
    if Look.objects.waiting().filter(looker=by.user, person=person).exists():
        raise Refused(_("已经申请过，正在等待对方单位批准。"))
    look = Look.objects.create(
        kind=LookKind.SUPPORT, looker=_account(by), person=person, org=org, reason=reason.strip(), minutes=minutes
    )
    _record("ask_to_look", look, by)
    approvers = officers_with("support.approve", org.path).exclude(pk=look.looker_id)
    notify(
        approvers, "support.asked", title=lambda: _("技术支持申请查看%(org)s的页面，请批准或拒绝") % {"org": org.label},
        body=look.reason, url=reverse("support_office"), must_read=True,
    )  # fmt: skip
    return look


@transaction.atomic
def decide_look(look: Look, allow: bool, *, by: Actor) -> Look:
    """A person of the office allows or refuses; the minutes count from then. Twice, or too late, is refused."""
    locked = Look.objects.select_for_update(of=("self",)).select_related("org", "person", "looker").get(pk=look.pk)
    require(by, "support.approve", locked)
    if by.user == locked.looker:
        raise Refused(_("不能批准自己的申请。"))
    if not locked.is_waiting:
        raise Refused(_("这项申请已经处理过或已失效。"))
    locked.decided_at, locked.decided_by, locked.is_allowed = clock.now(), by.user, allow
    if allow:
        locked.ends_at = clock.now() + timedelta(minutes=locked.minutes)
    locked.save(update_fields=["decided_at", "decided_by", "is_allowed", "ends_at"])
    _record("allow_look" if allow else "refuse_look", locked, by)
    notify(
        [locked.looker], "support.decided", title=lambda: _("查看申请已批准") if allow else _("查看申请被拒绝"),
        url=reverse("support"), must_read=True,
    )  # fmt: skip
    if allow:
        _tell_looked_at(locked)
    return locked


@transaction.atomic
def end_look(look: Look, *, by: Actor) -> Look:
    """The looker is done, or the office calls it off."""
    locked = Look.objects.select_for_update(of=("self",)).select_related("org", "person").get(pk=look.pk)
    if by.user != locked.looker:
        require(by, "support.approve", locked)
    if locked.ended_at is None:
        locked.ended_at = clock.now()
        locked.save(update_fields=["ended_at"])
        _record("end_look", locked, by)
    return locked


def record_page(look: Look, path: str) -> None:
    """Each page that was seen: the path alone, no query and no content."""
    detail = {"path": path[:200], "look": look.pk, "person": look.person.public_id}
    audit.record("look_at_page", by=look.looker, on=look, scope_path=look.org.path, detail=detail)


def _home(person: Person, by: Actor, reason: str, minutes: int) -> Org:
    """The office of the person, if their pages may be looked at at all."""
    if not reason.strip():
        raise Refused(_("请写明查看的理由。"))
    if minutes not in LOOK_MINUTES:
        raise Refused(_("请从列表中选择查看的时长。"))
    if person == by.person:
        raise Refused(_("不用以自己的视角查看，直接打开即可。"))
    held = list(Membership.objects.current().filter(person=person).select_related("org"))
    if person.user is None or not may_be_looked_as(m.role for m in held):
        raise Refused(_("不能以这个人的视角查看：学生、监护人、评审专家和平台管理员的页面从不对别人开放。"))
    return held[0].org


def _record(action: str, look: Look, by: Actor) -> None:
    detail = {"person": look.person.public_id, "minutes": look.minutes, "kind": look.kind}
    audit.record(action, by=by, on=look, scope_path=look.org.path, reason=look.reason, detail=detail)


def _tell_looked_at(look: Look) -> None:
    """Whoever is looked at always knows, and why."""
    looker = look.looker.get_full_name()
    notify(
        [look.person.user], "look.begun", title=lambda: _("%(name)s 正以您的视角查看平台（只能看，不能办理）") % {"name": looker},
        body=look.reason, must_read=True,
    )  # fmt: skip


def _account(by: Actor) -> User:
    """Whoever looks has signed in; the system never looks as anybody."""
    if by.user is None:
        raise PermissionDenied
    return by.user
