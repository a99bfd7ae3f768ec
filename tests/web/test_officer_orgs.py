"""The organisation tree on its pages: search, entering, and each change with its history."""

import pytest
from django.urls import reverse

from kechuang.orgs.models import Org, OrgEvent
from tests.factories.orgs import a_pupil, a_school
from tests.web.officer_scene import Scene, a_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return a_scene()


@pytest.fixture
def district(scene):
    return scene.client("district")


def listed(client, query=""):
    return {row["org"].pk for row in client.get(reverse("orgs") + query).context["rows"]}


def change(client, org, what, **data):
    return client.post(reverse("org_change", args=[org.code, what]), {"reason": "深教〔2026〕1号", **data})


def fresh(org):
    return Org.objects.get(pk=org.pk)


def test_each_office_sees_its_subtree(scene, district):
    assert listed(district) == {scene.city.east.pk, scene.school.pk, scene.other_school.pk}
    assert listed(scene.client("school")) == {scene.school.pk}
    assert scene.far_school.pk in listed(scene.client("city"), f"?under={scene.city.west.pk}")


def test_search_by_name_and_code(scene, district):
    wanted = a_school(scene.city.east, name="红树林实验学校")

    assert listed(district, "?q=红树林") == {wanted.pk}
    assert listed(district, f"?q={wanted.code}") == {wanted.pk}


def test_a_school_is_entered_under_the_district(scene, district):
    response = district.post(
        reverse("org_new") + f"?kind=school&under={scene.city.east.code}",
        {"name": "新学校", "code": "NEW1", "school_kind": "nine_year", "ownership": "public"},
    )

    org = Org.objects.get(code="NEW1")
    assert response["Location"] == reverse("org", args=["NEW1"])
    assert (org.parent, org.stages) == (scene.city.east, ["primary", "junior"])


def test_a_wrong_school_code_keeps_the_form(scene, district):
    response = district.post(
        reverse("org_new") + f"?kind=school&under={scene.city.east.code}",
        {"name": "新学校", "code": "NEW1", "school_kind": "primary", "school_code": "123"},
    )

    assert response.status_code == 422
    assert "新学校" in response.content.decode()
    assert not Org.objects.filter(code="NEW1").exists()


def test_what_cannot_hang_here_is_not_offered(scene):
    response = scene.client("school").get(reverse("org_new"))

    assert [kind for kind, _label in response.context["kinds"]] == ["campus"]


def test_facts_are_edited_without_history(scene, district):
    district.post(
        reverse("org_edit", args=[scene.school.code]),
        {"short_name": "一校", "school_kind": "complete", "ownership": "public"},
    )

    assert fresh(scene.school).short_name == "一校"
    assert OrgEvent.objects.count() == 0


def test_rename_keeps_the_old_name_in_the_history(scene, district):
    old = scene.school.name

    change(district, scene.school, "rename", name="第一实验学校")
    page = district.get(reverse("org", args=[scene.school.code])).content.decode()

    assert fresh(scene.school).name == "第一实验学校"
    assert f"更名：{old} → 第一实验学校" in page
    assert "深教〔2026〕1号" in page


def test_merge_closes_one_and_names_the_heir(scene, district):
    pupil = a_pupil(scene.school)

    change(district, scene.school, "merge", code=scene.other_school.code)
    page = district.get(reverse("org", args=[scene.school.code]))

    pupil.pupil.refresh_from_db()
    assert fresh(scene.school).closed_on is not None
    assert pupil.pupil.school == scene.other_school
    assert page.context["after"] == [scene.other_school]


def test_move_to_another_district_is_for_the_city(scene, district):
    refused = change(district, scene.school, "move", code=scene.city.west.code)
    change(scene.client("city"), scene.school, "move", code=scene.city.west.code)

    assert refused.status_code == 422
    assert "在您的管辖范围内没有代码为" in refused.content.decode()
    assert fresh(scene.school).parent == scene.city.west


def test_split_takes_what_was_entered_before(scene, district):
    part = a_school(scene.city.east)

    change(district, scene.school, "split", codes=part.code, closes="on")

    assert fresh(scene.school).closed_on is not None
    assert OrgEvent.objects.get(kind="split").successor == part


def test_a_school_with_pupils_is_not_closed(scene, district):
    a_pupil(scene.school)

    response = change(district, scene.school, "close")

    assert response.status_code == 422
    assert "还有在读学生" in response.content.decode()
    assert fresh(scene.school).closed_on is None


def test_every_change_has_its_form(scene, district):
    for name in ("rename", "move", "merge", "split", "close"):
        assert district.get(reverse("org_change", args=[scene.school.code, name])).status_code == 200


def test_a_change_needs_its_reason(scene, district):
    response = change(district, scene.school, "rename", name="新名", reason="")

    assert response.status_code == 422
    assert fresh(scene.school).name == scene.school.name


@pytest.mark.parametrize("n", [1, 3])
def test_list_costs_a_fixed_number_of_queries(scene, district, n, django_assert_num_queries):
    for _ in range(n):
        a_school(scene.city.east, name=f"红树林{_}")

    with django_assert_num_queries(9):
        response = district.get(reverse("orgs") + "?q=红树林")

    assert len(response.context["rows"]) == n
