"""Chinese on English pages is marked as Chinese, once, for screen readers and fonts."""

import pytest
from django.urls import reverse

from kechuang.engine.models import Call
from kechuang.web.chinese import mark
from tests.factories.engine import a_call


@pytest.mark.parametrize(
    ("plain", "marked"),
    [
        ("<p>By 红树林（二期） of 第3中学, 5 works</p>", '<p>By <bdi lang="zh-CN">红树林（二期）</bdi> of <bdi lang="zh-CN">第3中学</bdi>, 5 works</p>'),
        ("<title>红树林</title>", '<title lang="zh-CN">红树林</title>'),
        ("<title>红树林 · Kechuang</title>", "<title>红树林 · Kechuang</title>"),
        ('<option value="1">光明区</option>', '<option value="1" lang="zh-CN">光明区</option>'),
        ("<textarea>招潮蟹</textarea>", '<textarea lang="zh-CN">招潮蟹</textarea>'),
        ('<img alt="红树林" src="/a.png">', '<img alt="红树林" src="/a.png" lang="zh-CN">'),
        ('<img alt="A picture of 红树林">', '<img alt="A picture of 红树林">'),
        ('<input placeholder="姓名" aria-label="Name" />', '<input placeholder="姓名" aria-label="Name" />'),
        ('<a data-note="a > 红">x</a>', '<a data-note="a > 红">x</a>'),
        ("<svg><text>福田</text></svg>", '<svg><text lang="zh-CN">福田</text></svg>'),
        ("<!-- 红 --> 1 < 2 <", "<!-- 红 --> 1 < 2 <"),
        ('<script>const a = "<p>红</p>"</script>红', '<script>const a = "<p>红</p>"</script><bdi lang="zh-CN">红</bdi>'),
        ('<p lang="zh-Hans">红<p>林</p></p>红', '<p lang="zh-Hans">红<p>林</p></p><bdi lang="zh-CN">红</bdi>'),
        ("<p>No Chinese.</p>", "<p>No Chinese.</p>"),
    ],
)  # fmt: skip
def test_chinese_is_marked_where_it_stands(plain: str, marked: str):
    assert mark(plain) == marked
    assert mark(marked) == marked


@pytest.mark.django_db
@pytest.mark.parametrize("seconds", [0, 20], ids=["made", "kept"])
def test_a_title_is_marked_on_an_english_page_and_not_on_a_chinese_one(client, settings, seconds):
    settings.SHARED_SECONDS = seconds
    call = Call.objects.get(pk=a_call().pk)
    address = reverse("call", args=[call.slug])

    for _turn in range(2):
        english = client.get(address, headers={"Accept-Language": "en"}).content.decode()
        assert f'<bdi lang="zh-CN">{call.title}</bdi>' in english
        assert 'lang="zh-CN"' not in client.get(address).content.decode()
