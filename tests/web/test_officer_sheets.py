"""The list of a call as a file: Excel and csv out, decisions in again by way of a preview."""

import csv
import io

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from openpyxl import load_workbook

from kechuang.base.models import AuditEntry
from kechuang.base.tables import Column, write_xlsx
from kechuang.engine.applications.models import Movement
from kechuang.engine.applications.perform import perform
from kechuang.engine.calls.models import QuotaLine
from tests.factories.orgs import actor_for
from tests.web.officer_scene import a_scene
from tests.web.test_officer_queue import said, state

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return a_scene()


def test_excel_names_pupils_by_number_and_is_recorded(scene):
    entry = scene.entry(title="=HYPERLINK(1)")
    pupil = entry.members.get().person

    response = scene.client("school").get(reverse("office_sheet", args=[scene.call.slug]))

    cells = [
        cell.value for row in load_workbook(io.BytesIO(response.content)).worksheets[0].iter_rows() for cell in row
    ]
    assert entry.receipt_no in cells
    assert pupil.public_id in cells
    assert pupil.name not in cells
    assert "=HYPERLINK(1)" in cells
    assert AuditEntry.objects.get(action="export_applications").detail == {"query": "", "rows": 1, "format": "xlsx"}


def test_csv_opens_in_excel_runs_no_formula_and_is_recorded(scene):
    entry, other = scene.entry(title="=HYPERLINK(1)"), scene.entry(title="雨水花园")
    scene.entry(school=scene.other_school)
    pupil = entry.members.get().person

    response = scene.client("school").get(reverse("office_csv", args=[scene.call.slug]) + "?sort=title")
    content = b"".join(response)

    assert response.streaming
    assert response["Content-Disposition"] == f'attachment; filename="{scene.call.slug}.csv"'
    assert content.startswith(b"\xef\xbb\xbf")
    first, second = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert (first["作品名称"], second["作品名称"]) == ("'=HYPERLINK(1)", "雨水花园")
    assert (second["受理号"], first["学生"]) == (other.receipt_no, pupil.public_id)
    assert pupil.name not in content.decode()
    assert AuditEntry.objects.get(action="export_applications").detail == {
        "query": "sort=title",
        "rows": 2,
        "format": "csv",
    }


def test_csv_has_the_columns_that_the_officer_sees_and_comes_back_in(scene):
    entry = scene.entry("endorsed")
    QuotaLine.objects.create(call=scene.call, org=scene.city.east, division="", places=9)
    client = scene.client("district")
    given = b"".join(client.get(reverse("office_csv", args=[scene.call.slug]) + "?col=team&col=received"))
    text = given.decode("utf-8-sig").replace("\r\n", "\n")
    headings, row = list(csv.reader(io.StringIO(text)))

    file = io.BytesIO(text.replace(",,\n", ",推荐,\n").encode("utf-8-sig"))
    file.name = "意见.csv"
    response = client.post(reverse("office_decisions", args=[scene.call.slug]), {"file": file, "query": ""})
    client.post(response["Location"], {"do": "go"})

    assert headings == ["核对码", "受理号", "作品名称", "学生", "提交时间", "办理意见", "理由"]
    assert row[2] == entry.title
    assert state(entry) == "recommended"


@pytest.mark.parametrize("n", [1, 5])
def test_csv_costs_a_fixed_number_of_queries(scene, n, django_assert_num_queries):
    for _ in range(n):
        scene.entry("endorsed")
    client = scene.client("district")

    room = 2 if connection.vendor == "postgresql" else 0  # more of it to sort in, and back
    with django_assert_num_queries(13 + room):
        content = b"".join(client.get(reverse("office_csv", args=[scene.call.slug]) + "?col=team&col=advisers"))

    assert content.count(b"\n") == n + 1


def decisions(*lines):
    columns = [Column("受理号"), Column("办理意见"), Column("理由")]
    return io.BytesIO(write_xlsx(columns, [list(line) for line in lines]))


def upload(client, scene, file):
    file.name = "意见.xlsx"
    return client.post(reverse("office_decisions", args=[scene.call.slug]), {"file": file, "query": ""})


def exported(client, scene, fill):
    """The list's own file, with the decision and the reason that `fill` names by receipt number."""
    book = load_workbook(io.BytesIO(client.get(reverse("office_sheet", args=[scene.call.slug])).content))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        word, reason = fill.get(row[headings.index("受理号")].value, ("", ""))
        row[headings.index("办理意见")].value, row[headings.index("理由")].value = word, reason
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out


