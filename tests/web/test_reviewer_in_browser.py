"""Scoring as an expert does it: by keyboard at a desk, in a drawer on a phone, saved while typing."""

import pytest
from django.conf import settings
from django.db.models import F
from django.urls import reverse
from playwright.sync_api import expect

from kechuang.base.models import AuditEntry
from kechuang.engine.models import Assignment, Score
from tests.factories.engine import scored
from tests.web.review_scenes import a_scene

SLOW = 15_000
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sheet(live_server, page):
    """The scoring page of a first entry, opened by its expert."""
    scene = a_scene(entries=1, experts=3)
    row = Assignment.objects.filter(reviewer=scene.reviewers[0]).get()
    cookie = scene.expert().cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])

    def open_at(width, height=900):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(live_server.url + reverse("score", args=[row.pk]))
        return page

    return open_at, row


def test_scoring_by_keyboard_goes_on_without_network_and_a_conflict_shows_both(sheet):
    open_at, row = sheet
    page = open_at(1440)
    criteria, state = page.locator("[data-criterion] input[type=number]"), page.locator("[data-save-state]")
    for digit in ["8"] * criteria.count():
        page.keyboard.press(digit)

    expect(page.locator("[data-rubric-sum]")).to_contain_text("80")
    expect(state).to_have_attribute("data-state", "saved")
    score = Score.objects.get(assignment=row)
    assert (float(score.total), len(score.marks)) == (80, criteria.count())

    page.context.set_offline(True)
    page.locator("#comment").fill("写到一半断了网。")
    expect(state).to_have_attribute("data-state", "kept")
    expect(state).to_contain_text("已留在本机")
    page.context.set_offline(False)
    expect(state).to_have_attribute("data-state", "saved", timeout=SLOW)
    score.refresh_from_db()
    assert score.comment == "写到一半断了网。"

    Score.objects.filter(pk=score.pk).update(version=F("version") + 1, comment="手机上写的", sender="another")
    page.locator("#comment").fill("电脑上写的意见，足够长了。")
    expect(page.locator("[data-sheet-conflict]")).to_contain_text("这里 电脑上写的意见，足够长了。，那边 手机上写的")
    page.get_by_role("button", name="留下我在这里写的").click()
    expect(state).to_have_attribute("data-state", "saved", timeout=SLOW)

    for gate in page.locator("input[type=radio][value=yes]").all():
        gate.check()
    expect(state).to_have_attribute("data-state", "saved", timeout=SLOW)
    page.context.set_offline(True)
    page.get_by_role("button", name="提交评分").click()
    expect(state).to_contain_text("连上后自动提交")
    row.refresh_from_db()
    assert row.state == "draft"
    page.context.set_offline(False)
    page.wait_for_url("**/reviews/?round=*", timeout=SLOW)
    row.refresh_from_db()
    assert (row.state, row.score.comment) == ("submitted", "电脑上写的意见，足够长了。")
    assert AuditEntry.objects.filter(action="submit_score").count() == 1


def test_keys_change_nothing_on_a_sheet_that_is_handed_in(sheet):
    open_at, row = sheet
    scored(row.round)
    page = open_at(1440)
    first = page.locator("[data-criterion] input[type=number]").first
    before = first.input_value()

    page.keyboard.press("1")

    expect(page.get_by_text("已提交").first).to_be_visible()
    assert first.input_value() == before


def test_a_mark_out_of_range_is_told_beside_its_field_and_mended(sheet):
    open_at, row = sheet
    page = open_at(1440)
    first = page.locator("[data-criterion]").first
    first.locator("input[type=number]").fill("999")

    expect(first.locator(".field-error")).to_contain_text("超出范围")
    first.locator("input[type=number]").fill("10")
    expect(first.locator(".field-error")).to_have_count(0)
    expect(page.locator("[data-save-state]")).to_have_attribute("data-state", "saved")
    assert list(Score.objects.get(assignment=row).marks.values()) == [10]


def test_on_a_phone_the_rubric_is_a_drawer(sheet):
    open_at, row = sheet
    page = open_at(390, 844)
    drawer, marks = page.locator("details[data-drawer]"), page.locator("[data-criterion] input[type=number]")

    expect(marks.first).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    drawer.locator("summary").first.click()
    expect(marks.first).to_be_visible()
    for place in range(marks.count()):
        marks.nth(place).fill("9")
    for gate in page.locator("input[type=radio][value=yes]").all():
        gate.check()
    page.locator("#comment").fill("选题有新意，实验设计合理，数据充分。")
    page.get_by_role("button", name="提交评分").click()

    page.wait_for_url("**/reviews/?round=*")
    row.refresh_from_db()
    assert row.state == "submitted"
