"""Imports of the command are taken back by the rules of the page."""

import json
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.models import AuditEntry
from kechuang.base.tables import read_table
from kechuang.orgs.actions import record_identifiers
from kechuang.orgs.actions.rosters.bulk import import_roster, run, undo_import
from kechuang.orgs.actions.rosters.bulk import undo as undoing
from kechuang.orgs.actions.years import promote_school
from kechuang.orgs.keepings import erase_rosters
from kechuang.orgs.models import ImportBatch, Membership, Person, PersonalRecord, PupilRecord, RosterImport, User
from tests.factories.orgs import SYSTEM, a_city, a_guardian, a_pupil, a_resident_id, a_school, actor_for, an_officer
from tests.orgs.test_roster_import import BIRTH, PUPIL, TEACHER, a_file, pupil_row, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return a_city()


@pytest.fixture
def school(city):
    return a_school(city.east, kind="junior")


def taken_back(capsys, *numbers, **options):
    call_command("undo_import", *numbers, json=True, **options)
    return json.loads(capsys.readouterr().out)


def everything():
    """All that a roster writes, as it stands."""
    return {
        "people": sorted(Person.objects.values_list("pk", "name")),
        "users": sorted(User.objects.values_list("pk", "username")),
        "pupils": sorted(PupilRecord.objects.values_list("person", "school", "grade", "class_name", "enrol_year", "birth_on", "left_on")),
        "numbers": sorted((r.person_id, r.document_number, r.xueji, r.xueji_index) for r in PersonalRecord.objects.all()),
        "roles": sorted(Membership.objects.current().values_list("person", "org", "role")),
    }  # fmt: skip


def test_what_was_added_goes_and_what_was_changed_stands_as_before(city, school, tmp_path, capsys):
    document = a_resident_id(BIRTH)
    known = a_pupil(school, grade=7, name="李一", birth_on=BIRTH, class_name="1班")
    moved = a_pupil(a_school(city.west), grade=8, name="王二", birth_on=date(2011, 1, 2))
    other = a_resident_id(date(2011, 1, 2))
    record_identifiers(moved, by=SYSTEM, org=moved.pupil.school, document_number=other)
    before = everything()
    rows = [
        pupil_row(school, "李一", document, "8", "3班"),
        pupil_row(school, "王二", other, "9"),
        pupil_row(school, "赵三"),
    ]
    report = taken("pupils", a_file(tmp_path, PUPIL, *rows), capsys)
    assert everything() != before
    assert (known.pupil.pk, PupilRecord.objects.get(person=moved).school) == (known.pupil.pk, school)

    back = taken_back(capsys, *report["imports"])

    assert back == {"removed": 1, "restored": 2, "kept": 0}
    assert everything() == before
    assert AuditEntry.objects.filter(action="undo_import").values_list("detail", flat=True).get() == back


def test_who_is_used_or_changed_since_stays_with_the_reason(school, tmp_path, capsys):
    known, again = (a_pupil(school, grade=7, name=name, birth_on=BIRTH, class_name="1班") for name in ("李一", "李二"))
    rows = [[school.school_code, name, "8", "3班", str(BIRTH), "", ""] for name in ("李一", "李二")]
    rows += [pupil_row(school, name) for name in ("王三", "王四", "王五")]
    report = taken("pupils", a_file(tmp_path, PUPIL, *rows), capsys)
    User.objects.filter(person__name="王三").update(last_login=clock.now())
    a_guardian(Person.objects.get(name="王四"))
    PupilRecord.objects.filter(person=again).update(class_name="9班")
    kept_to = tmp_path / "kept.xlsx"

    back = taken_back(capsys, *report["imports"], kept_to=kept_to)

    assert back == {"removed": 1, "restored": 1, "kept": 3}
    assert set(Person.objects.filter(pupil__isnull=False).values_list("name", flat=True)) == {
        "李一",
        "李二",
        "王三",
        "王四",
    }
    classes = dict(PupilRecord.objects.values_list("person__name", "class_name"))
    assert (classes["李一"], classes["李二"]) == ("1班", "9班")
    reasons = {row["平台编号"]: row["保留的原因"] for row in read_table(kept_to).rows}
    assert "此后又有更改" in reasons[again.public_id]
    assert "已经登录使用" in reasons[Person.objects.get(name="王三").public_id]
    assert "已有监护人" in reasons[Person.objects.get(name="王四").public_id]
    assert known.public_id not in reasons


