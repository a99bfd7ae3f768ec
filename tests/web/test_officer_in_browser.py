"""The office's list by keyboard alone: move, select, act on all that the filter finds, read the result, take it back."""

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from kechuang.engine.applications.models import Application, Movement
from kechuang.web.officer.queue import views
from tests.web.officer_scene import a_scene

SLOW = 15_000
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def states(apps):
    return [Application.objects.get(pk=app.pk).state for app in apps]


def test_all_in_the_filter_are_endorsed_and_taken_back_by_keyboard(live_server, page, monkeypatch):
    monkeypatch.setattr(views, "PER_PAGE", 2)
    scene = a_scene()
    apps = [scene.entry(title=f"作品{n}", stage="junior") for n in range(3)]
    other = scene.entry(title="高中作品", stage="senior")
    cookie = scene.client("school").cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page.set_default_timeout(SLOW)
    address = reverse("office_applications", args=[scene.call.slug]) + "?state=submitted&stage=junior&sort=title"
    page.goto(live_server.url + address)
    bar, boxes = page.locator("[data-bulk-bar]"), page.locator("tbody input[type=checkbox]")

    expect(boxes).to_have_count(2)
    expect(bar).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press(" ")
    expect(bar).to_contain_text("已选 1 项")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(bar).to_contain_text("已选 2 项")
    page.keyboard.press("Enter")
    page.wait_for_url("**" + reverse("application", args=[apps[1].public_id]) + "*")
    page.keyboard.press("j")
    page.wait_for_url("**" + reverse("application", args=[apps[2].public_id]) + "*")
    page.keyboard.press("u")
    page.wait_for_url("**stage=junior*")

    page.keyboard.press("Shift+A")
    expect(page.locator("[data-select-filter]")).to_be_checked()
    page.keyboard.press("b")
    expect(bar.get_by_role("button", name="审核通过并报送")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="确认办理 3 件")).to_be_visible()
    late = scene.entry(title="作品晚", stage="junior")
    page.get_by_role("button", name="确认办理 3 件").press("Enter")

    expect(page.locator(".act-said")).to_contain_text("3 件：审核通过并报送")
    assert states([*apps, other, late]) == ["endorsed"] * 3 + ["submitted"] * 2
    page.get_by_role("button", name="撤销（撤销报送）").press("Enter")
    expect(page.locator(".act-said")).to_contain_text("3 件：撤销报送")
    assert states(apps) == ["submitted"] * 3
    assert Movement.objects.filter(move="unendorse").count() == 3
    page.go_back()
    page.reload()
    expect(page.get_by_text("撤销", exact=False).first).to_be_visible()

    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url + address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
