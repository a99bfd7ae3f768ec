import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.models import AuditEntry, StoredFile
from kechuang.base.tables import Column, read_table, write_xlsx
from kechuang.orgs.actions import (
    discard_roster,
    roster_template,
    rows_back,
    take_good_rows,
    take_later,
    undo_later,
    upload_roster,
)
from kechuang.orgs.models import Membership, Org, Person, PersonalRecord, RosterUpload
from tests.factories.orgs import (
    SYSTEM,
    a_city,
    a_pupil,
    a_resident_id,
    a_school,
    a_school_code,
    a_teacher,
    actor_for,
    an_officer,
)

pytestmark = pytest.mark.django_db
PUPIL = ["姓名", "年级", "班级", "出生日期", "入学年份", "证件类型", "证件号码", "学籍号"]
TEACHER = ["姓名", "工号", "角色", "职务", "电子邮箱"]
SCHOOL = ["学校名称", "学校标识码", "学校类型", "办学性质", "统一社会信用代码", "简称", "英文名称"]
BIRTH = date(2012, 5, 6)


@pytest.fixture(autouse=True)
def _files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def school():
    return a_school(a_city().east, kind="junior")


@pytest.fixture
def officer(school):
    return actor_for(an_officer("school_officer", school))


def a_table(headings: list[str], *rows: list) -> ContentFile:
    full = [[*row, *[""] * (len(headings) - len(row))] for row in rows]
    return ContentFile(write_xlsx([Column(heading, 20) for heading in headings], full, title="名册"), name="名册.xlsx")


def checked(kind: str, org: Org, by, headings: list[str], *rows: list) -> RosterUpload:
    upload = upload_roster(kind, org, a_table(headings, *rows), by=by)
    run_pending_jobs()
    return RosterUpload.objects.get(pk=upload.pk)


def verdicts(upload: RosterUpload) -> list[tuple[int, str]]:
    return list(upload.rows.values_list("number", "verdict"))


def reason(upload: RosterUpload, number: int) -> str:
    return upload.rows.get(number=number).reason


# --- pupils ------------------------------------------------------------------------------------------------------


def test_template_offers_the_grades_of_the_school_and_reads_as_empty(school):
    data = roster_template("pupils", school)

    book = openpyxl.load_workbook(io.BytesIO(data))
    lists = [rule.formula1 for rule in book.worksheets[0].data_validations.dataValidation]
    assert '"初一,初二,初三"' in lists
    assert read_table(data).count == 0
    assert read_table(data).headings == PUPIL


def test_good_rows_become_pupils_and_bad_ones_come_back(school, officer):
    number = a_resident_id(BIRTH)
    bad = number[:-1] + ("0" if number[-1] != "0" else "1")
    upload = checked(
        "pupils",
        school,
        officer,
        PUPIL,
        ["王小一", "初一", "1班", "", "2025", "", number, f"G{number}"],
        ["王小二", "八年级", "2班", "2012-3-15"],
        ["王小三", "初二", "2班", "", "", "", bad],
        ["", "小学", "", "不知道"],
        ["王小五", "高一", "2班", "2012.3.15"],
        ["王小六", "初三", "3班"],
    )

    assert verdicts(upload) == [
        (2, "good"),
        (3, "good"),
        (4, "refused"),
        (5, "refused"),
        (6, "refused"),
        (7, "refused"),
    ]
    assert Person.objects.pupils().count() == 0
    assert "姓名" in reason(upload, 5)
    assert "班级" in reason(upload, 5)
    assert "出生日期" in reason(upload, 5)
    assert "没有高中" in reason(upload, 6)

    assert take_good_rows(upload, by=officer) == {"taken": 2, "updated": 0, "refused": 4}

    first = Person.objects.get(name="王小一")
    assert (first.pupil.school, first.pupil.grade, first.pupil.class_name) == (school, 7, "1班")
    assert first.pupil.birth_on == BIRTH
    assert first.personal.xueji == f"G{number}"
    assert actor_for(first).home_org == school
    assert Person.objects.get(name="王小二").pupil.birth_on == date(2012, 3, 15)
    row = AuditEntry.objects.get(action="take_good_rows")
    assert (row.detail["taken"], row.scope_path) == (2, school.path)

    back = openpyxl.load_workbook(io.BytesIO(rows_back(upload, by=officer))).worksheets[0]
    column = [cell.value for cell in back[1]].index("未导入的原因") + 1
    notes = [back.cell(row, column).value for row in range(2, 8)]
    assert [bool(note) for note in notes] == [False, False, True, True, True, True]
    assert back.cell(4, 1).value == "王小三"


