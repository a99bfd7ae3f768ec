"""An objection from the open page to its answer."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from kechuang.base import clock
from kechuang.engine.publicity.actions import decide_objection, draft_notice
from kechuang.engine.publicity.models import Objection
from tests.engine.honours import DAY, make_competition
from tests.web.public_scene import published

pytestmark = [pytest.mark.django_db]

GOOD = {
    "name": "举报甲",
    "document_no": "11010519491231002X",
    "unit": "示范第二实验学校",
    "phone": "0755-25921234",
    "statement": "该作品与去年的作品内容相同，附对比材料。",
    "signed": "on",
    "token": "t-1",
}


@pytest.fixture(autouse=True)
def _monday(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with clock.travel(DAY):
        yield


@pytest.fixture
def competition():
    return make_competition(pupils=("张小三",), consents=("publicity",))


@pytest.fixture
def address(competition):
    return reverse("object", args=[published(competition).number])


def text(response) -> str:
    return response.content.decode()


def test_form_lists_the_entries_and_carries_a_token(client, address, competition):
    page = text(client.get(address))

    assert competition.entries[0].title in page
    assert re.search(r'name="token" value="[\w-]{20,}"', page)


def test_good_objection_is_filed_and_its_code_shown_once(client, address, competition):
    response = client.post(address, GOOD | {"application": competition.entries[0].pk}, follow=True)

    filed = Objection.objects.get()
    assert response.redirect_chain == [(reverse("objection_receipt"), 302)]
    assert filed.number in text(response) and filed.follow_code in text(response)
    assert (filed.name, filed.title) == ("举报甲", competition.entries[0].title)
    assert filed.follow_code not in text(client.get(reverse("objection_receipt")))


def test_picture_as_evidence_is_kept(client, address):
    data = BytesIO()
    Image.new("RGB", (20, 20), "red").save(data, "PNG")

    client.post(address, GOOD | {"evidence": [SimpleUploadedFile("对比.png", data.getvalue())]})

    assert [row.stored.content_type for row in Objection.objects.get().evidence.all()] == ["image/png"]


def test_evidence_that_is_no_document_is_refused_with_the_reason(client, address):
    response = client.post(address, GOOD | {"evidence": [SimpleUploadedFile("run.pdf", b"MZ\x90 not a pdf")]})

    assert response.status_code == 422
    assert 'href="#id_evidence"' in text(response)
    assert not Objection.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "匿名异议不予受理"),
        ("phone", "12", "这个电话号码不完整"),
        ("statement", "不公平", "异议内容太短"),
        ("signed", "", "请勾选签名确认"),
        ("email", "nobody", "这个邮箱地址不完整"),
    ],
)
def test_bad_objection_comes_back_with_the_sentence_linked(client, address, field, value, sentence):
    response = client.post(address, GOOD | {field: value})
    page = text(response)

    assert response.status_code == 422
    assert sentence in page
    assert f'href="#id_{field}"' in page
    assert "示范第二实验学校" in page  # what was filled in is still there
    assert not Objection.objects.exists()


def test_form_sent_twice_makes_one_objection(client, address):
    first = client.post(address, GOOD, follow=True)
    second = client.post(address, GOOD, follow=True)

    assert Objection.objects.count() == 1
    assert Objection.objects.get().number in text(first)
    assert Objection.objects.get().number in text(second)


def test_notice_that_is_over_refuses(client, address):
    with clock.travel(DAY + timedelta(days=30)):
        shown, sent = client.get(address), client.post(address, GOOD)

    assert "现在不能提出异议" in text(shown)
    assert "现在不能提出异议" in text(sent)
    assert not Objection.objects.exists()


def test_draft_notice_has_no_form(client, competition):
    notice = draft_notice(competition.decision, by=competition.officer)

    assert client.get(reverse("object", args=[notice.number])).status_code == 404


def test_progress_opens_with_the_code_in_any_spelling(client, address):
    client.post(address, GOOD)
    filed = Objection.objects.get()

    page = text(client.post(reverse("follow_objection"), {"code": filed.follow_code.lower().replace("-", " ")}))

    assert filed.number in page
    assert "最迟" in page
    assert "举报甲" not in page and filed.document_no not in page


def test_wrong_code_opens_nothing(client, address):
    client.post(address, GOOD)

    response = client.post(reverse("follow_objection"), {"code": "AAAA-BBBB-CCCC-DDDD"})

    assert response.status_code == 422
    assert "没有找到这个查询码" in text(response)


def test_objection_is_withdrawn_with_the_code(client, address):
    client.post(address, GOOD)
    filed = Objection.objects.get()

    page = text(client.post(reverse("follow_objection"), {"code": filed.follow_code, "withdraw": "1"}))

    filed.refresh_from_db()
    assert filed.state == "withdrawn"
    assert "已撤回" in page


def test_answer_is_read_with_the_code(client, address, competition):
    client.post(address, GOOD | {"application": competition.entries[0].pk})
    filed = Objection.objects.get()
    decide_objection(filed, finding="经核查，两件作品方法不同。", effect="keep", by=competition.other)

    page = text(client.post(reverse("follow_objection"), {"code": filed.follow_code}))

    assert "经核查，两件作品方法不同。" in page
    assert "撤回这件异议" not in page
