"""Changes of the organisation tree. Each keeps the paths right and leaves an OrgEvent, so past years can be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from kechuang.base import audit, checksums, clock
from kechuang.base.errors import Refused
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.enums import OrgEventKind, OrgKind, SchoolKind
from kechuang.orgs.models import Membership, Org, OrgEvent, PupilRecord
from kechuang.orgs.rules import PARENTS, STAGES_OF_KIND

CODES = {"school_code": checksums.check_school_code, "uscc": checksums.check_uscc}


@transaction.atomic
def create_org(
    *,
    kind: str,
    code: str,
    name: str,
    by: Actor,
    parent: Org | None = None,
    opened_on: date | None = None,
    **facts: Any,
) -> Org:
    """An organisation below `parent`. Without `opened_on` it counts as having always been there."""
    above = _locked(parent) if parent else None
    _require_place(kind, above, by)
    org = Org(kind=kind, code=code.strip(), name=name.strip(), parent=above, opened_on=opened_on, **facts)
    _fill_in(org)
    _check(org)
    org.save()
    if opened_on:
        _event(OrgEventKind.OPEN, org, opened_on, by, new_name=org.name, new_parent=above)
    audit.record("create_org", by=by, on=org, scope_path=org.path, detail={"kind": kind, "code": org.code})
    return org


def _require_place(kind: str, parent: Org | None, by: Actor) -> None:
    if (parent.kind if parent else None) not in (PARENTS[OrgKind(kind)] or {None}):
        raise Refused(
            _("“%(kind)s”不能设在这里，请重新选择上级机构。") % {"kind": OrgKind(kind).label},
        )
    require(by, "org.edit", parent)
    if parent is not None and not parent.is_open:
        raise Refused(_("“%(parent)s”已撤销，不能再设下级机构。") % {"parent": parent.name})


def _fill_in(org: Org) -> None:
    if org.kind == OrgKind.SCHOOL and org.school_kind and not org.stages:
        org.stages = [str(stage) for stage in STAGES_OF_KIND[SchoolKind(org.school_kind)]]


def _check(org: Org) -> None:
    """What the database would refuse without words, said in words."""
    for field, check in CODES.items():
        value = getattr(org, field)
        if value and (sentence := check(value)):
            raise Refused(sentence)
    others = Org.objects.exclude(pk=org.pk)
    if others.filter(code=org.code).exists():
        raise Refused(_("平台代码“%(code)s”已被使用，请换一个。") % {"code": org.code})
    if org.school_code and others.filter(school_code=org.school_code).exists():
        raise Refused(_("学校标识码“%(code)s”已被另一所学校使用，请核对。") % {"code": org.school_code})
    if org.kind == OrgKind.SCHOOL and not org.school_kind:
        raise Refused(_("请选择“%(name)s”的学校类型。") % {"name": org.name})
    _check_name(org, org.name, org.parent_id)


def _check_name(org: Org, name: str, parent_id: int | None) -> None:
    if not name:
        raise Refused(_("请填写机构名称。"))
    same = Org.objects.exclude(pk=org.pk).filter(parent=parent_id, name=name, closed_on__isnull=True)
    if same.exists():
        raise Refused(_("同一上级机构下已有“%(name)s”，请核对是否重复。") % {"name": name})


@transaction.atomic
def edit_org(org: Org, *, by: Actor, **facts: Any) -> Org:
    """Facts that need no history (codes, kind, stages, ownership, group); name and place have actions of their own."""
    locked = _locked(org)
    require(by, "org.edit", locked)
    if unknown := set(facts) & {"name", "parent", "path", "kind", "opened_on", "closed_on"}:
        raise TypeError(f"edit_org does not change {sorted(unknown)}")
    for field, value in facts.items():
        setattr(locked, field, value)
    _fill_in(locked)
    _check(locked)
    locked.save(update_fields=[*facts, "stages"])
    audit.record("edit_org", by=by, on=locked, scope_path=locked.path, detail={"fields": sorted(facts)})
    return locked


@transaction.atomic
def rename_org(org: Org, name: str, *, by: Actor, on: date | None = None, reason: str = "") -> Org:
    """A new name from a day on; the codes stay (教育部 keeps the 学校标识码 through a change of name)."""
    locked, day = _begin(org, on, by, OrgEventKind.RENAME)
    old, new = locked.name, name.strip()
    if old == new:
        return locked
    _check_name(locked, new, locked.parent_id)
    locked.name = new
    locked.save(update_fields=["name"])
    _event(OrgEventKind.RENAME, locked, day, by, old_name=old, new_name=new, reason=reason)
    detail = {"from": old, "to": new, "on": day}
    audit.record("rename_org", by=by, on=locked, scope_path=locked.path, reason=reason, detail=detail)
    return locked


@transaction.atomic
def move_org(org: Org, parent: Org, *, by: Actor, on: date | None = None, reason: str = "") -> Org:
    """Hang a subtree under another parent: the paths of all of it change in one statement."""
    locked, day = _begin(org, on, by, OrgEventKind.MOVE)
    above, old = _locked(parent), locked.parent
    if old == above:
        return locked
    _require_place(locked.kind, above, by)
    _check_name(locked, locked.name, above.pk)
    old_path = _hang(locked, above)
    _event(OrgEventKind.MOVE, locked, day, by, old_parent=old, new_parent=above, reason=reason)
    detail = {"from": old_path, "to": locked.path, "on": day}
    audit.record("move_org", by=by, on=locked, scope_path=locked.path, reason=reason, detail=detail)
    return locked


def _hang(org: Org, parent: Org) -> str:
    old, new = org.path, org.path_under(parent)
    moved = Concat(Value(new), Substr("path", len(old) + 1))
    Org.objects.filter(path__startswith=old).update(path=moved)
    Org.objects.filter(pk=org.pk).update(parent=parent)
    org.refresh_from_db(fields=["parent", "path"])
    return old


@transaction.atomic
def merge_orgs(orgs: Sequence[Org], into: Org, *, by: Actor, on: date | None = None, reason: str = "") -> Org:
    """Close `orgs` and carry their pupils, people and campuses over to `into`, which inherits their figures."""
    heir, day = _begin(into, on, by, OrgEventKind.MERGE)
    for org in orgs:
        locked, _day = _begin(org, day, by, OrgEventKind.MERGE)
        if locked == heir or locked.kind != heir.kind:
            raise Refused(_("只能把同一类型的另一个机构并入“%(name)s”。") % {"name": heir.name})
        _event(OrgEventKind.MERGE, locked, day, by, successor=heir, is_heir=True, reason=reason)
        _carry_over(locked, heir, day, by)
        _close(locked, day)
    detail = {"from": [org.code for org in orgs], "on": day}
    audit.record("merge_orgs", by=by, on=heir, scope_path=heir.path, reason=reason, detail=detail)
    return heir


@transaction.atomic
def split_org(
    org: Org, parts: Sequence[Org], *, by: Actor, on: date | None = None, closes: bool = True, reason: str = ""
) -> list[Org]:
    """Divide an organisation into `parts`, created before. When it closes, the first part inherits pupils and figures."""
    locked, day = _begin(org, on, by, OrgEventKind.SPLIT)
    if not parts or any(part == locked or part.kind != locked.kind for part in parts):
        raise Refused(_("请先建立分立后的机构，并选择与“%(name)s”同一类型的机构。") % {"name": locked.name})
    for number, part in enumerate(parts):
        _event(OrgEventKind.SPLIT, locked, day, by, successor=part, is_heir=closes and number == 0, reason=reason)
    if closes:
        _carry_over(locked, _locked(parts[0]), day, by)
        _close(locked, day)
    detail = {"into": [part.code for part in parts], "on": day, "closes": closes}
    audit.record("split_org", by=by, on=locked, scope_path=locked.path, reason=reason, detail=detail)
    return list(parts)


@transaction.atomic
def close_org(org: Org, *, by: Actor, on: date | None = None, reason: str = "") -> Org:
    """Close an empty organisation; one with pupils or parts is merged or moved first."""
    locked, day = _begin(org, on, by, OrgEventKind.CLOSE)
    if locked.children.current().exists():
        raise Refused(_("“%(name)s”还有下级机构，请先划转或撤销它们。") % {"name": locked.name})
    if PupilRecord.objects.filter(school=locked, left_on__isnull=True).exists():
        raise Refused(_("“%(name)s”还有在读学生，请先把学生转到其他学校，或办理合并。") % {"name": locked.name})
    _event(OrgEventKind.CLOSE, locked, day, by, old_name=locked.name, reason=reason)
    _close(locked, day)
    audit.record("close_org", by=by, on=locked, scope_path=locked.path, reason=reason, detail={"on": day})
    return locked


def _close(org: Org, day: date) -> None:
    org.closed_on = day
    org.save(update_fields=["closed_on"])
    Membership.objects.filter(org=org, ended_at__isnull=True).update(ended_at=clock.now())


def _carry_over(org: Org, into: Org, day: date, by: Actor) -> None:
    PupilRecord.objects.filter(school=org).update(school=into)
    held = Membership.objects.filter(org=org, ended_at__isnull=True)
    there = set(Membership.objects.filter(org=into, ended_at__isnull=True).values_list("person", "role"))
    now = clock.now()
    fresh = [
        Membership(person_id=m.person_id, org=into, role=m.role, title=m.title, since=max(day, m.since), until=m.until)
        for m in held
        if (m.person_id, m.role) not in there and (m.until is None or m.until >= day)
    ]
    held.update(ended_at=now)
    for membership in fresh:
        membership.granted_by, membership.granted_at = by.user, now
    Membership.objects.bulk_create(fresh, batch_size=500)
    for child in org.children.current():
        _event(OrgEventKind.MOVE, child, day, by, old_parent=org, new_parent=into)
        _hang(child, into)


def _locked(org: Org) -> Org:
    return Org.objects.select_for_update(of=("self",)).get(pk=org.pk)


def _begin(org: Org, on: date | None, by: Actor, kind: str) -> tuple[Org, date]:
    """Lock, permission, and a day that fits the history: events of one kind stand in the order of their days.

    The authority above decides on names, mergers and ends: a school does not close itself.
    """
    locked, day = _locked(org), on or clock.today()
    require(by, "org.edit", locked.parent or locked)
    if not locked.is_open:
        raise Refused(_("“%(name)s”已撤销，不能再变更。") % {"name": locked.name})
    if day > clock.today():
        raise Refused(_("生效日期不能晚于今天。请在变更生效之日或之后登记。"))
    if locked.opened_on and day < locked.opened_on:
        raise Refused(_("生效日期早于“%(name)s”的设立日期，请核对。") % {"name": locked.name})
    if OrgEvent.objects.filter(org=locked, kind=kind, on__gt=day).exists():
        raise Refused(_("“%(name)s”在这个日期之后已有同类变更，请核对生效日期。") % {"name": locked.name})
    return locked, day


def _event(kind: str, org: Org, day: date, by: Actor, **facts: Any) -> OrgEvent:
    return OrgEvent.objects.create(kind=kind, org=org, on=day, by=by.user, **facts)