def cells(content):
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    return [dict(zip(headings, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_the_exported_file_comes_back_is_shown_applied_and_returned_with_results(scene):
    good, bad, blank, stale = (scene.entry("endorsed") for _n in range(4))
    QuotaLine.objects.create(call=scene.call, org=scene.city.east, division="", places=9)
    client = scene.client("district")
    file = exported(
        client,
        scene,
        {good.receipt_no: ("推荐", ""), bad.receipt_no: ("退回", "缺查新报告"), stale.receipt_no: ("推荐", "")},
    )
    perform(stale, "pass_over", by=actor_for(scene.person("district")))

    act = upload(client, scene, file)["Location"]
    preview = client.get(act)
    untouched = (state(good), state(bad))
    client.post(act, {"do": "go"})
    result = {row["受理号"]: row["办理结果"] for row in cells(client.get(f"{act}file/").content)}

    assert (preview.context["total"], len(preview.context["problems"])) == (2, 1)
    assert untouched == ("endorsed", "endorsed")
    assert (state(good), state(bad), state(blank), state(stale)) == (
        "recommended",
        "returned",
        "endorsed",
        "not_recommended",
    )
    assert Movement.objects.get(application=bad).reason == "缺查新报告"
    assert result[good.receipt_no] == "已办理：推荐到市"
    assert "导出之后这件申报有过变化" in result[stale.receipt_no]
    assert result[blank.receipt_no] is None


def test_a_file_without_keys_goes_by_receipt_number(scene):
    entry = scene.entry("endorsed")
    client = scene.client("district")

    act = upload(client, scene, decisions((entry.receipt_no, "推荐", "")))["Location"]
    client.post(act, {"do": "go"})

    assert state(entry) == "recommended"


@pytest.mark.parametrize(
    ("word", "reason", "complaint"),
    [
        ("好的", "", "看不懂“好的”"),
        ("退回", "", "须写理由"),
        ("通过", "", "看不懂“通过”"),
    ],
)
def test_rows_that_cannot_be_understood_are_named(scene, word, reason, complaint):
    entry = scene.entry("endorsed")
    client = scene.client("district")

    preview = client.get(upload(client, scene, decisions((entry.receipt_no, word, reason)))["Location"])

    assert [(row, complaint in sentence) for row, sentence in preview.context["problems"]] == [(2, True)]
    assert preview.context["total"] == 0


def test_receipt_numbers_of_other_districts_are_unknown(scene):
    far = scene.entry("endorsed", school=scene.far_school)
    client = scene.client("district")

    preview = client.get(upload(client, scene, decisions((far.receipt_no, "推荐", "")))["Location"])

    assert "不在您的管辖范围内" in preview.context["problems"][0][1]


def test_what_moved_after_the_preview_is_left_alone(scene):
    entry = scene.entry("endorsed")
    client = scene.client("district")
    act = upload(client, scene, decisions((entry.receipt_no, "推荐", "")))["Location"]
    perform(entry, "pass_over", by=actor_for(scene.person("district")))

    client.post(act, {"do": "go"})
    page = client.get(act)

    assert state(entry) == "not_recommended"
    assert "确认之后它又有了变化" in page.context["summary"].refused[0][0]


def test_a_file_without_a_decision_is_told_so(scene):
    client = scene.client("district")
    entry = scene.entry("endorsed")

    assert "没有填写任何意见" in said(upload(client, scene, decisions((entry.receipt_no, "", ""))))


def test_a_file_that_is_no_table_is_refused_in_words(scene):
    client = scene.client("district")

    response = upload(client, scene, io.BytesIO(b"PK\x03\x04 not a workbook"))

    assert response.status_code == 302
    assert "请" in said(response)


def test_decisions_of_an_english_sheet_are_taken_in_either_language(scene):
    client, entry = scene.client("district"), scene.entry("endorsed")
    columns = [Column("Receipt number"), Column("Decision"), Column("Reason")]

    for language in ("en", "zh-hans"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        file = io.BytesIO(write_xlsx(columns, [[entry.receipt_no, "Recommended", ""]]))
        preview = client.get(upload(client, scene, file)["Location"])

        assert (preview.context["total"], preview.context["problems"]) == (1, [])
