"""The roster of a school's pupils. Somebody is the same pupil by 学籍号, then by document, then by name and birthday."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kechuang.base import checksums, clock
from kechuang.base.tables import Column
from kechuang.orgs.actions.people import birth_in, create_pupil, record_identifiers, update_pupil
from kechuang.orgs.actions.rosters import cells
from kechuang.orgs.actions.rosters.kinds import Checked, Context, Gather
from kechuang.orgs.actions.rosters.register import Register
from kechuang.orgs.enums import DocumentType, Grade, stage_of_grade
from kechuang.orgs.models import Org, Person, PersonalRecord

NAME, GRADE, CLASS, BIRTH, ENROL = "姓名", "年级", "班级", "出生日期", "入学年份"
DOCUMENT_TYPE, DOCUMENT, XUEJI = "证件类型", "证件号码", "学籍号"
_KINDS = cells.labels(DocumentType)
OWN_NUMBERS = (DocumentType.RESIDENT_ID, DocumentType.RESIDENCE_PERMIT)


class Pupils:
    def columns(self, org: Org) -> list[Column]:
        grades = tuple(str(g.label) for g in Grade if not org.stages or stage_of_grade(g.value) in org.stages)
        sample = grades[0] if grades else ""
        return [
            Column(NAME, 12, required=True, sample="张小三"),
            Column(GRADE, 10, required=True, choices=grades, sample=sample),
            Column(CLASS, 10, required=True, sample="1班"),
            Column(BIRTH, 14, "date", note=_("学籍号、证件号码、出生日期至少填一项"), sample=date(2012, 9, 1)),
            Column(ENROL, 12, sample="2025"),
            Column(DOCUMENT_TYPE, 18, choices=tuple(cells.labels(DocumentType)), note=_("不填即为居民身份证")),
            Column(DOCUMENT, 24, note=_("18 位身份证号或其他证件号码，加密保存")),
            Column(XUEJI, 24, note=_("G、J 或 L 开头的 19 位学籍号，加密保存")),
        ]

    def notes(self) -> list[str]:
        return [
            _("一行一名学生。再次上传同一名学生时，更新年级和班级，不会重复建档。"),
            _("同名学生请务必填写学籍号、证件号码或出生日期，以便区分。"),
        ]

    def check(self, row: Mapping[str, Any], number: int, context: Context) -> Checked:
        return self.find(self.read(row, number, context), number, context)

    def read(self, row: Mapping[str, Any], number: int, context: Context) -> dict[str, Any]:
        """What the row says, held against itself, the school and the earlier rows; asks the database nothing."""
        gather = Gather()
        facts = _read(row, gather)
        _check_numbers(facts, gather)
        gather.say(_why_not_in_school(facts["grade"], context.org))
        gather.close()
        _check_file(facts, number, context, gather)
        gather.close()
        return facts

    def find(self, facts: dict[str, Any], number: int, context: Context) -> Checked:
        """Whom the row is about, held against who is known already."""
        gather = Gather()
        person = _find(facts, context, gather)
        gather.close()
        return Checked(facts, person, person is not None, _same_name(facts, person, number, context))

    def take(self, checked: Checked, context: Context) -> Person:
        facts = dict(checked.facts)
        numbers = {key: facts.pop(key) for key in ("document_type", "document_number", "xueji")}
        name, known = facts.pop("name"), {key: value for key, value in facts.items() if value not in ("", None)}
        given = numbers if numbers["document_number"] or numbers["xueji"] else {}
        if checked.person is None:
            return create_pupil(name=name, school=context.org, by=context.by, **known, **given)
        update_pupil(checked.person, school=context.org, by=context.by, **known)
        if fresh := {key: value for key, value in given.items() if value}:
            _add_numbers(checked.person, fresh, context)
        return checked.person


def _add_numbers(person: Person, numbers: dict[str, str], context: Context) -> None:
    """Only what is new is written, so the same roster twice leaves no second trace."""
    record = PersonalRecord.objects.filter(person=person).first()
    changed = {key: value for key, value in numbers.items() if record is None or getattr(record, key) != value}
    if changed and set(changed) != {"document_type"}:
        record_identifiers(person, by=context.by, org=context.org, **changed)


def _read(row: Mapping[str, Any], gather: Gather) -> dict[str, Any]:
    facts = {
        "name": gather(cells.required, row.get(NAME), NAME),
        "grade": gather(cells.grade, row.get(GRADE), GRADE),
        "class_name": gather(cells.required, row.get(CLASS), CLASS, 20),
        "birth_on": gather(cells.day, row.get(BIRTH), BIRTH),
        "enrol_year": gather(cells.year, row.get(ENROL), ENROL),
        "document_type": gather(cells.choice, row.get(DOCUMENT_TYPE), DOCUMENT_TYPE, _KINDS, DocumentType.RESIDENT_ID),
        "document_number": gather(cells.identifier, row.get(DOCUMENT), DOCUMENT) or "",
        "xueji": gather(cells.identifier, row.get(XUEJI), XUEJI) or "",
    }
    gather.say(_why_not_a_birthday(facts["birth_on"]))
    return facts


def _why_not_a_birthday(day: date | None) -> str | None:
    if day is None or 3 <= clock.today().year - day.year <= 25:
        return None
    return _("出生日期 %(day)s 与中小学生的年龄不符，请核对。") % {"day": day.isoformat()}


def _check_numbers(facts: dict[str, Any], gather: Gather) -> None:
    if facts["document_number"] and facts["document_type"] in OWN_NUMBERS:
        gather.say(checksums.check_resident_id(facts["document_number"]))
    if facts["xueji"]:
        gather.say(checksums.check_xueji(facts["xueji"]))
    if not (facts["document_number"] or facts["xueji"] or facts["birth_on"]) and not gather.sentences:
        gather.say(_("学籍号、证件号码、出生日期至少填一项，否则无法区分同名学生。"))
    _agree_on_birthday(facts, gather)


def _agree_on_birthday(facts: dict[str, Any], gather: Gather) -> None:
    carried = birth_in(facts) if not gather.sentences else None
    if carried and facts["birth_on"] and carried != facts["birth_on"]:
        gather.say(_("出生日期与证件号码中的日期不一致，请核对。"))
    facts["birth_on"] = facts["birth_on"] or carried


def _why_not_in_school(grade: int | None, school: Org) -> str | None:
    if grade is None or not school.stages or stage_of_grade(grade) in school.stages:
        return None
    return _("本校没有%(stage)s，请核对年级。") % {"stage": stage_of_grade(grade).label}


def _check_file(facts: dict[str, Any], number: int, context: Context, gather: Gather) -> None:
    for key, heading in (("xueji", XUEJI), ("document_number", DOCUMENT)):
        if facts[key] and (first := context.earlier(number, key, facts[key])):
            gather.say(_("“%(heading)s”与第 %(row)s 行重复。") % {"heading": heading, "row": first})
    if facts["xueji"] or facts["document_number"]:
        return
    if first := context.earlier(number, "person", str(context.org.pk), facts["name"], str(facts["birth_on"])):
        gather.say(_("与第 %(row)s 行姓名、出生日期都相同，请填写学籍号或证件号码加以区分。") % {"row": first})


def _find(facts: dict[str, Any], context: Context, gather: Gather) -> Person | None:
    """The pupil of the row, if the platform knows the pupil already."""
    by_xueji = context.register.by_number("xueji_index", facts["xueji"])
    by_document = context.register.by_number("document_index", facts["document_number"])
    if by_xueji and by_document and by_xueji != by_document:
        gather.say(_("学籍号和证件号码分别登记在两个人名下，请核对。"))
        return None
    found = by_xueji or by_document or _by_birthday(facts, context, gather)
    if found and not gather.sentences:
        gather.say(_why_not_ours(found, facts, context))
    return found


def _by_birthday(facts: dict[str, Any], context: Context, gather: Gather) -> Person | None:
    """Same name and birthday in the same school, unless the numbers on file say it is somebody else."""
    if facts["birth_on"] is None:
        return None
    same = context.register.same_person(facts["name"], facts["birth_on"], context.org)
    found = [person for person in same if not _contradicts(person, facts, context.register)]
    if len(found) > 1:
        gather.say(_("本校有多名姓名、出生日期相同的学生，请填写学籍号或证件号码。"))
    return found[0] if len(found) == 1 else None


def _contradicts(person: Person, facts: dict[str, Any], register: Register) -> bool:
    record = getattr(person, "personal", None)
    pairs = ((record.xueji_index, facts["xueji"]), (record.document_index, facts["document_number"])) if record else ()
    return any(held and number and held != register.index(number) for held, number in pairs)


def _why_not_ours(person: Person, facts: dict[str, Any], context: Context) -> str | None:
    if person.name != facts["name"]:
        return _("这个学籍号或证件号码已登记为另一个姓名，请核对；如已改名，请联系管理员更正。")
    record = getattr(person, "pupil", None)
    if record is None:
        return _("这个证件号码登记在一位不是学生的人员名下，请核对。")
    if record.school_id != context.org.pk and record.left_on is None and not context.by.can("roster.upload", record):
        return _("这名学生的学籍登记在另一所学校。如已转入，请在“转学”页面提出申请，由原学校确认。")
    return None


def _same_name(facts: dict[str, Any], person: Person | None, number: int, context: Context) -> list[str]:
    """Same-name pupils stay apart; the sender is told, in case one was meant."""
    first = context.earlier(number, "name", str(context.org.pk), facts["name"])
    if person is None and context.register.has_name(facts["name"], context.org):
        return [_("本校已有同名学生，将作为另一名学生登记，请确认不是同一人。")]
    if first:
        return [_("与第 %(row)s 行同名，将作为两名学生登记。") % {"row": first}]
    return []