def test_the_same_roster_twice_adds_nobody(school, officer):
    number = a_resident_id(BIRTH)
    rows = [["王小一", "初一", "1班", "", "", "", number], ["王小二", "初二", "2班", "2012-03-15"]]
    for _n in range(2):
        upload = checked("pupils", school, officer, PUPIL, *rows)
        counts = take_good_rows(upload, by=officer)

    assert counts == {"taken": 2, "updated": 2, "refused": 0}
    assert Person.objects.pupils().count() == 2
    assert Membership.objects.filter(role="pupil").count() == 2
    assert AuditEntry.objects.filter(action__in=["update_pupil", "record_identifiers"]).count() == 0


def test_taking_twice_takes_once(school, officer):
    upload = checked("pupils", school, officer, PUPIL, ["王小一", "初一", "1班", "2012-03-15"])
    take_good_rows(upload, by=officer)

    assert take_good_rows(upload, by=officer)["taken"] == 0
    assert Person.objects.pupils().count() == 1


def test_next_years_roster_updates_grade_and_class(school, officer):
    number = a_resident_id(BIRTH)
    pupil = a_pupil(school, grade=7, name="王小一", class_name="1班", document_number=number)
    upload = checked("pupils", school, officer, PUPIL, ["王小一", "初二", "5班", "", "", "", number])

    assert take_good_rows(upload, by=officer) == {"taken": 1, "updated": 1, "refused": 0}

    pupil.pupil.refresh_from_db()
    assert (pupil.pupil.grade, pupil.pupil.class_name) == (8, "5班")


def test_numbers_are_added_to_a_pupil_known_by_birthday(school, officer):
    number = a_resident_id(BIRTH)
    pupil = a_pupil(school, grade=7, name="王小一", birth_on=BIRTH)
    upload = checked("pupils", school, officer, PUPIL, ["王小一", "初一", "1班", "", "", "", number, ""])
    take_good_rows(upload, by=officer)

    assert PersonalRecord.objects.get().person == pupil
    assert Person.objects.pupils().count() == 1


def test_pupils_of_the_same_name_stay_apart(school, officer):
    numbers = [a_resident_id(BIRTH), a_resident_id(BIRTH), a_resident_id(BIRTH)]
    a_pupil(school, grade=7, name="王小一", birth_on=BIRTH, document_number=numbers[0])
    upload = checked(
        "pupils",
        school,
        officer,
        PUPIL,
        ["王小一", "初一", "1班", "", "", "", numbers[1]],
        ["王小一", "初一", "1班", "", "", "", numbers[2]],
    )

    assert verdicts(upload) == [(2, "warning"), (3, "warning")]
    assert "同名" in reason(upload, 2)
    take_good_rows(upload, by=officer)
    assert Person.objects.filter(name="王小一").count() == 3


@pytest.mark.parametrize(
    ("second", "word"),
    [
        (["王小二", "初一", "1班", "", "", "", "ID"], "重复"),
        (["王小一", "初一", "2班", "2012-03-15"], "相同"),
    ],
)
def test_doubles_inside_the_file_are_refused(school, officer, second, word):
    number = a_resident_id(BIRTH)
    first = ["王小一", "初一", "1班", "2012-03-15"] if word == "相同" else ["王小一", "初一", "1班", "", "", "", number]
    upload = checked("pupils", school, officer, PUPIL, first, [number if cell == "ID" else cell for cell in second])

    assert verdicts(upload) == [(2, "good"), (3, "refused")]
    assert "第 2 行" in reason(upload, 3)
    assert word in reason(upload, 3)


def test_a_number_under_another_name_is_refused(school, officer):
    number = a_resident_id(BIRTH)
    a_pupil(school, grade=7, name="王小一", document_number=number)
    upload = checked("pupils", school, officer, PUPIL, ["李四", "初一", "1班", "", "", "", number])

    assert verdicts(upload) == [(2, "refused")]


