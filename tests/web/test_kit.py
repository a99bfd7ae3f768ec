import json
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from kechuang.base import clock
from kechuang.web.charts import Chart, Series
from kechuang.web.folding import fold
from kechuang.web.kit_examples import ExampleForm, examples
from kechuang.web.templatetags import _words
from kechuang.web.tiles import Tile, TileMap, level

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def draw(source: str, **context) -> str:
    return Template("{% load kit %}" + source).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        '{% badge "draft" colour="red" %}',
        "{% stat label=1 %}",
        '{% button "x" tone="pink" %}',
        '{% icon "no-such-icon" %}',
        "{% card %}",
    ],
)
def test_wrong_use_of_a_component_does_not_compile(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        draw(source)


def test_choice_given_by_a_variable_is_checked_when_drawn() -> None:
    with pytest.raises(TemplateSyntaxError, match="cannot be 'pink'"):
        draw('{% button "x" tone=tone %}', tone="pink")


def test_slot_outside_its_component_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="no slot 'footer'"):
        draw('{% empty title="x" %}{% slot footer %}y{% endslot %}{% endempty %}')


def test_slots_land_in_their_places_even_inside_a_condition() -> None:
    html = draw('{% card title="题" %}体{% if yes %}{% slot footer %}脚{% endslot %}{% endif %}{% endcard %}', yes=True)

    assert '<div class="card-body">体</div>' in html
    assert '<div class="card-footer">脚</div>' in html


def test_values_are_escaped() -> None:
    html = draw('{% badge "draft" label=label data-x=label %}', label='<b onclick="x">')

    assert "<b" not in html
    assert html.count("&lt;b onclick=&quot;x&quot;&gt;") == 2


def test_attributes_for_htmx_go_to_the_element() -> None:
    assert 'hx-post="/x"' in draw('{% button "存" hx-post=url %}', url="/x")


def test_field_ties_label_help_and_error_together() -> None:
    html = draw("{% field form.phone %}{% field form.title %}", form=ExampleForm({"phone": "138"}))

    assert 'aria-describedby="id_phone_error"' in html
    assert 'id="id_phone_error">请填写 11 位手机号码，现在是 3 位。' in html
    assert 'aria-describedby="id_title_help id_title_error"' in html


def test_error_summary_counts_and_links() -> None:
    html = draw(
        "{% error_summary form %}", form=ExampleForm({"title": "x", "stage": "junior", "kind": "code", "agree": "on"})
    )

    assert "有 1 处需要修改" in html
    assert 'href="#id_phone"' in html


def test_error_summary_of_a_sound_form_is_nothing() -> None:
    assert draw("{% error_summary form %}", form=ExampleForm()).strip() == ""


@pytest.mark.parametrize(
    ("seconds", "words", "tone"),
    [
        (0, "已截止", "muted"),
        (30, "不到 1 分钟", "danger"),
        (90, "还有 1 分钟", "danger"),
        (7_200, "还有 2 小时", "danger"),
        (2 * 86_400, "还有 2 天", "warning"),
        (9 * 86_400, "还有 9 天", "muted"),
    ],
)
def test_time_left_in_words(seconds: int, words: str, tone: str) -> None:
    until = NOW + timedelta(seconds=seconds)

    assert _words.time_left(until, NOW) == words
    assert _words.urgency(until, NOW) == tone


def test_moment_names_the_year_only_when_it_is_another() -> None:
    with clock.travel(NOW):
        assert _words.moment_words(NOW) == "11月24日 周二 12:00"
        assert _words.day_words(NOW.date().replace(year=2027)) == "2027年11月24日 周三"


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 B"), (1536, "1.5 KB"), (20 * 1024**2, "20 MB"), (3 * 1024**3, "3.0 GB")]
)
def test_file_size_in_words(size: int, words: str) -> None:
    assert _words.file_size(size) == words


def test_pages_keep_the_rest_of_the_query() -> None:
    page = Paginator(range(95), 10).page(4)
    request = RequestFactory().get("/", {"q": "浮标", "page": "4"})

    html = Template("{% load kit %}{% pagination page=page %}").render(RequestContext(request, {"page": page}))

    assert "共 95 条" in html
    assert 'href="?q=%E6%B5%AE%E6%A0%87&amp;page=5"' in html


