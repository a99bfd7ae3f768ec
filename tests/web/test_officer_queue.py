"""The list of a call: filters, bulk moves with their reasons, the way back, views and columns."""

from base64 import urlsafe_b64encode

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from kechuang.base.models import AuditEntry, SavedView
from kechuang.engine.applications.models import Application, BulkAct, Movement
from kechuang.engine.calls.models import QuotaLine
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