def test_a_pupil_of_another_school_is_moved_by_the_district_only(school, officer):
    number = a_resident_id(BIRTH)
    other = a_school(school.parent, kind="junior")
    pupil = a_pupil(other, grade=7, name="王小一", document_number=number)
    row = ["王小一", "初一", "1班", "", "", "", number]

    assert "另一所学校" in reason(checked("pupils", school, officer, PUPIL, row), 2)

    district = actor_for(an_officer("district_officer", school.parent))
    take_good_rows(checked("pupils", school, district, PUPIL, row), by=district)
    pupil.pupil.refresh_from_db()
    assert pupil.pupil.school == school


def test_a_number_spoilt_by_the_spreadsheet_is_explained(school, officer):
    book = openpyxl.Workbook()
    book.active.append(PUPIL)
    book.active.append(["王小一", "初一", "1班", date(2012, 3, 15), 2025, "", 440305201205060000])
    out = io.BytesIO()
    book.save(out)
    upload = upload_roster("pupils", school, ContentFile(out.getvalue(), name="a.xlsx"), by=officer)
    run_pending_jobs()

    assert "文本" in reason(upload, 2)


def test_birthday_must_agree_with_the_number(school, officer):
    upload = checked(
        "pupils", school, officer, PUPIL, ["王小一", "初一", "1班", "2011-01-01", "", "", a_resident_id(BIRTH)]
    )

    assert "不一致" in reason(upload, 2)


def test_rows_are_stored_encrypted_and_emptied_once_taken(school, officer):
    number = a_resident_id(BIRTH)
    upload = checked("pupils", school, officer, PUPIL, ["王小一", "初一", "1班", "", "", "", number])
    raw = upload.rows.model.objects.extra(select={"raw": "sealed"}).get().raw
    assert number not in raw
    assert upload.rows.get().content["证件号码"] == number

    take_good_rows(upload, by=officer)

    assert upload.rows.get().content == {}


def test_a_file_without_the_headings_is_refused_as_a_whole(school, officer):
    upload = checked("pupils", school, officer, ["名字", "年级"], ["王小一", "初一"])

    assert upload.state == "failed"
    assert "姓名" in upload.error
    with pytest.raises(Refused):
        take_good_rows(upload, by=officer)


def test_a_picture_is_no_roster(school, officer):
    with pytest.raises(Refused):
        upload_roster("pupils", school, ContentFile(b"\x89PNG\r\n\x1a\n" + b"0" * 100, name="a.xlsx"), by=officer)

    assert not RosterUpload.objects.exists()


def test_only_the_own_school_uploads(school, officer):
    other = a_school(school.parent)
    for actor, org in ((officer, other), (actor_for(a_teacher(school)), school)):
        with pytest.raises(PermissionDenied):
            upload_roster("pupils", org, a_table(PUPIL), by=actor)
    with pytest.raises(Refused):
        upload_roster("pupils", school.parent, a_table(PUPIL), by=SYSTEM)


def test_taking_in_the_background_and_discarding(school, officer):
    upload = checked("pupils", school, officer, PUPIL, ["王小一", "初一", "1班", "2012-03-15"])
    take_later(upload, by=officer)
    run_pending_jobs()
    upload.refresh_from_db()
    assert (upload.state, upload.job.state, upload.job.result["taken"]) == ("taken", "succeeded", 1)

    discard_roster(upload, by=officer)

    assert not RosterUpload.objects.exists()
    assert not StoredFile.objects.exists()
    assert Person.objects.pupils().count() == 1


# --- teachers and schools ----------------------------------------------------------------------------------------


def test_teachers_are_known_by_staff_number(school, officer):
    upload = checked(
        "teachers",
        school,
        officer,
        TEACHER,
        ["李老师", "T001", "", "科技教师", "li@example.org"],
        ["陈校长", "T002", "校级工作小组组长", "校长"],
        ["无号", ""],
        ["重号", "T001"],
        ["坏邮箱", "T005", "", "", "not-an-address"],
        ["越权", "T006", "系统管理员"],
    )
    assert [v for _n, v in verdicts(upload)] == ["good", "good", "refused", "refused", "refused", "refused"]

    for _n in range(2):
        take_good_rows(checked("teachers", school, officer, TEACHER, ["李老师", "T001", "", "教研组长"]), by=officer)
    take_good_rows(upload, by=officer)

    teacher = Person.objects.get(staff_number="T001")
    assert teacher.user.username == "t001"
    assert not teacher.user.has_usable_password()
    assert [(m.role, m.title) for m in teacher.memberships.all()] == [("teacher", "科技教师")]
    assert actor_for(Person.objects.get(staff_number="T002")).roles == {"school_team_head"}


