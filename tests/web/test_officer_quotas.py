"""The grid of places: by hand, split by schools, from Excel; and who may change it."""

import io

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kechuang.base.tables import Column, read_table, write_xlsx
from kechuang.engine.calls.models import QuotaLine
from tests.factories.orgs import a_school
from tests.web.officer_scene import Scene, a_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return a_scene()


@pytest.fixture
def city(scene):
    return scene.client("city")


def address(scene):
    return reverse("quotas", args=[scene.call.slug])


def places(scene):
    return {(line.org_id, line.division): line.places for line in QuotaLine.objects.filter(call=scene.call)}


def test_cells_of_one_tab_leave_the_others_alone(scene, city):
    east, west = scene.city.east, scene.city.west
    QuotaLine.objects.create(call=scene.call, org=east, division="senior.PH", places=2)

    city.post(address(scene), {f"q_{east.pk}_": "12", f"q_{west.pk}_": "", "stage": ""})

    assert places(scene) == {(east.pk, ""): 12, (east.pk, "senior.PH"): 2}


@pytest.mark.parametrize("text", ["-1", "三", "1.5", "99999"])
def test_places_are_whole_numbers(scene, city, text):
    response = city.post(
        address(scene), {f"q_{scene.city.east.pk}_": text}, headers={"referer": f"http://testserver{address(scene)}"}
    )

    assert "应为 0 到 9999 的整数" in city.get(response["Location"]).content.decode()
    assert places(scene) == {}


def test_split_follows_the_number_of_schools_and_adds_up(scene, city):
    a_school(scene.city.line)

    city.post(address(scene), {"do": "split", "total": "10"})

    found = places(scene)
    assert sum(found.values()) == 10
    assert found[scene.city.east.pk, ""] == 5
    assert found[scene.city.south.pk, ""] == 0


def test_sheet_goes_out_and_comes_back(scene, city):
    QuotaLine.objects.create(call=scene.call, org=scene.city.east, division="", places=7)
    sheet = city.get(reverse("quota_sheet", args=[scene.call.slug])).content
    rows = {row["代码"]: row for row in read_table(sheet).rows}
    assert rows[scene.city.east.code]["合计"] == 7

    file = io.BytesIO(sheet)
    file.name = "名额.xlsx"
    city.post(address(scene), {"do": "import", "file": file})

    assert places(scene) == {(scene.city.east.pk, ""): 7}


def test_sheet_of_an_english_reader_is_taken_in_chinese(scene, city):
    QuotaLine.objects.create(call=scene.call, org=scene.city.east, division="", places=7)
    city.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    sheet = city.get(reverse("quota_sheet", args=[scene.call.slug])).content
    assert read_table(sheet).headings[0] == "Code"
    QuotaLine.objects.update(places=1)

    city.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    city.post(address(scene), {"do": "import", "file": SimpleUploadedFile("places.xlsx", sheet)})

    assert places(scene) == {(scene.city.east.pk, ""): 7}


@pytest.mark.parametrize(
    ("columns", "row", "complaint"),
    [
        (["代码", "小学 · 炼金术"], ["x", 1], "没有的列“小学 · 炼金术”"),
        (["代码", "合计"], ["nowhere", 1], "不是本次申报的推荐单位"),
        (["单位", "合计"], ["东区", 1], "找不到表头“代码”"),
    ],
)
def test_a_table_that_does_not_fit_changes_nothing(scene, city, columns, row, complaint):
    QuotaLine.objects.create(call=scene.call, org=scene.city.east, division="", places=7)
    file = io.BytesIO(write_xlsx([Column(heading) for heading in columns], [row]))
    file.name = "名额.xlsx"

    response = city.post(address(scene), {"do": "import", "file": file})

    assert complaint in str(next(iter(city.get(response["Location"], follow=True).context["messages"])))
    assert places(scene) == {(scene.city.east.pk, ""): 7}


def test_a_district_reads_its_own_line_only(scene):
    client = scene.client("district")

    page = client.get(address(scene))
    response = client.post(address(scene), {f"q_{scene.city.east.pk}_": "99"})

    assert [line["org"] for line in page.context["lines"]] == [scene.city.east]
    assert response.status_code == 403
    assert places(scene) == {}
