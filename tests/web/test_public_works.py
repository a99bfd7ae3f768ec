"""The gallery: found by two characters, filtered, gone when hidden, and closed to robots unless allowed."""

import io

import pytest
from django.core.cache import cache
from django.urls import reverse
from PIL import Image

from kechuang.base import clock
from kechuang.base.enums import FileKind
from kechuang.base.files import accept
from kechuang.engine.awards.actions import award_call
from kechuang.engine.showcase.actions import feature_work, hide_work, publish_works, withdraw_showcase
from kechuang.engine.showcase.models import Work
from tests.base.samples import image
from tests.engine.honours import DAY, closed_notice, make_competition

pytestmark = [pytest.mark.django_db]

TITLES = ("红树林底栖动物自动识别", "候鸟迁徙与城市灯光", "AI Robot Arm", "太阳能净水装置", "植物图谱")


@pytest.fixture(autouse=True)
def _monday(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.SITE_URL = "https://kechuang.example.cn"
    with clock.travel(DAY):
        yield


@pytest.fixture
def competition():
    found = make_competition(entries=5, prizes=("first", "second", "second", "third", "third"), pupils=("张小三",),
                             consents=("showcase", "publicity"))  # fmt: skip
    for entry, title in zip(found.entries, TITLES, strict=True):
        entry.title = title
        entry.save()
    award_call(closed_notice(found), by=found.officer)
    publish_works(found.call, by=found.officer)
    return found


def text(response) -> str:
    return response.content.decode()


def titles(response) -> set[str]:
    return {title for title in TITLES if title in text(response)}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "候鸟"}, {"候鸟迁徙与城市灯光"}),
        ({"q": "robot"}, {"AI Robot Arm"}),
        ({"q": "ＡＩ"}, {"AI Robot Arm"}),
        ({"q": "火箭"}, set()),
        ({"prize": "一等奖"}, {"红树林底栖动物自动识别"}),
        ({"stage": "primary"}, set()),
        ({"year": "2026"}, set(TITLES)),
        ({"year": "abc"}, set(TITLES)),
        ({"q": "植物", "prize": "三等奖"}, {"植物图谱"}),
    ],
)
def test_gallery_finds_and_filters(client, competition, query, found):
    assert titles(client.get(reverse("works"), query)) == found


def test_nothing_found_says_how_to_go_on(client, competition):
    page = text(client.get(reverse("works"), {"q": "火箭"}))

    assert "没有符合条件的作品" in page
    assert f'href="{reverse("works")}"' in page


def test_empty_gallery_says_what_will_stand_here(client):
    assert "还没有展示的作品" in text(client.get(reverse("works")))


def test_filter_is_taken_away_by_its_chip(client, competition):
    page = text(client.get(reverse("works"), {"q": "植物", "prize": "三等奖"}))

    assert f'href="{reverse("works")}?prize=%E4%B8%89%E7%AD%89%E5%A5%96"' in page


def test_hidden_work_is_gone_everywhere(client, competition):
    work = Work.objects.get(title=TITLES[0])
    feature_work(work, by=competition.officer)
    assert TITLES[0] in text(client.get("/"))

    hide_work(work, reason="误发", by=competition.officer)

    assert client.get(reverse("work", args=[work.slug])).status_code == 404
    assert TITLES[0] not in text(client.get(reverse("works"))) + text(client.get("/"))


def test_work_shows_masked_names_and_related_works(client, competition):
    work = Work.objects.get(title=TITLES[0])

    page = text(client.get(reverse("work", args=[work.slug])))

    assert "张*三" in page and "张小三" not in page
    assert "相近的作品" in page and TITLES[1] in page


def test_work_is_closed_to_robots_unless_the_call_allows(client, competition):
    address = reverse("work", args=[Work.objects.get(title=TITLES[0]).slug])
    closed, closed_map = client.get(address), text(client.get("/sitemap.xml"))
    competition.call.indexable = True
    competition.call.save()

    opened, opened_map = client.get(address), text(client.get("/sitemap.xml"))

    assert closed["X-Robots-Tag"] == "noindex, nofollow" and "noindex" in text(closed)
    assert "X-Robots-Tag" not in opened and "noindex" not in text(opened)
    assert address not in closed_map and address in opened_map


