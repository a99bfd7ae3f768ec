"""The roster of a school's teachers, known by their staff number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.base.tables import Column
from kechuang.orgs.actions.memberships import grant_membership
from kechuang.orgs.actions.people import create_person
from kechuang.orgs.actions.rosters import cells
from kechuang.orgs.actions.rosters.kinds import Checked, Context, Gather
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Membership, Org, Person, User

NAME, NUMBER, ROLE, TITLE, EMAIL = "姓名", "工号", "角色", "职务", "电子邮箱"
ROLES = (Role.TEACHER, Role.SCHOOL_TEAM_HEAD)


class Teachers:
    def columns(self, org: Org) -> list[Column]:
        return [
            Column(NAME, 12, required=True, sample="李老师"),
            Column(NUMBER, 16, required=True, note=_("工号同时是登录名，全市唯一"), sample="T000123"),
            Column(ROLE, 18, choices=tuple(cells.labels(Role, ROLES)), note=_("不填即为教师")),
            Column(TITLE, 16, sample="科技教师"),
            Column(EMAIL, 26, note=_("可不填；填写后可接收邮件通知")),
        ]

    def notes(self) -> list[str]:
        return [_("一行一位教师。再次上传同一工号时更新职务，不会重复建档。首次登录密码由学校管理员发放。")]

    def check(self, row: Mapping[str, Any], number: int, context: Context) -> Checked:
        gather = Gather()
        facts = {
            "name": gather(cells.required, row.get(NAME), NAME),
            "staff_number": gather(_number, row.get(NUMBER)),
            "role": gather(cells.choice, row.get(ROLE), ROLE, cells.labels(Role, ROLES), Role.TEACHER),
            "title": gather(cells.text, row.get(TITLE), TITLE) or "",
            "email": gather(_email, row.get(EMAIL)) or "",
        }
        gather.close()
        if first := context.earlier(number, "number", facts["staff_number"]):
            gather.say(_("“%(heading)s”与第 %(row)s 行重复。") % {"heading": NUMBER, "row": first})
        person = Person.objects.filter(staff_number=facts["staff_number"]).first()
        gather.say(_why_not_ours(person, facts, context))
        gather.close()
        return Checked(facts, person, person is not None)

    def take(self, checked: Checked, context: Context) -> Person:
        facts = dict(checked.facts)
        role, title = facts.pop("role"), facts.pop("title")
        number = facts["staff_number"]
        person = checked.person or create_person(by=context.by, org=context.org, username=number, **facts)
        if not Membership.objects.current().filter(person=person, org=context.org, role=role, title=title).exists():
            grant_membership(person, context.org, role, title=title, by=context.by)
        return person


def _number(value: Any) -> str:
    return cells.required(str(value if value is not None else ""), NUMBER, 32)


def _email(value: Any) -> str:
    found = cells.text(value, EMAIL, 254)
    if found:
        try:
            validate_email(found)
        except ValidationError:
            raise Refused(_("电子邮箱“%(value)s”的格式不对。") % {"value": found}) from None
    return found


def _why_not_ours(person: Person | None, facts: dict[str, Any], context: Context) -> str | None:
    if person is None:
        taken = User.objects.filter(username=facts["staff_number"].lower()).exists()
        return _("登录名“%(name)s”已被使用，请核对工号。") % {"name": facts["staff_number"]} if taken else None
    if person.name != facts["name"]:
        return _("这个工号已登记为另一个姓名，请核对。")
    held = list(Membership.objects.current().filter(person=person).select_related("org"))
    if held and not any(context.by.can("membership.grant", membership.org) for membership in held):
        return _("这位教师登记在另一所学校。如已调入，请由区级管理员办理。")
    return None
