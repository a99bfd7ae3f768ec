"""Rosters of any length from a file, by the command."""

import csv
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from kechuang.base.models import AuditEntry
from kechuang.base.tables import Column, read_table, write_xlsx
from kechuang.orgs.actions.rosters.bulk import import_roster, run
from kechuang.orgs.models import Membership, Org, Person, PersonalRecord, RefusedRow, RosterImport, User
from tests.factories.orgs import SYSTEM, a_city, a_pupil, a_resident_id, a_school

pytestmark = pytest.mark.django_db
PUPIL = ["学校标识码", "姓名", "年级", "班级", "出生日期", "证件号码", "学籍号"]
TEACHER = ["学校标识码", "姓名", "工号"]
BIRTH = date(2012, 5, 6)


@pytest.fixture
def city():
    return a_city()


@pytest.fixture
def school(city):
    return a_school(city.east, kind="junior")


def a_file(tmp_path, headings, *rows, name="city.csv"):
    path = tmp_path / name
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([headings, *rows])
    return path


def pupil_row(school, name="李一", document=None, grade="初一", class_name="1班"):
    return [school.school_code, name, grade, class_name, "", document or a_resident_id(BIRTH), ""]


def taken(kind, path, capsys, **options):
    call_command("import_roster", kind, path, json=True, **options)
    return json.loads(capsys.readouterr().out)


def test_import_takes_pupils_of_many_schools_with_account_membership_and_sealed_numbers(city, school, tmp_path, capsys):
    other, document = a_school(city.west), a_resident_id(BIRTH)
    path = a_file(tmp_path, PUPIL, pupil_row(school, "李一", document), pupil_row(other, "王二", grade="9"))

    report = taken("pupils", path, capsys)

    assert [report[key] for key in ("rows_in", "accepted", "added", "refused")] == [2, 2, 2, 0]
    person = Person.objects.get(name="李一")
    assert (person.pupil.school, person.pupil.grade, person.pupil.birth_on) == (school, 7, BIRTH)
    assert person.personal.document_number == document
    assert (person.user.has_pin, person.user.has_usable_password()) == (True, False)
    assert list(Membership.objects.values_list("role", "org")) == [("pupil", school.pk), ("pupil", other.pk)]
    assert list(
        AuditEntry.objects.filter(action__in=("import_roster", "create_pupil")).values_list("action", flat=True)
    ) == ["import_roster"]
    assert not path.with_name("city.csv.refused.xlsx").exists()


def test_import_gives_refused_rows_back_with_the_sentence_of_the_page(school, tmp_path, capsys):
    document = a_resident_id(BIRTH)
    rows = [
        pupil_row(school, "李一", document),
        pupil_row(school, "李二", document),
        pupil_row(school, "李三", document[:-1] + ("1" if document[-1] != "1" else "2")),
        pupil_row(school, "李四", grade="一年级"),
        ["9999999999", "李五", "初一", "1班", "2012-01-02", "", ""],
        ["", "李六", "初一", "1班", "2012-01-02", "", ""],
    ]

    report = taken("pupils", a_file(tmp_path, PUPIL, *rows), capsys)

    assert [report[key] for key in ("rows_in", "accepted", "refused")] == [6, 1, 5]
    back = list(read_table(report["refused_file"]).rows)
    assert [(row["姓名"], int(row["原行号"]), row["未导入的原因"]) for row in back] == [
        ("李二", 3, "“证件号码”与第 2 行重复。"),
        ("李三", 4, "身份证号的末位校验码不对，多半是某一位抄错了，请逐位核对。"),
        ("李四", 5, "本校没有小学，请核对年级。"),
        ("李五", 6, "平台上没有代码为“9999999999”的学校，请核对，或先导入学校名册。"),
        ("李六", 7, "没有写明属于哪里：请填写“学校标识码”“平台代码”中的一列，或在命令中用 --school 指定。"),
    ]
    assert not RefusedRow.objects.exists()


def test_import_of_the_same_file_twice_adds_nothing(school, tmp_path, capsys):
    rows = [pupil_row(school, "李一"), [school.school_code, "李二", "初一", "2班", "2012-01-02", "", ""]]
    path = a_file(tmp_path, PUPIL, *rows)
    taken("pupils", path, capsys)

    again = taken("pupils", path, capsys)

    assert [again[key] for key in ("rows_in", "accepted", "added", "updated")] == [2, 2, 0, 0]
    assert (Person.objects.count(), User.objects.count(), Membership.objects.count()) == (2, 2, 2)


def test_import_updates_the_class_adds_numbers_and_moves_a_pupil_between_schools(city, school, tmp_path, capsys):
    other, document = a_school(city.west), a_resident_id(BIRTH)
    known = a_pupil(school, grade=7, name="李一", birth_on=BIRTH)
    import_roster("pupils", a_file(tmp_path, PUPIL, [*pupil_row(school, "李一", document, "8", "3班")]), by=SYSTEM)
    number = PersonalRecord.objects.get(person=known)

    report = taken("pupils", a_file(tmp_path, PUPIL, pupil_row(other, "李一", document, "9")), capsys)

    known = Person.objects.get(pk=known.pk)
    assert number.document_number == document
    assert [report[key] for key in ("added", "updated")] == [0, 1]
    assert (known.pupil.school, known.pupil.grade) == (other, 9)
    assert [m.org for m in Membership.objects.filter(person=known, ended_at__isnull=True)] == [other]
    assert Membership.objects.filter(person=known, ended_at__isnull=False).get().org == school


