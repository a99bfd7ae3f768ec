"""What a visitor reads: the front page, calls in every phase, notices, help, and what robots are told."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kechuang.base import clock
from kechuang.engine.calls.rules import at_the_deadline
from kechuang.engine.enums import CallState
from kechuang.engine.publicity.actions import draft_notice
from kechuang.orgs.actions import load_consent_texts
from kechuang.web.public.guide import GUIDES
from kechuang.web.public.story import papers
from tests.engine.honours import DAY, make_call, make_city, make_competition, make_entry
from tests.web.public_scene import people_around, published

pytestmark = [pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _monday(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.SITE_URL = "https://kechuang.example.cn"
    with clock.travel(DAY):
        yield


@pytest.fixture
def competition():
    return make_competition(pupils=("张小三", "李四"), advisers=("赵老师",), consents=("publicity",))


def an_open_call(city, **facts):
    return make_call(city, opens_at=DAY - timedelta(days=5), closes_at=DAY + timedelta(days=3), **facts)


def text(response) -> str:
    return response.content.decode()


# --- the front page ----------------------------------------------------------------------------------------------


def test_home_without_anything_says_so(client):
    page = client.get("/")

    assert page.status_code == 200
    assert "现在没有正在申报的活动" in text(page)


def test_home_shows_the_open_call_with_the_time_left(client):
    call = an_open_call(make_city()[0], title="正在申报的大赛")

    page = text(client.get("/"))

    assert reverse("call", args=[call.slug]) in page
    assert "还有 3 天" in page
    assert "看看怎么参加" in page


@pytest.mark.parametrize("count", [1, 3])
def test_home_costs_the_same_however_many_calls(client, django_assert_num_queries, count):
    city, _school = make_city()
    for _n in range(count):
        an_open_call(city)

    with django_assert_num_queries(4):
        client.get("/")


# --- calls -------------------------------------------------------------------------------------------------------


def test_calls_stand_by_phase_and_a_draft_is_not_there(client):
    city, _school = make_city()
    an_open_call(city, title="开着的大赛")
    make_call(city, title="将来的大赛", opens_at=DAY + timedelta(days=2), closes_at=DAY + timedelta(days=9))
    make_call(city, title="过去的大赛")
    draft = make_call(city, title="草拟的大赛", state=CallState.DRAFT)

    page = text(client.get(reverse("calls")))

    assert page.index("开着的大赛") < page.index("将来的大赛") < page.index("过去的大赛")
    assert "草拟的大赛" not in page
    assert client.get(reverse("call", args=[draft.slug])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_calls_cost_one_query(client, django_assert_num_queries, count):
    city, _school = make_city()
    for _n in range(count):
        an_open_call(city)

    with django_assert_num_queries(1):
        client.get(reverse("calls"))


def test_call_tells_the_legal_facts_the_rubric_and_the_prizes(client):
    call = an_open_call(make_city()[0])

    page = text(client.get(reverse("call", args=[call.slug])))

    for words in (
        "示教函〔2026〕88号",
        "全程不收费",
        "不作为中小学招生入学依据",
        "创新性",
        "有充分证据",
        "一等奖",
        "不超过参评作品的 60%",
        "物理与天文学",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("opens", "closes", "words"),
    [(2, 9, "还没有开始"), (-5, 3, "登录后申报"), (-9, -2, "申报已经截止")],
)
def test_call_says_where_the_window_stands(client, opens, closes, words):
    call = make_call(make_city()[0], opens_at=DAY + timedelta(days=opens), closes_at=DAY + timedelta(days=closes))

    assert words in text(client.get(reverse("call", args=[call.slug])))


def test_only_applicants_are_offered_to_begin(competition):
    call = an_open_call(competition.city)
    people = people_around(competition)

    offered = {
        name
        for name, client in people.clients.items()
        if "开始申报</span>" in text(client.get(reverse("call", args=[call.slug])))
    }

    assert offered == {"pupil", "teacher", "other_teacher"}


def test_closed_window_offers_nobody_to_begin(competition):
    call = make_call(competition.city)
    people = people_around(competition)

    assert "开始申报</span>" not in text(people["pupil"].get(reverse("call", args=[call.slug])))


# --- notices -----------------------------------------------------------------------------------------------------


def test_notice_shows_masked_names_by_division_and_prize(client, competition):
    notice = published(competition)

    response = client.get(reverse("notice", args=[notice.number]))
    page = text(response)

    assert "张*三" in page and "李*" in page
    assert "张小三" not in page and "李四" not in page
    assert page.index("一等奖") < page.index("二等奖") < page.index("三等奖")
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex, nofollow">' in page
    assert reverse("object", args=[notice.number]) in page


def test_notice_without_consent_names_nobody(client):
    bare = make_competition(pupils=("张小三",))
    notice = published(bare)

    page = text(client.get(reverse("notice", args=[notice.number])))

    assert "参赛学生" in page
    assert "张" not in page


def test_draft_notice_is_not_there(client, competition):
    notice = draft_notice(competition.decision, by=competition.officer)

    assert client.get(reverse("notice", args=[notice.number])).status_code == 404
    assert notice.title not in text(client.get(reverse("notices")))


def test_notice_is_searched_by_title_or_school(client, competition):
    notice = published(competition)
    address = reverse("notice", args=[notice.number])

    assert text(client.get(address, {"q": "系统2"})).count("红树林监测系统") == 1
    assert "名单里没有找到“火箭”" in text(client.get(address, {"q": "火箭"}))


def test_over_notice_takes_no_objection(client, competition):
    notice = published(competition)

    with clock.travel(DAY + timedelta(days=30)):
        page = text(client.get(reverse("notice", args=[notice.number])))

    assert "现在不在公示期内" in page
    assert reverse("object", args=[notice.number]) not in page


@pytest.mark.parametrize("entries", [3, 6])
def test_notice_costs_the_same_however_many_lines(client, django_assert_num_queries, entries):
    competition = make_competition(entries=entries, prizes=("first", "second", "third") * (entries // 3))
    notice = published(competition)

    with django_assert_num_queries(2):
        client.get(reverse("notice", args=[notice.number]))


# --- help, robots, health ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [*GUIDES, "privacy", "accessibility"])
def test_every_help_page_opens(client, page):
    assert client.get(reverse("help", args=[page])).status_code == 200


def test_unknown_help_page_is_not_found(client):
    assert client.get(reverse("help", args=["cooking"])).status_code == 404


def test_privacy_shows_the_six_items_of_every_purpose(client):
    load_consent_texts()

    page = text(client.get(reverse("help", args=["privacy"])))

    for heading in ("目的、方式和范围", "存储地点", "安全保障措施", "拒绝的后果", "投诉举报", "更正、删除"):
        assert page.count(heading) >= 7


def test_robots_are_kept_from_lists_of_minors(client):
    lines = text(client.get("/robots.txt")).splitlines()

    assert "Disallow: /notices/" in lines
    assert "Disallow: /verify/" in lines
    assert "Sitemap: https://kechuang.example.cn/sitemap.xml" in lines


def test_sitemap_lists_published_calls_only(client):
    city, _school = make_city()
    shown, hidden = make_call(city), make_call(city, state=CallState.DRAFT)

    page = text(client.get("/sitemap.xml"))

    assert f"https://kechuang.example.cn{reverse('call', args=[shown.slug])}" in page
    assert hidden.slug not in page


def test_health_answers_while_the_database_does(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("name", ["home", "calls", "notices", "works", "verify", "help", "follow_objection"])
def test_open_pages_are_open_to_everybody(competition, name):
    people = people_around(competition)

    got = {who: client.get(reverse(name)).status_code for who, client in people.clients.items()}

    assert got == dict.fromkeys(people.clients, 200)


def test_page_names_its_language(client):
    client.cookies["django_language"] = "en"

    assert '<html lang="en"' in text(client.get("/"))


def test_open_page_carries_no_inline_script(client):
    page = text(Client().get("/"))

    assert "<script>" not in page and "style=" not in page and "onclick" not in page


def test_entry_of_another_state_is_not_on_the_open_pages(client):
    city, school = make_city()
    call = an_open_call(city)
    make_entry(call, school, "还在写的作品", state="draft")

    assert "还在写的作品" not in text(client.get("/")) + text(client.get(reverse("call", args=[call.slug])))


# --- what others carry away --------------------------------------------------------------------------------------


def test_call_answers_questions_from_its_own_rules(client):
    call = an_open_call(make_city()[0])

    page = text(client.get(reverse("call", args=[call.slug])))

    assert all(sentence in page for sentence in at_the_deadline(call))
    assert "1 至 3 名学生组队" in page
    assert "名单公示 5 个工作日" in page
    assert page.count("必交") == len([paper for paper in papers(call.plan) if paper.is_needed])


def test_call_is_carried_away_as_dates_and_as_a_card(client):
    call = an_open_call(make_city()[0], title="青少年科技创新大赛，" * 8)

    dates = client.get(reverse("call_dates", args=[call.slug]))
    card = client.get(reverse("call_card", args=[call.slug]))
    lines = text(dates).split("\r\n")

    assert dates["Content-Type"].startswith("text/calendar")
    assert (lines[0], lines[-2], text(dates).count("BEGIN:VEVENT")) == (
        "BEGIN:VCALENDAR",
        "END:VCALENDAR",
        len([step for step in call.plan.steps if step.closes_at]),
    )
    assert max(len(line.encode()) for line in lines) <= 75
    assert card["Content-Type"] == "image/png"


def test_draft_call_is_carried_nowhere(client):
    draft = make_call(make_city()[0], state=CallState.DRAFT, title="草拟的大赛")

    assert [client.get(reverse(name, args=[draft.slug])).status_code for name in ("call_dates", "call_card")] == [
        404,
        404,
    ]
    assert "草拟的大赛" not in text(client.get(reverse("calls_feed")))


def test_feeds_list_calls_and_notices_without_names(client, competition):
    notice = published(competition)
    call = an_open_call(competition.city, title="正在申报的大赛")

    calls, notices = text(client.get(reverse("calls_feed"))), text(client.get(reverse("notices_feed")))

    assert f"https://kechuang.example.cn{reverse('call', args=[call.slug])}" in calls
    assert notice.title in notices
    assert "张" not in notices and "红树林监测系统" not in notices


@pytest.mark.parametrize(
    ("query", "words"), [("口令", "忘记口令怎么办"), ("撒回同意", "撤回同意后会怎样"), ("量子", "没有找到")]
)
def test_help_is_searched(client, query, words):
    assert words in text(client.get(reverse("help"), {"q": query}))


def test_public_pages_load_the_small_bundle(client):
    page = text(client.get("/"))

    assert "dist/public.js" in page and "dist/app.js" not in page
