"""The designer in a browser: the sheet follows each choice by itself, and nothing is kept before it is saved."""

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from kechuang.engine.calls.models import Call
from tests.web.officer_scene import a_scene

SLOW = 20_000
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_sheet_follows_each_choice(live_server, page):
    scene = a_scene()
    cookie = scene.client("city").cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page.set_default_timeout(SLOW)
    expect.set_options(timeout=SLOW)
    told = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.goto(live_server.url + reverse("certificate_design", args=[scene.call.slug]))
    sheet = page.locator("#design-sheet img")
    first = sheet.get_attribute("src")

    page.get_by_label("红金奖状").check()
    expect(sheet).not_to_have_attribute("src", first)
    second = sheet.get_attribute("src")
    page.get_by_label("中英对照").check()
    expect(sheet).not_to_have_attribute("src", second)
    kept = Call.objects.get(pk=scene.call.pk).plan.certificate.design.look
    page.get_by_label("英文正文").fill("{names} {age}")
    expect(page.locator("#design-sheet")).to_contain_text("{age}")
    page.get_by_label("英文正文").fill("{names} won {prize}")
    page.get_by_role("button", name="保存设计").click()
    expect(page.get_by_text("证书设计已保存")).to_be_visible()

    design = Call.objects.get(pk=scene.call.pk).plan.certificate.design
    assert (kept, design.look, design.languages) == ("gold", "red_gold", "both")
    assert told == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
