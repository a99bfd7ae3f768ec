"""The list of a call: filters, bulk moves with their reasons, the way back, and Excel out and in."""

import csv
import io
from base64 import urlsafe_b64encode

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from openpyxl import load_workbook

from kechuang.base.models import AuditEntry, SavedView
from kechuang.base.tables import Column, write_xlsx
from kechuang.engine.applications.models import Application, BulkAct, Movement
from kechuang.engine.applications.perform import perform
from kechuang.engine.calls.models import QuotaLine
from tests.factories.orgs import actor_for
from tests.web.officer_scene import Scene, a_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def listed(client, scene, query="sort=waiting"):
    response = client.get(reverse("office_applications", args=[scene.call.slug]) + f"?{query}")
    return {row.pk for row in response.context["rows"]}


def move(client, scene, name, *applications, **more):
    ids = [application.public_id for application in applications]
    return client.post(reverse("office_move", args=[scene.call.slug]), {"move": name, "ids": ids, **more})


def said(response):
    """The message that the next page will show."""
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def state(application):
    return Application.objects.get(pk=application.pk).state


def test_each_office_sees_its_own_subtree_and_no_drafts(scene):
    own, sibling, far = scene.entry(), scene.entry(school=scene.other_school), scene.entry(school=scene.far_school)
    scene.entry("draft")

    assert listed(scene.client("school"), scene) == {own.pk}
    assert listed(scene.client("district"), scene) == {own.pk, sibling.pk}
    assert listed(scene.client("city"), scene) == {own.pk, sibling.pk, far.pk}


@pytest.mark.parametrize(
    ("who", "states"),
    [("school", ["submitted"]), ("district", ["endorsed"]), ("city", ["recommended"]), ("inspector", None)],
)
def test_the_list_opens_on_what_waits_for_the_office(scene, who, states):
    response = scene.client(who).get(reverse("office_applications", args=[scene.call.slug]))

    if states is None:
        assert response.status_code == 200
    else:
        assert response["Location"].endswith("?" + "&".join(f"state={name}" for name in states))


def test_filters_narrow_and_show_themselves(scene):
    wanted = scene.entry("endorsed", title="雨水花园", stage="junior", discipline="CH")
    scene.entry("endorsed", title="鸟类调查")
    scene.entry("submitted", title="雨水收集")
    client = scene.client("district")

    assert listed(client, scene, "state=endorsed&q=雨水") == {wanted.pk}
    assert listed(client, scene, "stage=junior&discipline=CH") == {wanted.pk}
    assert listed(client, scene, f"school={scene.other_school.pk}") == set()
    response = client.get(
        reverse("office_applications", args=[scene.call.slug]) + "?state=endorsed&stage=junior&q=雨水"
    )
    assert [chip["label"] for chip in response.context["chips"]] == ["待区级推荐", "初中", "含“雨水”"]


def test_city_filters_by_district(scene):
    scene.entry("recommended")
    far = scene.entry("recommended", school=scene.far_school)

    assert listed(scene.client("city"), scene, f"district={scene.city.west.pk}") == {far.pk}


def test_strange_filters_find_the_whole_list_or_nothing_but_never_fail(scene):
    own = scene.entry()

    assert listed(scene.client("school"), scene, "state=nonsense&district=x&sort=;drop&page=99&col=boo") == {own.pk}


@pytest.mark.parametrize(
    "place",
    ["[null, 1e999]", '["\\u0000", 1]', "[1, 1]", '["一", "1"]', "{}", "[null, 1"],
)
@pytest.mark.parametrize("sort", ["received", "title", "school", "state", "waiting"])
def test_a_place_that_is_none_of_ours_gives_the_first_page(scene, sort, place):
    token = urlsafe_b64encode(place.encode()).decode().rstrip("=")
    own, school = scene.entry(), scene.client("school")

    for way in ("after", "before"):
        assert listed(school, scene, f"sort={sort}&{way}={token}") == {own.pk}


@pytest.mark.parametrize("time", ["2026-01-01T00:00:00", "2026-13-01T00:00:00+00:00", "", "x"])
def test_a_place_of_a_time_has_a_zone(scene, time):
    own = scene.entry()
    token = urlsafe_b64encode(f'["{time}", 1]'.encode()).decode().rstrip("=")

    assert listed(scene.client("school"), scene, f"sort=received&before={token}") == {own.pk}


def test_school_endorses_several_at_once(scene):
    one, two = scene.entry(), scene.entry()

    response = move(scene.client("school"), scene, "endorse", one, two)

    assert response["Location"] == reverse("office_act", args=[scene.call.slug, BulkAct.objects.get().public_id])
    assert (state(one), state(two)) == ("endorsed", "endorsed")


def test_ids_of_other_schools_are_not_moved(scene):
    own, other = scene.entry(), scene.entry(school=scene.other_school)

    move(scene.client("school"), scene, "endorse", own, other)

    assert (state(own), state(other)) == ("endorsed", "submitted")