def test_teacher_of_another_school_is_not_taken_over(school, officer):
    stranger = a_teacher(a_school(school.parent), staff_number="T777", name="李老师")
    upload = checked("teachers", school, officer, TEACHER, ["李老师", "T777"])

    assert "另一所学校" in reason(upload, 2)
    assert stranger.memberships.count() == 1


def test_schools_are_founded_and_updated_by_their_code(school):
    district = school.parent
    officer = actor_for(an_officer("district_officer", district))
    code = a_school_code("2144")
    upload = checked(
        "schools",
        district,
        officer,
        SCHOOL,
        ["示范实验小学", code, "小学", "公办", "", "实小"],
        ["示范坏码小学", "123", "小学", "公办"],
        ["示范坏信用代码小学", a_school_code("2144"), "小学", "公办", "91350100M000100Y4Z"],
        ["示范新名中学", school.school_code, "初级中学", "公办"],
        ["示范空白小学", a_school_code("2144"), "幼儿园", "公办"],
    )
    assert [v for _n, v in verdicts(upload)] == ["good", "refused", "refused", "refused", "refused"]
    assert "更名" in reason(upload, 5)
    take_good_rows(upload, by=officer)

    founded = Org.objects.get(school_code=code)
    assert (founded.parent, founded.stages, founded.short_name) == (district, ["primary"], "实小")

    again = checked("schools", district, officer, SCHOOL, ["示范实验小学", code, "九年一贯制学校", "公办"])
    assert take_good_rows(again, by=officer) == {"taken": 1, "updated": 1, "refused": 0}
    founded.refresh_from_db()
    assert founded.stages == ["primary", "junior"]


# --- taking back -------------------------------------------------------------------------------------------------


def undone(upload: RosterUpload, by) -> RosterUpload:
    undo_later(upload, by=by)
    run_pending_jobs()
    return RosterUpload.objects.get(pk=upload.pk)


def test_a_bad_roster_is_taken_back_and_what_was_used_since_stays_with_the_reason(school, officer):
    known = a_pupil(school, grade=7, name="李一", birth_on=BIRTH, class_name="1班")
    rows = [
        ["李一", "初二", "3班", BIRTH],
        ["王二", "初一", "2班", date(2013, 1, 2)],
        ["赵三", "初一", "2班", date(2013, 1, 3)],
    ]
    upload = checked("pupils", school, officer, PUPIL, *rows)
    take_good_rows(upload, by=officer)
    used = Person.objects.get(name="赵三").user
    used.last_login = clock.now()
    used.save()

    upload = undone(upload, officer)

    assert verdicts(upload) == [(2, "undone"), (3, "undone"), (4, "taken")]
    assert "已经登录使用" in reason(upload, 4)
    assert not Person.objects.filter(name="王二").exists()
    known.pupil.refresh_from_db()
    assert (known.pupil.grade, known.pupil.class_name) == (7, "1班")
    assert upload.state == "taken"
    assert list(AuditEntry.objects.filter(action="undo_roster").values_list("detail", flat=True)) == [
        {"undone": 2, "kept": 1}
    ]


def test_a_roster_that_is_wholly_taken_back_says_so_and_old_ones_are_refused(school, officer):
    upload = checked("pupils", school, officer, PUPIL, ["王二", "初一", "2班", date(2013, 1, 2)])
    with pytest.raises(Refused, match="还没有导入"):
        undo_later(upload, by=officer)
    take_good_rows(upload, by=officer)
    RosterUpload.objects.filter(pk=upload.pk).update(taken_at=clock.now() - timedelta(days=31))
    with pytest.raises(Refused, match="超过 30 天"):
        undo_later(RosterUpload.objects.get(pk=upload.pk), by=officer)
    RosterUpload.objects.filter(pk=upload.pk).update(taken_at=clock.now())

    upload = undone(RosterUpload.objects.get(pk=upload.pk), officer)

    assert upload.state == "undone"
    assert not Person.objects.filter(name="王二").exists()
    with pytest.raises(PermissionDenied):
        undo_later(upload, by=actor_for(a_teacher(school)))
