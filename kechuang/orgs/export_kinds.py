"""The files of people: a roster of pupils, and one with their identifiers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.base.errors import Refused
from kechuang.base.tables import Column
from kechuang.orgs.actor import Actor
from kechuang.orgs.exports import ExportKind, Row, Sheet, export_kind
from kechuang.orgs.models import Org, PupilRecord
from kechuang.orgs.rules import covers

CHUNK = 500


def org_in_reach(actor: Actor, args: Mapping[str, Any]) -> Org:
    """The organisation that `args` names, inside the asker's office; refused otherwise."""
    paths = actor.paths("export.make")
    org = Org.objects.filter(code=str(args.get("org", ""))).first()
    if org is None or not any(covers(path, org.path) for path in paths):
        raise Refused(_("没有这个机构，或它不在您的管辖范围内。请填写机构代码。"))
    return org


def _path(actor: Actor, args: Mapping[str, Any]) -> str:
    return org_in_reach(actor, args).path


def _label(args: Mapping[str, Any]) -> str:
    return Org.objects.filter(code=str(args.get("org", ""))).values_list("name", flat=True).first() or ""


def _pupils(actor: Actor, args: Mapping[str, Any]) -> Any:
    path = org_in_reach(actor, args).path
    rows = PupilRecord.objects.filter(school__path__startswith=path, left_on__isnull=True)
    return rows.select_related("person__user", "school").order_by("school__path", "grade", "class_name", "pk")


HEAD = (
    (gettext_lazy("姓名"), 12), (gettext_lazy("学校"), 28), (gettext_lazy("年级"), 10), (gettext_lazy("班级"), 10),
    (gettext_lazy("平台编号"), 20),
)  # fmt: skip


def _facts(record: PupilRecord) -> list[Any]:
    return [
        record.person.name, record.school.name, str(record.get_grade_display()), record.class_name, record.person.public_id,
    ]  # fmt: skip


def _roster(actor: Actor, args: Mapping[str, Any]) -> Sheet:
    columns = [Column(heading, width) for heading, width in HEAD]
    rows = (Row([*_facts(r)], (r.person_id,)) for r in _pupils(actor, args).iterator(CHUNK))
    return Sheet(columns, rows)


def _with_identifiers(actor: Actor, args: Mapping[str, Any]) -> Sheet:
    more = [
        Column(_("出生日期"), 14, "date"),
        Column(_("证件号码"), 22),
        Column(_("学籍号"), 24),
        Column(_("联系电话"), 16),
    ]

    def rows() -> Iterator[Row]:
        for r in _pupils(actor, args).select_related("person__personal").iterator(CHUNK):
            known = getattr(r.person, "personal", None)
            secret = [known.document_number, known.xueji, known.phone] if known else ["", "", ""]
            yield Row([*_facts(r), r.birth_on, *secret], (r.person_id,))

    return Sheet([*(Column(heading, width) for heading, width in HEAD), *more], rows())


export_kind(
    ExportKind(
        name="pupils", title=gettext_lazy("学生名册"), permission="roster.upload", purposes=(), scope=_path, make=_roster,
        label=_label,
    )
)  # fmt: skip
export_kind(
    ExportKind(
        name="identifiers", title=gettext_lazy("学生名册（含证件号码）"), permission="person.see_identifiers", purposes=(),
        scope=_path, make=_with_identifiers, label=_label, is_look=True,
    )
)  # fmt: skip