def test_a_move_of_another_office_is_not_there(scene):
    entry = scene.entry("endorsed")

    assert move(scene.client("school"), scene, "recommend", entry).status_code == 404
    assert move(scene.client("inspector"), scene, "recommend", entry).status_code == 404
    assert state(entry) == "endorsed"


def test_a_move_that_needs_a_reason_asks_for_it(scene):
    entry = scene.entry()
    client = scene.client("school")

    asked = move(client, scene, "return", entry)
    page = client.get(asked["Location"])
    refused = client.post(asked["Location"], {"do": "go"})
    client.post(asked["Location"], {"do": "go", "reason": "摘要太短"})

    assert (page.context["stage"], page.context["total"]) == ("preview", 1)
    assert "请写明理由" in said(refused)
    assert (state(entry), Movement.objects.get(application=entry).reason) == ("returned", "摘要太短")


def test_nothing_chosen_is_said_in_words(scene):
    client = scene.client("school")

    response = move(client, scene, "endorse")

    assert "请先勾选" in said(response)


def test_all_in_the_filter_are_moved_and_no_others(scene):
    wanted = [scene.entry(stage="junior") for _n in range(3)]
    other = scene.entry(stage="senior")

    client = scene.client("school")
    asked = move(client, scene, "endorse", all="1", query="state=submitted&stage=junior")
    counted = client.get(asked["Location"]).context["total"]
    late = scene.entry(stage="junior")
    client.post(asked["Location"], {"do": "go"})

    assert (counted, state(late)) == (3, "submitted")
    assert [state(entry) for entry in (*wanted, other)] == ["endorsed"] * 3 + ["submitted"]


def test_quota_refuses_the_surplus_with_its_reason(scene):
    QuotaLine.objects.create(call=scene.call, org=scene.city.east, division="", places=1)
    one, two = scene.entry("endorsed"), scene.entry("endorsed")
    client = scene.client("district")

    page = client.get(move(client, scene, "recommend", one, two)["Location"])

    assert (state(one), state(two)) == ("recommended", "endorsed")
    assert (page.context["done_count"], page.context["refused_count"]) == (1, 1)
    [(why, n)] = page.context["summary"].refused
    assert ("推荐名额已用完" in why, two.title in why, n) == (True, False, 1)


def test_the_last_bulk_move_can_be_undone(scene):
    one, two = scene.entry("endorsed"), scene.entry("endorsed")
    client = scene.client("district")
    done = move(client, scene, "pass_over", one, two)["Location"]

    undone = client.post(done, {"do": "undo"})
    again = client.post(done, {"do": "undo"})

    assert (state(one), state(two)) == ("endorsed", "endorsed")
    assert Movement.objects.filter(move="reconsider").count() == 2
    assert again["Location"] == undone["Location"]
    assert "撤销" in client.get(done).content.decode()
    assert AuditEntry.objects.filter(action="application.reconsider").count() == 2


def test_what_cannot_be_undone_says_so(scene):
    client = scene.client("school")
    done = move(client, scene, "return", scene.entry(), reason="补材料")["Location"]

    response = client.post(done, {"do": "undo"})

    assert client.get(done).context["may_undo"] is False
    assert "现在不能撤销" in said(response)


def test_quota_meter_shows_what_is_used(scene):
    QuotaLine.objects.create(call=scene.call, org=scene.city.east, division="", places=3)
    QuotaLine.objects.create(call=scene.call, org=scene.city.west, division="", places=9)
    scene.entry("recommended")

    response = scene.client("district").get(reverse("office_applications", args=[scene.call.slug]) + "?sort=waiting")

    assert [(line["org"], line["used"], line["places"]) for line in response.context["meter"]] == [
        (scene.city.east, 1, 3)
    ]


def test_city_sees_its_own_line_apart_from_the_districts(scene):
    line_school = scene.far_school
    line_school.parent = scene.city.line
    line_school.save()
    type(line_school).objects.filter(pk=line_school.pk).update(path=line_school.path_under(scene.city.line))
    line_school.refresh_from_db()
    scene.entry("endorsed")
    own = scene.entry("endorsed", school=line_school)
    client = scene.client("city")

    page = client.get(reverse("office_applications", args=[scene.call.slug]) + "?sort=waiting")
    tab = page.context["tabs"][1]

    assert tab["label"] == "市直属学校待推荐"
    assert {row.pk for row in client.get(tab["url"]).context["rows"]} == {own.pk}


def tabs_of(client, scene, query="sort=waiting"):
    page = client.get(reverse("office_applications", args=[scene.call.slug]) + f"?{query}")
    return {tab["label"]: tab["active"] for tab in page.context["tabs"]}