def test_missing_front_end_names_the_remedy(settings) -> None:
    settings.REQUIRE_FRONT_END = True

    with pytest.raises(ImproperlyConfigured, match="make setup"):
        draw('{% built "no-such-file.css" %}')


def test_a_timeline_says_what_is_now_and_escapes_what_it_is_given() -> None:
    at = datetime(2026, 3, 1, 20, tzinfo=ZoneInfo("UTC"))
    items = [
        {"title": "开始<填写>", "at": at, "by": "三中 & 四中", "note": "a < b"},
        {"title": "现在", "state": "now", "url": "/x/?a=1&b=2", "link": "看<看>"},
        {"title": "之后", "state": "next", "at": None},
    ]

    drawn = draw("{% timeline items=items data-x=1 %}", items=items)

    assert re.findall(r'<li class="spine-item spine-(\w+)"( aria-current="step")?>', drawn) == [
        ("done", ""),
        ("now", ' aria-current="step"'),
        ("next", ""),
    ]
    assert "开始&lt;填写&gt;" in drawn and "三中 &amp; 四中" in drawn and "a &lt; b" in drawn
    assert '<time datetime="2026-03-02T04:00:00+08:00">' in drawn
    assert '<a href="/x/?a=1&amp;b=2">看&lt;看&gt;</a>' in drawn
    assert '<ol class="spine" data-x="1">' in drawn
    assert draw("{% timeline items=items empty='没有' %}", items=[]).strip() == '<p class="muted">没有</p>'


def test_page_of_components_draws_without_a_built_front_end() -> None:
    html = render_to_string("components.html", examples(), request=RequestFactory().get("/components/"))

    assert html.count('class="spine-item') == 5
    assert "data-rubric-sum" in html


def test_menu_of_the_examples_stays_on_their_page(client, db) -> None:
    client.get("/components/")

    page = client.get("/").content.decode()

    assert "公示公告" in page
    assert "作品评审" not in page


def test_chart_carries_its_facts_its_sentence_and_its_table() -> None:
    chart = Chart(
        "dots",
        "宽严",
        "专家 02 偏严。",
        ["01", "02"],
        [Series("差", [0.5, None], [0.1, None], [0.9, None])],
        links=["/a/"],
    )

    html = draw("{% chart chart id='one' %}", chart=chart)

    assert json.loads(re.search(r'id="one" type="application/json">(.*?)</script>', html).group(1))["links"] == ["/a/"]
    assert 'aria-label="宽严：专家 02 偏严。"' in html
    assert '<th scope="row"><a href="/a/">01</a></th>' in html
    assert '<small class="muted">0.1–0.9</small>' in html
    assert '<td class="number">–</td>' in html


def test_chart_with_values_that_do_not_fit_its_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="2 labels"):
        Chart("bar", "x", "y", ["a", "b"], [Series("s", [1])])
    with pytest.raises(ValueError, match="cannot be 'pie'"):
        Chart("pie", "x", "y", [], [])


@pytest.mark.parametrize(("value", "tint"), [(0, 0), (1, 1), (20, 1), (21, 2), (99, 5), (100, 5)])
def test_tile_is_tinted_by_its_share_of_the_most(value: int, tint: int) -> None:
    assert level(value, 100) == tint


def test_tile_map_puts_districts_in_their_place_and_others_behind() -> None:
    shown = TileMap("x", "y", [Tile("别处", 1), Tile("宝安区", 2, "/b/"), Tile("光明区", 0)]).placed()

    assert [(item["short"], item["row"], item["column"], item["level"]) for item in shown] == [
        ("光明", 1, 2, 0),
        ("宝安", 2, 1, 5),
        ("别处", 4, 1, 3),
    ]


def test_words_of_a_fixed_part_follow_the_reader():
    template = Template('{% load kit %}{% icon "check" label=_("已完成") %}')
    fold(template.nodelist)

    with translation.override("zh-hans"):
        chinese = template.render(Context())
    with translation.override("en"):
        english = template.render(Context())

    assert ('aria-label="已完成"' in chinese, 'aria-label="Completed"' in english) == (True, True)
