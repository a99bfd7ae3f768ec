"""Everything the platform holds of one person, as that person may have it (PIPL art. 45). Upper apps add their sections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.models import AuditEntry, Message, StoredFile
from kechuang.orgs.actor import Actor
from kechuang.orgs.exposure import LOOKS
from kechuang.orgs.models import (
    Consent,
    DataRequest,
    Disclosure,
    ExportRequest,
    Guardianship,
    Membership,
    Person,
    PersonalRecord,
    Transfer,
)


@dataclass
class Section:
    """A table of facts under a heading, and files that belong to it (the name inside the archive, and what is stored)."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    files: list[tuple[str, StoredFile]] = field(default_factory=list)

    def as_dicts(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, map(plain, row), strict=True)) for row in self.rows]


Contributor = Callable[[Person], Iterable[Section]]
_contributors: list[Contributor] = []


def own_data(function: Contributor) -> Contributor:
    """Register a function that gives the sections of one part of the platform."""
    if function not in _contributors:
        _contributors.append(function)
    return function


def plain(value: Any) -> Any:
    """As JSON and as people read it: local times without fractions."""
    if isinstance(value, datetime):
        return f"{clock.local(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, bool | int | float) or value is None else str(value)


def sections_of(person: Person, *, by: Actor) -> list[Section]:
    """All of it, with the copy itself recorded in the audit."""
    audit.record("export_own_data", by=by, on=person, detail={"by_self": by.person == person})
    found = [_person(person), _identifiers(person), _roles(person), _bonds(person), _consents(person), _disclosures(person),
             _looks(person), _requests(person), _transfers(person), _messages(person)]  # fmt: skip
    for function in _contributors:
        found += function(person)
    return found


def _person(person: Person) -> Section:
    record = getattr(person, "pupil", None)
    facts = [
        (_("姓名"), person.name),
        (_("英文姓名"), person.name_en),
        (_("平台编号"), person.public_id),
        (_("建立时间"), person.created_at),
    ]
    if person.user is not None:
        facts += [
            (_("登录名"), person.user.username),
            (_("电子邮箱"), person.user.email),
            (_("上次登录"), person.user.last_login),
        ]
    if record:
        facts += [(_("学校"), record.school.name), (_("年级"), str(record.get_grade_display())), (_("班级"), record.class_name),
                  (_("入学年份"), record.enrol_year), (_("出生日期"), record.birth_on)]  # fmt: skip
    return Section(
        "person", _("基本信息"), [_("内容"), _("登记为")], [row for row in facts if row[1] not in ("", None)]
    )


def _identifiers(person: Person) -> Section:
    known = PersonalRecord.objects.filter(person=person).first()
    rows = []
    if known:
        rows = [
            (str(known.get_document_type_display()), known.document_number),
            (_("学籍号"), known.xueji),
            (_("联系电话"), known.phone),
        ]
    return Section("identifiers", _("证件信息"), [_("内容"), _("登记为")], [row for row in rows if row[1]])


def _roles(person: Person) -> Section:
    rows = Membership.objects.filter(person=person).select_related("org")
    return Section(
        "roles", _("身份"), [_("角色"), _("机构"), _("开始"), _("结束")],
        [(str(m.get_role_display()), m.org.name, m.since, m.ended_at or m.until) for m in rows],
    )  # fmt: skip


def _bonds(person: Person) -> Section:
    rows = Guardianship.objects.filter(pupil=person).select_related("guardian")
    mine = Guardianship.objects.filter(guardian=person).select_related("pupil")
    found = [(_("监护人"), b.guardian.name, str(b.get_relation_display()), b.confirmed_at, b.ended_at) for b in rows]
    found += [(_("孩子"), b.pupil.name, str(b.get_relation_display()), b.confirmed_at, b.ended_at) for b in mine]
    return Section("guardians", _("监护关系"), [_("谁"), _("姓名"), _("关系"), _("学校确认"), _("结束")], found)


def _consents(person: Person) -> Section:
    rows = Consent.objects.filter(pupil=person).select_related("by", "text")
    return Section(
        "consents", _("同意记录"), [_("用途"), _("答复"), _("答复人"), _("身份"), _("同意书版本"), _("时间"), _("说明")],
        [(str(c.get_purpose_display()), str(c.get_answer_display()), c.by.name, str(c.get_answered_as_display()), c.text.version, c.at, c.reason)
         for c in rows],
    )  # fmt: skip


def _disclosures(person: Person) -> Section:
    return Section(
        "disclosures", _("公开记录"), [_("公开方式"), _("名称"), _("公开的内容"), _("开始"), _("结束"), _("结束原因")],
        [(str(d.get_kind_display()), d.title, d.shown, d.from_at, d.until_at, d.ended_because) for d in Disclosure.objects.filter(pupil=person)],
    )  # fmt: skip


def _looks(person: Person) -> Section:
    looks = AuditEntry.objects.filter(action__in=LOOKS, on_type="orgs.person", on_id=person.public_id).order_by("pk")
    rows: list[Sequence[Any]] = [(_("查看或复制"), e.at, e.by_name, e.reason) for e in looks]
    exports = ExportRequest.objects.filter(subjects__person=person).select_related("org", "asked_by")
    rows += [(_("导出：%(title)s") % {"title": e.title}, e.made_at, e.org.name, e.reason) for e in exports]
    return Section("looks", _("查看和导出记录"), [_("操作"), _("时间"), _("谁"), _("理由")], rows)


def _requests(person: Person) -> Section:
    rows = DataRequest.objects.filter(person=person)
    return Section(
        "requests", _("个人信息申请"), [_("受理号"), _("事项"), _("收到"), _("期限"), _("状态"), _("答复")],
        [(r.number, str(r.get_kind_display()), r.asked_at, r.due_on, str(r.get_state_display()), r.answer) for r in rows],
    )  # fmt: skip


def _transfers(person: Person) -> Section:
    rows = Transfer.objects.filter(pupil=person).select_related("from_school", "to_school")
    return Section(
        "transfers", _("转学记录"), [_("原学校"), _("新学校"), _("状态"), _("提出时间"), _("答复时间")],
        [(t.from_school.name, t.to_school.name, str(t.get_state_display()), t.asked_at, t.decided_at) for t in rows],
    )  # fmt: skip


def _messages(person: Person) -> Section:
    rows = Message.objects.filter(user=person.user).order_by("pk") if person.user_id else Message.objects.none()
    return Section(
        "messages", _("站内消息"), [_("时间"), _("标题"), _("内容")], [(m.created_at, m.title, m.body) for m in rows]
    )
