"""The showcase as people meet it: a map that leads to lists, one search, a page for each school, and the editors' desk."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from kechuang.base import clock
from kechuang.engine.applications import actions as applying
from kechuang.engine.applications.perform import perform
from kechuang.engine.awards.actions import award_call
from kechuang.engine.honours.actions import record_honour, revoke_honour
from kechuang.engine.models import Honour, Shelf, Work
from kechuang.engine.showcase import shelving
from kechuang.engine.showcase.actions import hide_work, publish_works, withdraw_showcase
from kechuang.orgs.models import Org
from tests.engine.honours import DAY, closed_notice, make_actor, make_competition
from tests.factories.engine import a_call, a_title_plan
from tests.web.public_scene import signed_in

pytestmark = pytest.mark.django_db
TITLES = ("红树林底栖动物自动识别", "候鸟迁徙与城市灯光", "AI Robot Arm")


@pytest.fixture(autouse=True)
def _monday(settings):
    settings.SITE_URL = "https://kechuang.example.cn"
    with clock.travel(DAY):
        yield


@pytest.fixture
def competition():
    found = make_competition(entries=3, pupils=("张小三",), consents=("showcase", "publicity"))
    for entry, title in zip(found.entries, TITLES, strict=True):
        entry.title = title
        entry.save()
    award_call(closed_notice(found), by=found.officer)
    publish_works(found.call, by=found.officer)
    return found


@pytest.fixture
def honour(competition):
    call = a_call(SimpleNamespace(org=competition.city), plan=a_title_plan(), closes_at=None)
    clerk = make_actor("学校管理员", competition.school, "school_officer")
    draft = applying.begin_application(call, competition.school, by=clerk)
    draft, _errors = applying.save_answers(draft, {"abstract": "概况", "plan": "规划"}, version=draft.version, by=clerk)
    perform(applying.submit_application(draft, by=clerk), "grant", by=competition.officer, prize="district")
    return Honour.objects.get()


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def of(page, code: str) -> int:
    return {one["url"]: one["count"] for one in page.context["maps"]}.get(f"?map={code}#map", 0)


def test_map_counts_per_unit_and_each_tile_leads_to_the_list(client, competition):
    page = client.get(reverse("showcase"), {"map": "works"})

    tile = next(one for one in page.context["map"].tiles if one.value)
    assert (tile.name, tile.value, of(page, "works"), of(page, "schools")) == ("南海区教育局", 3, 3, 1)
    assert len(client.get(tile.url).context["page"].object_list) == 3
    schools = client.get(reverse("showcase"), {"map": "schools"})
    tile = next(one for one in schools.context["map"].tiles if one.value)
    assert [row[0].name for row in client.get(tile.url).context["rows"]] == [competition.school.name]


def test_titles_are_counted_while_they_are_held(client, competition, honour):
    def counted() -> int:
        return of(client.get(reverse("showcase")), honour.programme_code)

    assert counted() == 1
    record_honour(honour, "warned", by=competition.officer, reason="材料迟交")
    assert counted() == 1
    revoke_honour(honour, by=competition.officer, reason="造假")
    assert counted() == 0


def test_school_page_tells_titles_with_their_dates_and_nothing_internal(client, competition, honour):
    record_honour(honour, "warned", by=competition.officer, reason="材料迟交三次")

    page = text(client.get(reverse("school", args=[competition.school.code])))

    assert "区级示范校" in page
    assert "材料迟交" not in page
    assert "警示" not in page
    assert all(title in page for title in TITLES)
    assert client.get(reverse("school", args=[competition.city.code])).status_code == 404


def test_school_page_leads_on_from_a_closed_school(client, competition):
    closed = Org.objects.create(
        kind="school", code="S2", name="已撤学校", parent=competition.school.parent, school_kind="primary",
        closed_on=clock.today() - timedelta(days=1),
    )  # fmt: skip
    closed.events.create(kind="merge", on=clock.today(), successor=competition.school, is_heir=True)

    page = text(client.get(reverse("school", args=["S2"])))

    assert f'href="{reverse("school", args=[competition.school.code])}"' in page


@pytest.mark.parametrize(
    ("query", "works", "orgs", "titles"),
    [("候鸟", 1, 0, 0), ("robot", 1, 0, 0), ("实验学校", 3, 1, 1), ("示范校", 0, 0, 1), ("District", 0, 0, 1), ("火箭", 0, 0, 0)],
)  # fmt: skip
def test_one_search_finds_works_schools_and_titles(client, competition, honour, query, works, orgs, titles):
    found = client.get(reverse("showcase_search"), {"q": query}).context["found"]

    assert (found.works_count, found.orgs_count, found.titles_count) == (works, orgs, titles)


def test_search_forgives_a_slip(client, competition):
    found = client.get(reverse("showcase_search"), {"q": "红树林底息动物"}).context["found"]

    assert (found.count, [work.title for work in found.near]) == (0, [TITLES[0]])


def test_withdrawn_consent_is_gone_from_showcase_shelf_school_page_and_search(client, competition):
    shelf = shelving.create_shelf(
        competition.city,
        {"title": "专", "title_en": "", "words": "", "theme": "", "year": None},
        by=competition.officer,
    )
    for work in Work.objects.all():
        shelving.shelve(shelf, work, by=competition.officer)
    shelving.place_on_front(shelving.show_shelf(shelf, True, by=competition.officer), 1, by=competition.officer)
    pages = [
        "/", reverse("showcase"), reverse("shelf", args=[shelf.slug]), reverse("school", args=[competition.school.code]),
        reverse("showcase_search") + "?q=候鸟",
    ]  # fmt: skip
    assert all(TITLES[1] in text(client.get(page)) for page in pages)

    withdraw_showcase(competition.entries[1].members.get().person)

    assert [page for page in pages if TITLES[1] in text(client.get(page))] == []


def test_cards_are_pictures_and_gone_with_their_page(client, competition):
    card = client.get(reverse("school_card", args=[competition.school.code]))

    assert (card["Content-Type"], card.content[:4]) == ("image/png", b"\x89PNG")
    assert client.get(reverse("shelf_card", args=["nothing"])).status_code == 404


def more_of_everything(competition) -> None:
    for number in range(4):
        Org.objects.create(
            kind="school", code=f"N{number}", name=f"新学校{number}", parent=competition.school.parent,
            school_kind="primary",
        )  # fmt: skip
        shelf = shelving.create_shelf(
            competition.city, {"title": f"专{number}", "title_en": "", "words": "", "theme": "", "year": None},
            by=competition.officer,
        )  # fmt: skip
        for work in Work.objects.all():
            shelving.shelve(shelf, work, by=competition.officer)
        shelving.shelve(shelf, competition.school, by=competition.officer)
        shelving.place_on_front(shelving.show_shelf(shelf, True, by=competition.officer), 1, by=competition.officer)


@pytest.mark.parametrize("much", [False, True])
def test_pages_cost_the_same_however_much_there_is(client, competition, django_assert_num_queries, much):
    more_of_everything(competition) if much else None
    if not much:
        shelf = shelving.create_shelf(
            competition.city,
            {"title": "专", "title_en": "", "words": "", "theme": "", "year": None},
            by=competition.officer,
        )
        shelving.shelve(shelf, Work.objects.first(), by=competition.officer)
        shelving.shelve(shelf, competition.school, by=competition.officer)
        shelving.place_on_front(shelving.show_shelf(shelf, True, by=competition.officer), 1, by=competition.officer)

    with django_assert_num_queries(11):
        client.get(reverse("showcase"))
    with django_assert_num_queries(6):
        client.get(reverse("schools"))
    with django_assert_num_queries(6):
        client.get(reverse("showcase_search"), {"q": "学校"})


# --- the editors' desk ---------------------------------------------------------------------------------------------


def test_editor_makes_a_shelf_from_nothing_to_the_front_page(competition):
    client = signed_in(competition.officer)
    work = Work.objects.get(title=TITLES[0])

    made = client.post(
        reverse("shelf_new"), {"title": "海洋与湿地", "theme": "海洋", "year": 2026, "words": "看看海边"}
    )
    shelf = Shelf.objects.get()
    found = client.get(made.url, {"q": "底栖"})
    assert [one.title for one in found.context["found"].works] == [TITLES[0]]
    items = reverse("shelf_items", args=[shelf.slug])
    client.post(items, {"do": f"work:{work.slug}"})
    client.post(items, {"do": f"school:{competition.school.code}"})
    client.post(items, {"do": f"up:{shelf.items.last().pk}"})
    client.post(reverse("shelf_show", args=[shelf.slug]), {"do": "show"})
    client.post(reverse("shelf_front", args=[shelf.slug]), {"order": 1, "until": ""})

    page = Client().get("/")
    assert [str(one.thing) for one in page.context["shelf"].items] == [competition.school.name, TITLES[0]]
    client.post(reverse("shelf_front", args=[shelf.slug]), {"do": "off"})
    assert Client().get("/").context["shelf"] is None


def test_hidden_work_is_named_to_the_editor_and_cannot_be_added(competition):
    client = signed_in(competition.officer)
    client.post(reverse("shelf_new"), {"title": "海洋与湿地"})
    shelf, work = Shelf.objects.get(), Work.objects.get(title=TITLES[0])
    client.post(reverse("shelf_items", args=[shelf.slug]), {"do": f"work:{work.slug}"})

    hide_work(work, reason="核查", by=competition.officer)

    assert "已经下架或停用" in text(client.get(reverse("shelf_edit", args=[shelf.slug])))
    again = client.post(reverse("shelf_items", args=[shelf.slug]), {"do": f"work:{work.slug}"})
    assert again.status_code == 404


# --- feeds and the widget ------------------------------------------------------------------------------------------


def test_widget_is_light_sets_no_cookie_and_stands_only_on_allowed_sites(client, competition, settings):
    settings.EMBED_ORIGINS = ["https://www.example.cn"]

    page = client.get(reverse("embed", args=["works"]), {"n": "2"})

    assert len(page.context["items"]) == 2
    assert "frame-ancestors 'self' https://www.example.cn" in page["Content-Security-Policy"]
    assert "script-src" not in page["Content-Security-Policy"]
    assert ("X-Frame-Options" in page, page.cookies, len(page.content) < 8000) == (False, {}, True)
    assert client.get(reverse("home"))["X-Frame-Options"] == "SAMEORIGIN"
    assert client.get(reverse("embed", args=["people"])).status_code == 404


def test_withdrawn_consent_is_gone_from_widget_and_feeds_at_once(client, competition):
    competition.call.indexable = True
    competition.call.save()
    pages = [reverse("embed", args=["works"]), reverse("works_feed")]
    assert all(TITLES[1] in text(client.get(page)) for page in pages)

    withdraw_showcase(competition.entries[1].members.get().person)

    assert [page for page in pages if TITLES[1] in text(client.get(page))] == []


def test_calendar_holds_the_dates_of_calls_and_of_collections_on_the_front_page(client, competition):
    shelf = shelving.create_shelf(
        competition.city,
        {"title": "海洋", "title_en": "", "words": "", "theme": "", "year": None},
        by=competition.officer,
    )
    shelving.shelve(shelf, competition.school, by=competition.officer)
    shelving.show_shelf(shelf, True, by=competition.officer)
    shelving.place_on_front(shelf, 1, clock.today() + timedelta(days=9), by=competition.officer)

    lines = text(client.get(reverse("city_calendar"))).split("\r\n")

    assert f"UID:shelf-{shelf.slug}@kechuang.example.cn" in lines
    assert f"DTEND;VALUE=DATE:{clock.today() + timedelta(days=10):%Y%m%d}" in lines
    assert (lines[0], lines[-2]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert "海洋" in text(client.get(reverse("shelves_feed")))
