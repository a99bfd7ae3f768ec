"""Rosters: template, upload, verdicts, the good rows taken, the others sent back."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from kechuang.base.jobs import run_pending_jobs
from kechuang.base.tables import Column, read_table, write_xlsx
from kechuang.orgs.models import PupilRecord, RosterUpload
from tests.web.officer_scene import Scene, a_scene

pytestmark = pytest.mark.django_db
HEADINGS = ("姓名", "年级", "班级", "出生日期")
GOOD = ("李小明", "初二", "3班", "2012-09-01")
BAD = ("王小红", "八十年级", "3班", "2012-09-02")


@pytest.fixture
def scene() -> Scene:
    return a_scene()


@pytest.fixture
def school(scene):
    return scene.client("school")


def a_file(*rows):
    file = io.BytesIO(write_xlsx([Column(heading) for heading in HEADINGS], [list(row) for row in rows]))
    file.name = "名册.xlsx"
    return file


@pytest.fixture
def checked(scene, school, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        school.post(reverse("rosters"), {"kind": "pupils", "org_code": scene.school.code, "file": a_file(GOOD, BAD)})
    run_pending_jobs()
    return RosterUpload.objects.get()


def test_template_has_the_headings_and_lists(school):
    response = school.get(reverse("roster_template", args=["pupils"]))

    sheet = load_workbook(io.BytesIO(response.content)).worksheets[0]
    assert [cell.value for cell in sheet[1]][:3] == ["姓名*", "年级*", "班级*"]
    assert sheet.data_validations.dataValidation


def test_upload_is_checked_in_the_background(scene, school):
    response = school.post(reverse("rosters"), {"kind": "pupils", "org_code": scene.school.code, "file": a_file(GOOD)})
    upload = RosterUpload.objects.get()
    page = school.get(reverse("roster", args=[upload.public_id]))
    partial = school.get(reverse("roster", args=[upload.public_id]), headers={"HX-Request": "true"}).content.decode()

    assert response["Location"] == reverse("roster", args=[upload.public_id])
    assert page.context["busy"]
    assert "hx-trigger" in page.content.decode()
    assert "<html" not in partial


def test_each_row_has_its_verdict(school, checked):
    page = school.get(reverse("roster", args=[checked.public_id]))

    assert [(line["name"], line["row"].verdict) for line in page.context["lines"]] == [
        ("李小明", "good"),
        ("王小红", "refused"),
    ]
    assert "“八十年级”不是年级" in page.content.decode()
    assert (page.context["good"], page.context["refused"]) == (1, 1)


def test_good_rows_are_taken_and_the_others_stay(scene, school, checked, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        school.post(reverse("roster", args=[checked.public_id]))
    run_pending_jobs()

    page = school.get(reverse("roster", args=[checked.public_id]))
    assert [record.person.name for record in PupilRecord.objects.filter(school=scene.school)] == ["李小明"]
    assert [(tab["label"], tab["count"]) for tab in page.context["tabs"]] == [
        ("全部", 2),
        ("不能导入", 1),
        ("已导入", 1),
    ]


def test_refused_rows_come_back_with_their_reason(school, checked):
    response = school.get(reverse("roster_back", args=[checked.public_id]))

    rows = list(read_table(response.content).rows)
    assert [bool(row["未导入的原因"]) for row in rows] == [False, True]


def test_the_file_can_be_deleted(school, checked):
    school.post(reverse("roster", args=[checked.public_id]), {"do": "discard"})

    assert RosterUpload.objects.count() == 0


def test_another_school_does_not_see_it(scene, checked):
    assert scene.client("other_school").get(reverse("roster", args=[checked.public_id])).status_code == 404
    assert scene.client("other_school").get(reverse("roster_back", args=[checked.public_id])).status_code == 404


def test_a_school_may_not_send_for_another(scene, school):
    response = school.post(
        reverse("rosters"), {"kind": "pupils", "org_code": scene.other_school.code, "file": a_file(GOOD)}
    )

    assert response.status_code == 422
    assert "在您的管辖范围内没有代码为" in response.content.decode()
    assert RosterUpload.objects.count() == 0


def test_upload_without_a_file_says_what_to_do(scene, school):
    response = school.post(reverse("rosters"), {"kind": "pupils", "org_code": scene.school.code})

    assert response.status_code == 422
    assert "请选择填好的 Excel 或 CSV 文件" in response.content.decode()


def test_a_picture_is_no_roster(scene, school):
    file = io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    file.name = "名册.xlsx"

    response = school.post(reverse("rosters"), {"kind": "pupils", "org_code": scene.school.code, "file": file})

    assert response.status_code == 422
    assert RosterUpload.objects.count() == 0


@pytest.mark.parametrize("n", [1, 3])
def test_list_costs_a_fixed_number_of_queries(scene, school, n, django_assert_num_queries):
    for number in range(n):
        school.post(
            reverse("rosters"),
            {"kind": "pupils", "org_code": scene.school.code, "file": a_file((f"李{number}", *GOOD[1:]))},
        )

    with django_assert_num_queries(5):
        response = school.get(reverse("rosters"))

    assert len(response.context["page"].object_list) == n