def test_gallery_costs_the_same_however_many_works(client, competition, django_assert_num_queries):
    with django_assert_num_queries(4):
        client.get(reverse("works"))
    Work.objects.exclude(title=TITLES[0]).update(hidden_at=clock.now())

    with django_assert_num_queries(4):
        client.get(reverse("works"))


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("红树琳底栖动物", TITLES[0]),
        ("候鸟千徙与灯光", TITLES[1]),
        ("AI Robat Arm", TITLES[2]),
        ("太阳能净化装置", TITLES[3]),
    ],
)
def test_gallery_forgives_a_slip_of_the_pen(client, competition, slip, meant):
    page = text(client.get(reverse("works"), {"q": slip}))

    assert "您是不是要找" in page
    assert meant in page.split("您是不是要找")[1].split("</article>")[0]


def test_gallery_does_not_guess_where_nothing_is_near(client, competition):
    assert "您是不是要找" not in text(client.get(reverse("works"), {"q": "火箭发动机燃料"}))


def test_gallery_is_sorted_by_title_on_demand(client, competition):
    page = text(client.get(reverse("works"), {"sort": "title"}))

    shown = sorted(TITLES, key=page.index)

    assert shown[0] == "AI Robot Arm"
    assert '<option value="title" selected>' in page


def test_gallery_is_narrowed_to_a_district(client, competition):
    code = competition.school.parent.code

    assert titles(client.get(reverse("works"), {"district": code})) == set(TITLES)
    assert titles(client.get(reverse("works"), {"district": "nowhere"})) == set()


def test_withdrawn_consent_takes_a_work_out_of_everything_open(client, competition):
    competition.call.indexable = True
    competition.call.save()
    work = Work.objects.get(title=TITLES[0])
    other = Work.objects.get(title=TITLES[1])
    places = {
        "search": f"{reverse('works')}?q=红树林",
        "near": f"{reverse('works')}?q=红树琳底栖动物",
        "related": reverse("work", args=[other.slug]),
        "feed": reverse("works_feed"),
        "sitemap": reverse("sitemap"),
        "home": reverse("home"),
    }
    told = {name: work.slug in text(client.get(address)) for name, address in places.items()}
    card = client.get(reverse("work_card", args=[work.slug]))

    withdraw_showcase(competition.entries[0].members.first().person)

    assert told == dict.fromkeys(places, True)
    assert {name: work.slug in text(client.get(address)) for name, address in places.items()} == dict.fromkeys(
        places, False
    )
    assert (card.status_code, card["Cache-Control"]) == (200, "public, max-age=60")
    for name in ("work", "work_card", "work_cover"):
        assert client.get(reverse(name, args=[work.slug])).status_code == 404


def test_feed_of_works_holds_only_calls_that_allow_search_engines(client, competition):
    closed = text(client.get(reverse("works_feed")))
    competition.call.indexable = True
    competition.call.save()

    assert titles(client.get(reverse("works_feed"))) == set(TITLES)
    assert "<item>" not in closed


def test_work_carries_a_card_of_its_own_without_names(client, competition):
    work = Work.objects.get(title=TITLES[0])

    page = text(client.get(reverse("work", args=[work.slug])))
    card = client.get(reverse("work_card", args=[work.slug]))

    assert (
        f'<meta property="og:image" content="https://kechuang.example.cn{reverse("work_card", args=[work.slug])}">'
        in page
    )
    assert "张" not in page.split("<title>")[0]
    with Image.open(io.BytesIO(card.content)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 630))


def test_cover_comes_small(client, competition):
    work = Work.objects.get(title=TITLES[0])
    work.cover = accept(io.BytesIO(image("PNG")), kind=FileKind.IMAGE, max_bytes=1 << 20, name="甲.png")
    work.save()

    response = client.get(reverse("work_cover", args=[work.slug]))

    with Image.open(io.BytesIO(response.content)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (480, 360))
    assert client.get(reverse("work_card", args=[work.slug])).status_code == 200


def test_part_of_a_schools_name_is_enough_to_find_its_works(client, competition):
    school = Work.objects.first().school
    page = client.get(reverse("works"), {"school": school[2:]})

    assert page.context["page"].paginator.count == Work.objects.filter(school=school).count()
    assert f'<option value="{school}">' in page.content.decode()


def test_what_the_gallery_keeps_for_a_moment_is_written_as_it_was(client, competition, settings):
    settings.SHARED_SECONDS = 20
    cache.clear()
    school = Work.objects.first().school
    pages = [text(client.get(reverse("works"), {"v": turn})) for turn in range(2)]
    cache.clear()

    assert all(f'<option value="{school}">' in page for page in pages)