def test_import_later_row_of_the_same_batch_updates_the_pupil_just_added(school, tmp_path, capsys):
    rows = [pupil_row(school, "李一"), [school.school_code, "李一", "8", "2班", str(BIRTH), "", ""]]

    report = taken("pupils", a_file(tmp_path, PUPIL, *rows), capsys)

    assert [report[key] for key in ("added", "updated")] == [1, 1]
    assert Person.objects.get().pupil.grade == 8


def test_killed_import_goes_on_after_its_last_batch_and_still_finds_doubles(school, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(run, "BATCH", 2)
    document = a_resident_id(BIRTH)
    rows = [pupil_row(school, "李零", document), pupil_row(school, "错", "123")]
    rows += [pupil_row(school, f"李{n}") for n in "一二三"]
    path = a_file(tmp_path, PUPIL, *rows, pupil_row(school, "李九", document))

    def killed(done):
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_roster("pupils", path, by=SYSTEM, step=killed)
    half = RosterImport.objects.get()
    assert (half.through, half.rows_in, half.added, half.refused, Person.objects.count()) == (5, 4, 3, 1, 3)

    report = taken("pupils", path, capsys)

    assert [report[key] for key in ("rows_in", "accepted", "added", "refused")] == [6, 4, 4, 2]
    back = [(row["姓名"], int(row["原行号"])) for row in read_table(report["refused_file"]).rows]
    assert back == [("错", 3), ("李九", 7)]
    assert RosterImport.objects.get().finished_at is not None


def test_a_batch_that_fails_leaves_nothing(school, tmp_path, monkeypatch):
    path = a_file(tmp_path, PUPIL, pupil_row(school), pupil_row(school, "李二"))

    def full(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(run.audit, "record", full)
    with pytest.raises(OSError, match="disk full"):
        import_roster("pupils", path, by=SYSTEM)

    assert (Person.objects.count(), RosterImport.objects.get().through) == (0, 0)


def test_dry_run_tells_the_same_and_writes_nothing(school, tmp_path, capsys):
    path = a_file(tmp_path, PUPIL, pupil_row(school), pupil_row(school, "李二", "123"))

    report = taken("pupils", path, capsys, dry_run=True)

    assert [report[key] for key in ("rows_in", "accepted", "added", "refused")] == [2, 1, 1, 1]
    assert not Person.objects.exists()
    assert not RosterImport.objects.exists()


def test_import_takes_schools_and_teachers_too(city, tmp_path, capsys):
    schools = a_file(
        tmp_path,
        ["学校名称", "学校标识码", "学校类型", "办学性质", "所属区"],
        ["示范甲学校", "3144000901", "初级中学", "公办", city.east.name],
        ["示范乙学校", "3144000902", "初级中学", "公办", "没有的区"],
        name="schools.csv",
    )
    assert taken("schools", schools, capsys)["added"] == 1
    teachers = a_file(tmp_path, TEACHER, ["3144000901", "李老师", "T1"], ["3144000901", "王老师", ""])

    report = taken("teachers", teachers, capsys)

    assert [report[key] for key in ("accepted", "refused")] == [1, 1]
    assert Membership.objects.get().org == Org.objects.get(school_code="3144000901", parent=city.east)


def test_import_reads_xlsx_with_the_school_named_in_the_command(school, tmp_path, capsys):
    path = tmp_path / "one.xlsx"
    rows = [["李一", 7, "1班", BIRTH]]
    path.write_bytes(write_xlsx([Column(h) for h in ("姓名", "年级", "班级", "出生日期")], rows, title="名册"))

    assert taken("pupils", path, capsys, school=school.code)["added"] == 1


@pytest.mark.parametrize("content", [b"\x00\x01binary", b"", b"PK\x03\x04broken", "姓名\n李一\n".encode()])
def test_import_refuses_a_file_that_is_no_roster(school, tmp_path, content):
    path = tmp_path / "broken.csv"
    path.write_bytes(content)

    with pytest.raises(CommandError):
        call_command("import_roster", "pupils", path)

    with pytest.raises(CommandError, match="找不到文件"):
        call_command("import_roster", "pupils", tmp_path / "nothing.csv")


def test_import_asks_as_often_for_many_rows_as_for_few(school, tmp_path, django_assert_num_queries):
    few = a_file(tmp_path, PUPIL, *[pupil_row(school, f"李{n}") for n in range(3)], name="few.csv")
    many = a_file(tmp_path, PUPIL, *[pupil_row(school, f"王{n}") for n in range(30)], name="many.csv")

    with django_assert_num_queries(QUERIES):
        import_roster("pupils", few, by=SYSTEM)
    with django_assert_num_queries(QUERIES):
        import_roster("pupils", many, by=SYSTEM)


QUERIES = 25
