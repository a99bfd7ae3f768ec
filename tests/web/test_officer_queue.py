"""The list of a call: filters, bulk moves with their reasons, the way back, and Excel out and in."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from kechuang.base.models import AuditEntry, SavedView
from kechuang.base.tables import Column, write_xlsx
from kechuang.engine.applications.models import Application, Movement
from kechuang.engine.calls.models import QuotaLine
from tests.web.officer_scene import Scene, a_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def listed(client, scene, query="sort=waiting"):
    response = client.get(reverse("office_applications", args=[scene.call.slug]) + f"?{query}")
    return {row["app"].pk for row in response.context["rows"]}


def move(client, scene, name, *applications, **more):
    ids = [application.public_id for application in applications]
    return client.post(reverse("office_move", args=[scene.call.slug]), {"move": name, "ids": ids, **more})


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


def test_school_endorses_several_at_once(scene):
    one, two = scene.entry(), scene.entry()

    response = move(scene.client("school"), scene, "endorse", one, two)

    assert response["Location"] == reverse("office_moved", args=[scene.call.slug])
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
    done = move(client, scene, "return", entry, reason="摘要太短")

    assert asked.status_code == 200
    assert entry.public_id in asked.content.decode()
    assert done.status_code == 302
    assert (state(entry), Movement.objects.get(application=entry).reason) == ("returned", "摘要太短")


def test_nothing_chosen_is_said_in_words(scene):
    client = scene.client("school")

    response = move(client, scene, "endorse")

    assert "请先勾选" in client.get(response["Location"]).content.decode()


def test_all_in_the_filter_are_moved_and_no_others(scene):
    wanted = [scene.entry(stage="junior") for _n in range(3)]
    other = scene.entry(stage="senior")

    move(scene.client("school"), scene, "endorse", all="1", query="state=submitted&stage=junior")

    assert [state(entry) for entry in (*wanted, other)] == ["endorsed"] * 3 + ["submitted"]


def test_quota_refuses_the_surplus_with_its_reason(scene):
    QuotaLine.objects.create(call=scene.call, org=scene.city.east, division="", places=1)
    one, two = scene.entry("endorsed"), scene.entry("endorsed")
    client = scene.client("district")

    move(client, scene, "recommend", one, two)
    page = client.get(reverse("office_moved", args=[scene.call.slug]))

    assert (state(one), state(two)) == ("recommended", "endorsed")
    assert (page.context["done_count"], page.context["refused_count"]) == (1, 1)
    assert "推荐名额已用完" in page.content.decode()


def test_the_last_bulk_move_can_be_undone(scene):
    one, two = scene.entry("endorsed"), scene.entry("endorsed")
    client = scene.client("district")
    move(client, scene, "pass_over", one, two)

    client.post(reverse("office_undo", args=[scene.call.slug]))

    assert (state(one), state(two)) == ("endorsed", "endorsed")
    assert Movement.objects.filter(move="reconsider").count() == 2


def test_what_cannot_be_undone_says_so(scene):
    client = scene.client("school")
    move(client, scene, "return", scene.entry(), reason="补材料")

    response = client.post(reverse("office_undo", args=[scene.call.slug]))

    assert "现在不能撤销" in client.get(response["Location"]).content.decode()


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
    assert {row["app"].pk for row in client.get(tab["url"]).context["rows"]} == {own.pk}


def test_views_are_saved_shown_and_dropped_by_their_owner_only(scene):
    client, address = scene.client("school"), reverse("office_save_view", args=[scene.call.slug])

    client.post(address, {"name": "初中", "query": "state=submitted&stage=junior&page=3"})
    page = client.get(reverse("office_applications", args=[scene.call.slug]) + "?state=submitted&stage=junior")
    others = scene.client("district").get(reverse("office_applications", args=[scene.call.slug]) + "?sort=waiting")

    assert page.context["tabs"][-1] | {"url": ""} == {"label": "初中", "url": "", "count": None, "active": True}
    assert "初中" not in [tab["label"] for tab in others.context["tabs"]]
    client.post(address, {"name": "初中", "drop": "1"})
    assert SavedView.objects.count() == 0


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
    assert AuditEntry.objects.get(action="export_applications").detail == {"query": "", "rows": 1}


def decisions(*lines):
    columns = [Column("受理号"), Column("办理意见"), Column("理由")]
    return io.BytesIO(write_xlsx(columns, [list(line) for line in lines]))


def upload(client, scene, file):
    file.name = "意见.xlsx"
    return client.post(reverse("office_decisions", args=[scene.call.slug]), {"file": file, "query": ""})


def test_decisions_come_back_are_shown_and_then_applied(scene):
    good, bad, blank = (scene.entry("endorsed") for _n in range(3))
    client = scene.client("district")

    preview = upload(
        client,
        scene,
        decisions((good.receipt_no, "推荐", ""), (bad.receipt_no, "退回", "缺查新报告"), (blank.receipt_no, "", "")),
    )
    untouched = (state(good), state(bad))
    client.post(reverse("office_decisions", args=[scene.call.slug]), {"apply": "1", "query": ""})

    assert (len(preview.context["reading"].changes), preview.context["reading"].blank) == (2, 1)
    assert untouched == ("endorsed", "endorsed")
    assert (state(good), state(bad), state(blank)) == ("recommended", "returned", "endorsed")
    assert Movement.objects.get(application=bad).reason == "缺查新报告"


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

    preview = upload(scene.client("district"), scene, decisions((entry.receipt_no, word, reason)))

    assert [(row, complaint in sentence) for row, sentence in preview.context["reading"].problems] == [(2, True)]
    assert preview.context["reading"].changes == []


def test_receipt_numbers_of_other_districts_are_unknown(scene):
    far = scene.entry("endorsed", school=scene.far_school)

    preview = upload(scene.client("district"), scene, decisions((far.receipt_no, "推荐", "")))

    assert "不在您的管辖范围内" in preview.context["reading"].problems[0][1]


def test_what_moved_after_the_preview_is_left_alone(scene):
    entry = scene.entry("endorsed")
    client = scene.client("district")
    upload(client, scene, decisions((entry.receipt_no, "推荐", "")))
    Application.objects.filter(pk=entry.pk).update(state="returned")

    client.post(reverse("office_decisions", args=[scene.call.slug]), {"apply": "1", "query": ""})
    page = client.get(reverse("office_moved", args=[scene.call.slug])).content.decode()

    assert state(entry) == "returned"
    assert "预览之后它的状态已变为" in page


def test_a_file_that_is_no_table_is_refused_in_words(scene):
    client = scene.client("district")

    response = upload(client, scene, io.BytesIO(b"PK\x03\x04 not a workbook"))

    assert response.status_code == 302
    assert "请" in str(next(iter(client.get(response["Location"]).context["messages"])))


def test_neighbours_follow_the_list(scene):
    first, second = scene.entry(title="甲"), scene.entry(title="乙")
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

    with django_assert_num_queries(18):
        response = client.get(reverse("office_applications", args=[scene.call.slug]) + "?state=endorsed")

    assert len(response.context["rows"]) == n


def test_the_not_recommended_stay_on_a_list(scene):
    passed = scene.entry("not_recommended")
    client = scene.client("district")

    page = client.get(reverse("office_applications", args=[scene.call.slug]) + "?sort=waiting")
    tab = next(tab for tab in page.context["tabs"] if tab["label"] == "未推荐名单")

    assert tab["count"] == 1
    assert {row["app"].pk for row in client.get(tab["url"]).context["rows"]} == {passed.pk}