def test_a_later_row_of_the_same_file_is_taken_back_first(school, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(run, "BATCH", 1)
    known = a_pupil(school, grade=7, name="李一", birth_on=BIRTH, class_name="1班")
    document = a_resident_id(BIRTH)
    first = [school.school_code, "李一", "8", "2班", str(BIRTH), document, ""]
    second = [school.school_code, "李一", "9", "3班", str(BIRTH), "", f"G{document}"]
    report = taken("pupils", a_file(tmp_path, PUPIL, first, second), capsys)
    assert PupilRecord.objects.get(person=known).grade == 9

    assert taken_back(capsys, *report["imports"])["kept"] == 0

    record = PupilRecord.objects.get(person=known)
    assert (record.grade, record.class_name) == (7, "1班")
    assert not PersonalRecord.objects.filter(person=known).exists()


def test_a_year_change_since_is_not_undone_by_the_way(school, tmp_path, capsys):
    a_pupil(school, grade=7, name="李一", birth_on=BIRTH, class_name="1班")
    rows = [
        [school.school_code, "李一", "7", "3班", str(BIRTH), "", ""],
        [school.school_code, "王二", "7", "3班", "2012-01-02", "", ""],
    ]
    with clock.travel(clock.now().replace(month=8, day=20)):
        report = taken("pupils", a_file(tmp_path, PUPIL, *rows), capsys)
        promote_school(school, clock.today().year, by=SYSTEM)

        back = taken_back(capsys, *report["imports"])

    assert back == {"removed": 1, "restored": 1, "kept": 0}
    record = PupilRecord.objects.get(person__name="李一")
    assert (record.grade, record.class_name) == (8, "1班")


def test_a_killed_undo_goes_on_where_it_stopped(school, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(run, "BATCH", 2)
    report = taken("pupils", a_file(tmp_path, PUPIL, *[pupil_row(school, f"李{n}") for n in "一二三四五"]), capsys)
    mark = RosterImport.objects.get(pk=report["imports"][0])

    def killed(done):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        undo_import(mark, by=SYSTEM, step=killed)
    assert sorted(Person.objects.values_list("name", flat=True)) == ["李一", "李二"]
    assert RosterImport.objects.get().undone_at is None

    assert taken_back(capsys, mark.pk) == {"removed": 5, "restored": 0, "kept": 0}
    assert not Person.objects.exists()


def test_a_batch_whose_undo_fails_leaves_everything_in(school, tmp_path, capsys, monkeypatch):
    report = taken("pupils", a_file(tmp_path, PUPIL, pupil_row(school)), capsys)

    def full(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(undoing.audit, "record", full)
    with pytest.raises(OSError, match="disk full"):
        undo_import(RosterImport.objects.get(pk=report["imports"][0]), by=SYSTEM)

    assert Person.objects.count() == 1
    assert ImportBatch.objects.get().undone_at is None


def test_teachers_that_were_added_go_too(school, tmp_path, capsys):
    report = taken("teachers", a_file(tmp_path, TEACHER, [school.school_code, "李老师", "T1"]), capsys)

    assert taken_back(capsys, *report["imports"])["removed"] == 1
    assert not User.objects.filter(username="t1").exists()


def test_what_cannot_be_taken_back_is_refused_in_words(city, school, tmp_path, capsys):
    heads = ["学校名称", "学校标识码", "学校类型", "办学性质", "所属区"]
    schools = a_file(
        tmp_path, heads, ["示范甲学校", "3144000901", "初级中学", "公办", city.east.name], name="schools.csv"
    )
    founded = taken("schools", schools, capsys)["imports"]
    with pytest.raises(CommandError, match="学校名册不能整份撤回"):
        call_command("undo_import", *founded)
    report = taken("pupils", a_file(tmp_path, PUPIL, pupil_row(school)), capsys)
    number = report["imports"][0]
    with clock.travel(clock.now() + timedelta(days=31)), pytest.raises(CommandError, match="超过 30 天"):
        call_command("undo_import", number)
    with pytest.raises(PermissionDenied):
        undo_import(RosterImport.objects.get(pk=number), by=actor_for(an_officer("school_officer", school)))
    with pytest.raises(CommandError, match="没有编号为 999999 的导入"):
        call_command("undo_import", 999999)

    call_command("undo_import", number)
    assert "删除 1 人" in capsys.readouterr().out
    with pytest.raises(Refused, match="已经撤回过"):
        undo_import(RosterImport.objects.get(pk=number), by=SYSTEM)


def test_the_command_lists_what_can_be_taken_back(school, tmp_path, capsys):
    report = taken("pupils", a_file(tmp_path, PUPIL, pupil_row(school)), capsys)

    assert [one["number"] for one in taken_back(capsys)["imports"]] == report["imports"]
    taken_back(capsys, *report["imports"])
    assert taken_back(capsys) == {"imports": []}


def test_the_file_may_be_imported_again_after_it_was_taken_back(school, tmp_path, capsys):
    path = a_file(tmp_path, PUPIL, pupil_row(school))
    taken_back(capsys, *taken("pupils", path, capsys)["imports"])

    assert taken("pupils", path, capsys)["added"] == 1


def test_undoing_asks_as_often_for_many_as_for_few(school, tmp_path):
    """How often depends on how many tables point at a person, and on nothing else."""
    asked = []
    for n in (3, 30):
        path = a_file(tmp_path, PUPIL, *[pupil_row(school, f"李{n}{k}") for k in range(n)], name=f"{n}.csv")
        number = import_roster("pupils", path, by=SYSTEM).number
        mark = RosterImport.objects.select_related("org").get(pk=number)
        with CaptureQueriesContext(connection) as queries:
            undo_import(mark, by=SYSTEM)
        asked.append(len(queries))

    assert asked[0] == asked[1]


def test_the_way_back_is_deleted_with_the_rosters_that_are_due(school, tmp_path):
    import_roster("pupils", a_file(tmp_path, PUPIL, pupil_row(school)), by=SYSTEM)

    done = erase_rosters(clock.now() + timedelta(days=1), SYSTEM)

    assert done["import_batches"] == 1
    assert not ImportBatch.objects.exists()