def test_views_are_saved_shared_renamed_and_dropped(scene):
    scene.entry(stage="junior")
    mine, colleague = scene.client("school"), scene.client("head")
    others, address = scene.client("district"), reverse("office_save_view", args=[scene.call.slug])

    mine.post(address, {"name": "初中", "query": "state=submitted&stage=junior&after=x"})
    view = SavedView.objects.get()
    before = tabs_of(colleague, scene)
    mine.post(address, {"do": "share", "view": view.pk})
    mine.post(address, {"do": "rename", "view": view.pk, "name": "初中组"})

    assert tabs_of(mine, scene, "state=submitted&stage=junior")["初中组"] is True
    assert [name for name in before if "初中" in name] == []
    assert "初中组（共享）" in tabs_of(colleague, scene)
    assert [name for name in tabs_of(others, scene) if "初中" in name] == []
    assert colleague.post(address, {"do": "drop", "view": view.pk}).status_code == 404
    mine.post(address, {"do": "drop", "view": view.pk})
    assert SavedView.objects.count() == 0


def test_the_list_opens_with_the_view_one_wants_first(scene):
    client, address = scene.client("school"), reverse("office_save_view", args=[scene.call.slug])
    client.post(address, {"name": "初中", "query": "stage=junior"})
    plain = reverse("office_applications", args=[scene.call.slug])

    client.post(address, {"do": "open", "view": SavedView.objects.get().pk})
    chosen = client.get(plain)["Location"]
    client.post(address, {"do": "unopen"})

    assert chosen == f"{plain}?stage=junior"
    assert client.get(plain)["Location"] == f"{plain}?state=submitted"


def test_columns_are_kept_by_person_and_view(scene):
    scene.entry(stage="junior")
    client = scene.client("school")
    client.post(reverse("office_save_view", args=[scene.call.slug]), {"name": "初中", "query": "stage=junior"})
    address = reverse("office_columns", args=[scene.call.slug])

    client.post(address, {"query": "stage=junior", "col": ["state", "advisers"]})
    client.post(address, {"query": "sort=waiting", "col": ["receipt"]})

    def shown(who, query):
        page = scene.client(who).get(reverse("office_applications", args=[scene.call.slug]) + f"?{query}")
        return [column["name"] for column in page.context["columns"] if column["on"]]

    assert shown("school", "stage=junior") == ["advisers", "state"]
    assert shown("school", "state=submitted") == ["receipt"]
    assert shown("head", "state=submitted") == ["receipt", "school", "division", "team", "state", "waiting"]


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

    with django_assert_num_queries(13):
        content = b"".join(client.get(reverse("office_csv", args=[scene.call.slug]) + "?col=team&col=advisers"))

    assert content.count(b"\n") == n + 1


def test_totals_agree_with_the_rows_whatever_is_filtered(scene):
    for state_now, stage, discipline in (
        ("submitted", "junior", "CH"),
        ("endorsed", "junior", "PH"),
        ("endorsed", "senior", "CH"),
    ):
        scene.entry(state_now, stage=stage, discipline=discipline, title="雨水花园")
    scene.entry("draft")
    scene.entry("endorsed", school=scene.far_school, stage="junior", discipline="CH")
    url = reverse("office_applications", args=[scene.call.slug])
    queries = (
        "sort=waiting", "state=endorsed", "stage=junior", "discipline=CH", "stage=junior&state=endorsed", "division=junior.CH",
        f"district={scene.city.east.pk}", f"district={scene.city.west.pk}&stage=junior", f"school={scene.school.pk}", "q=雨水", "stage=primary",
        "district=999999",
    )  # fmt: skip

    for who in ("school", "district", "city"):
        for query in queries:
            page = scene.client(who).get(f"{url}?{query}")
            assert page.context["total"] == len(page.context["rows"]), (who, query)


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


def test_neighbours_follow_the_list(scene):
    first, second = scene.entry(title="甲"), scene.entry(title="乙")
    scene.entry("draft")
    order = sorted((first, second), key=lambda entry: entry.title)
    client = scene.client("school")

    response = client.get(
        reverse("office_neighbour", args=[scene.call.slug, order[0].public_id, "next"]) + "?sort=title"
    )
    end = client.get(reverse("office_neighbour", args=[scene.call.slug, order[1].public_id, "next"]) + "?sort=title")

    assert response["Location"].startswith(reverse("application", args=[order[1].public_id]))
    assert end["Location"].startswith(reverse("office_applications", args=[scene.call.slug]))


@pytest.mark.parametrize("n", [1, 3])
def test_list_costs_a_fixed_number_of_queries(scene, n, django_assert_num_queries):
    for _ in range(n):
        scene.entry("endorsed")
    client = scene.client("district")
    QuotaLine.objects.create(call=scene.call, org=scene.city.east, division="", places=3)

    with django_assert_num_queries(17):
        response = client.get(reverse("office_applications", args=[scene.call.slug]) + "?state=endorsed")

    assert len(response.context["rows"]) == n


def test_the_not_recommended_stay_on_a_list(scene):
    passed = scene.entry("not_recommended")
    client = scene.client("district")

    page = client.get(reverse("office_applications", args=[scene.call.slug]) + "?sort=waiting")
    tab = next(tab for tab in page.context["tabs"] if tab["label"] == "未推荐名单")

    assert tab["count"] == 1
    assert {row.pk for row in client.get(tab["url"]).context["rows"]} == {passed.pk}
