"""OneRoster 1.2 CSV: what a school system exports, taken like any roster."""

import csv
import io
import json
import zipfile
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from kechuang.orgs.models import Membership, Org, Person
from tests.factories.orgs import a_city, a_resident_id, a_school

pytestmark = pytest.mark.django_db
BIRTH = date(2012, 5, 6)
ORGS = ["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"]
USERS = [
    "sourcedId",
    "status",
    "enabledUser",
    "username",
    "userIds",
    "givenName",
    "familyName",
    "identifier",
    "email",
    "grades",
]
ROLES = ["sourcedId", "status", "userSourcedId", "roleType", "role", "orgSourcedId"]


@pytest.fixture
def school():
    return a_school(a_city().east, kind="junior")


def table(headings, *rows):
    text = io.StringIO()
    csv.writer(text).writerows([headings, *rows])
    return text.getvalue()


def a_zip(tmp_path, files, name="oneroster.zip"):
    path = tmp_path / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in files.items():
            archive.writestr(file, content)
    return path


def usual(school, document):
    return {
        "manifest.csv": table(["propertyName", "value"], ["oneroster.version", "1.2"]),
        "orgs.csv": table(ORGS, ["o1", "", "", school.name, "school", school.school_code, ""]),
        "users.csv": table(
            USERS,
            ["u1", "", "true", "li", f"{{resident_id:{document}}}", "一", "李", "", "", "07"],
            ["u2", "", "true", "wang", "", "老师", "王", "T100", "wang@example.com", ""],
            ["u3", "tobedeleted", "true", "x", "", "二", "赵", "", "", "07"],
            ["u4", "", "true", "sun", "", "三", "孙", "", "", "03"],
        ),
        "roles.csv": table(
            ROLES,
            ["r1", "", "u1", "primary", "student", "o1"],
            ["r2", "", "u2", "primary", "teacher", "o1"],
            ["r3", "", "u3", "primary", "student", "o1"],
            ["r4", "", "u4", "primary", "student", "o1"],
        ),
        "demographics.csv": table(["sourcedId", "birthDate"], ["u4", "2016-02-03"]),
        "classes.csv": table(
            ["sourcedId", "title", "classType"], ["c1", "3班", "homeroom"], ["c2", "数学", "scheduled"]
        ),
        "enrollments.csv": table(
            ["sourcedId", "classSourcedId", "userSourcedId", "role"],
            ["e1", "c1", "u1", "student"],
            ["e2", "c2", "u1", "student"],
        ),
    }


def taken(path, capsys, **options):
    call_command("import_roster", "oneroster", path, json=True, **options)
    return json.loads(capsys.readouterr().out)


def test_pupils_and_teachers_are_taken_and_the_others_sent_back(school, tmp_path, capsys):
    document = a_resident_id(BIRTH)
    path = a_zip(tmp_path, usual(school, document))

    report = taken(path, capsys)

    assert [report[key] for key in ("rows_in", "accepted", "added", "refused")] == [3, 2, 2, 1]
    pupil = Person.objects.get(name="李一")
    assert (pupil.pupil.school, pupil.pupil.grade, pupil.pupil.class_name) == (school, 7, "3班")
    assert pupil.personal.document_number == document
    assert Membership.objects.get(person__staff_number="T100").role == "teacher"
    assert report["refused_file"].endswith("oneroster.zip.pupils.refused.xlsx")

    again = taken(path, capsys)
    assert again["added"] == 0


def test_a_new_school_comes_with_its_kind(school, tmp_path, capsys):
    files = usual(school, a_resident_id(BIRTH))
    files["orgs.csv"] = table(
        [*ORGS, "metadata.schoolKind", "metadata.ownership"],
        ["d1", "", "", school.parent.name, "district", school.parent.code, "", "", ""],
        ["o1", "", "", "示范新建初级中学", "school", "3144009991", "d1", "初级中学", "公办"],
    )

    report = taken(a_zip(tmp_path, files), capsys)

    assert report["rows_in"] == 4
    assert Org.objects.filter(school_code="3144009991", parent=school.parent).exists()
    assert Person.objects.get(name="李一").pupil.school.name == "示范新建初级中学"


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (None, "不是 zip"),
        ({"users.csv": "sourcedId\n"}, "缺少 orgs.csv、roles.csv"),
        ({"orgs.csv": "id\n1\n", "users.csv": "sourcedId\n", "roles.csv": "sourcedId\n"}, "没有 sourcedId"),
        ({"orgs.csv": "sourcedId\n" + "0" * 3_000_000, "users.csv": "sourcedId\n", "roles.csv": "sourcedId\n"}, "过大"),
        (
            {"orgs.csv": b"sourcedId,name\n1,\xff\xfe\n", "users.csv": "sourcedId\n", "roles.csv": "sourcedId\n"},
            "UTF-8",
        ),
    ],
)
def test_what_is_no_oneroster_file_is_refused_in_words(school, tmp_path, files, sentence):
    path = a_zip(tmp_path, files) if files else tmp_path / "x.zip"
    if not files:
        path.write_text("hello")

    with pytest.raises(CommandError, match=sentence):
        call_command("import_roster", "oneroster", path)
    assert not Person.objects.exists()
