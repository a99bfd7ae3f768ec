"""The roster of a district's schools, known by their 学校标识码."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from kechuang.base import checksums
from kechuang.base.tables import Column
from kechuang.orgs.actions.organisations import create_org, edit_org
from kechuang.orgs.actions.rosters import cells
from kechuang.orgs.actions.rosters.kinds import Checked, Context, Gather
from kechuang.orgs.enums import OrgKind, Ownership, SchoolKind
from kechuang.orgs.models import Org

NAME, CODE, KIND, OWNERSHIP = "学校名称", "学校标识码", "学校类型", "办学性质"
USCC, SHORT, ENGLISH = "统一社会信用代码", "简称", "英文名称"


class Schools:
    def columns(self, org: Org) -> list[Column]:
        return [
            Column(NAME, 28, required=True, sample="示范第一小学"),
            Column(CODE, 16, required=True, note=_("教育部学校标识码，10 位数字"), sample="2144000001"),
            Column(KIND, 18, required=True, choices=tuple(cells.labels(SchoolKind)), sample="小学"),
            Column(OWNERSHIP, 10, required=True, choices=tuple(cells.labels(Ownership)), sample="公办"),
            Column(USCC, 24, note=_("18 位，可不填")),
            Column(SHORT, 14),
            Column(ENGLISH, 30),
        ]

    def notes(self) -> list[str]:
        return [_("一行一所学校。再次上传同一标识码时更新资料；更名、合并、划转请在机构页面办理。")]

    def check(self, row: Mapping[str, Any], number: int, context: Context) -> Checked:
        gather = Gather()
        facts = {
            "name": gather(cells.required, row.get(NAME), NAME, 120),
            "school_code": gather(cells.identifier, row.get(CODE), CODE) or "",
            "school_kind": gather(cells.choice, row.get(KIND), KIND, cells.labels(SchoolKind)),
            "ownership": gather(cells.choice, row.get(OWNERSHIP), OWNERSHIP, cells.labels(Ownership)),
            "uscc": gather(cells.identifier, row.get(USCC), USCC) or "",
            "short_name": gather(cells.text, row.get(SHORT), SHORT, 40) or "",
            "name_en": gather(cells.text, row.get(ENGLISH), ENGLISH, 200) or "",
        }
        _check_codes(facts, number, context, gather)
        gather.close()
        school = Org.objects.filter(school_code=facts["school_code"]).first()
        gather.say(_why_not_ours(school, facts, context.org))
        gather.close()
        return Checked(facts, None, school is not None)

    def take(self, checked: Checked, context: Context) -> None:
        facts = dict(checked.facts)
        school = Org.objects.filter(school_code=facts["school_code"]).first()
        if school is None:
            create_org(kind=OrgKind.SCHOOL, code=facts["school_code"], parent=context.org, by=context.by, **facts)
            return
        given = {key: value for key, value in facts.items() if value and key not in ("name", "school_code")}
        changed = {key: value for key, value in given.items() if getattr(school, key) != value}
        if "school_kind" in changed:
            changed["stages"] = []
        if changed:
            edit_org(school, by=context.by, **changed)


def _check_codes(facts: dict[str, Any], number: int, context: Context, gather: Gather) -> None:
    gather.say(checksums.check_school_code(facts["school_code"]))
    if facts["uscc"]:
        gather.say(checksums.check_uscc(facts["uscc"]))
    for key, heading in (("school_code", CODE), ("uscc", USCC), ("name", NAME)):
        if facts[key] and (first := context.earlier(number, key, facts[key])):
            gather.say(_("“%(heading)s”与第 %(row)s 行重复。") % {"heading": heading, "row": first})


def _why_not_ours(school: Org | None, facts: dict[str, Any], parent: Org) -> str | None:
    if school is None:
        same = Org.objects.filter(parent=parent, name=facts["name"], closed_on__isnull=True).exists()
        return _("本区已有同名学校，但标识码不同，请核对。") if same else None
    if school.parent_id != parent.pk:
        return _("这个学校标识码已登记在另一个区，请核对；如已划转，请由市级管理员办理。")
    if not school.is_open:
        return _("这个学校标识码属于一所已撤销的学校，标识码不得重复使用。")
    if school.name != facts["name"]:
        facts = {"name": school.name}
        return _("这个标识码登记的校名是“%(name)s”。更名请在机构页面办理，以便保留沿革。") % facts
    return None
