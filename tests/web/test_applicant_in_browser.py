"""The form in a browser: what is written stays, whatever happens to the tab, the net, the session or the team mate."""

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from kechuang.engine.applications.models import Application
from tests.web.applicant_scene import a_draft, a_ready, a_scene, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene():
    return a_scene()


@pytest.fixture
def draft(scene):
    return a_draft(scene)


def open_form(page: Page, url: str, scene, draft) -> None:
    cookie = signed_in(scene.pupil).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    page.goto(url + reverse("application_edit", args=[draft.public_id]))


def kept(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))")


def test_what_is_written_is_never_lost(page: Page, live_server, scene, draft):
    user = scene.pupil.user
    user.set_password("258147")
    user.save()
    open_form(page, live_server.url, scene, draft)
    title, abstract, state = (
        page.locator("#id_a-title"),
        page.locator("#id_a-abstract"),
        page.locator("[data-save-state]"),
    )

    title.fill("红树林的鸟")
    expect(state).to_have_attribute("data-state", "saved")
    page.reload()
    expect(title).to_have_value("红树林的鸟")
    assert kept(page) == []

    page.context.set_offline(True)
    abstract.fill("断网时写的")
    expect(state).to_have_text("离线，已存在本机")
    assert len(kept(page)) == 1
    page.get_by_role("button", name="检查并提交").click()
    expect(abstract).to_have_value("断网时写的")
    page.context.set_offline(False)
    expect(state).to_have_attribute("data-state", "saved")
    assert Application.objects.get(pk=draft.pk).abstract == "断网时写的"
    assert kept(page) == []

    other = page.context.new_page()
    other.goto(page.url)
    other.locator("#id_a-title").fill("同学改的名称")
    other.locator("#id_a-abstract").fill("同学写的摘要")
    expect(other.locator("[data-save-state]")).to_have_attribute("data-state", "saved")
    other.close()
    title.fill("我改的名称")
    page.locator("#id_a-title_en").fill("Birds")
    conflict = page.locator(".field-conflict")
    expect(conflict).to_contain_text("同学改的名称")
    expect(state).to_contain_text("别处有修改")
    expect(abstract).to_have_value("同学写的摘要")
    assert Application.objects.get(pk=draft.pk).title == "同学改的名称"
    page.reload()
    expect(conflict).to_contain_text("同学改的名称")
    expect(title).to_have_value("我改的名称")
    conflict.get_by_role("button", name="用我写的").click()
    expect(state).to_have_attribute("data-state", "saved")
    draft.refresh_from_db()
    assert (draft.title, draft.title_en, draft.abstract) == ("我改的名称", "Birds", "同学写的摘要")

    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    title.fill("登录过期时写的")
    dialog = page.get_by_role("dialog", name="请重新登录")
    dialog.locator("[name=password]").fill("000000")
    dialog.locator("[name=login]").fill(user.username)
    dialog.get_by_role("button", name="登录", exact=True).click()
    expect(dialog.locator(".error-summary")).to_be_visible()
    dialog.locator("[name=login]").fill(user.username)
    dialog.locator("[name=password]").fill("258147")
    dialog.get_by_role("button", name="登录", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(state).to_have_attribute("data-state", "saved")
    draft.refresh_from_db()
    assert draft.title == "登录过期时写的"

    page.locator("[data-keep-here]").first.fill("用了翻译软件")
    assert len(kept(page)) == 1
    page.reload()
    expect(page.locator("[data-keep-here]").first).to_have_value("用了翻译软件")
    page.locator("summary.menu-open").click()
    page.locator("[data-sign-out] button").click()
    page.wait_for_url(lambda url: "edit" not in url)
    assert kept(page) == []


def test_discipline_chosen_while_those_of_the_stage_are_on_their_way_stays_chosen(
    page: Page, live_server, scene, draft
):
    held = []

    def hold(route):
        held.append(route)

    page.route("**/disciplines/*", hold)
    open_form(page, live_server.url, scene, draft)
    chosen = "CS"

    with page.expect_request("**/disciplines/*"):
        page.locator("#id_a-stage").select_option("junior")
    page.locator("#id_a-discipline").select_option(chosen)
    with page.expect_response("**/disciplines/*"):
        for route in held:
            route.continue_()

    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")
    expect(page.locator("#id_a-discipline")).to_have_value(chosen)
    assert Application.objects.get(pk=draft.pk).discipline == chosen


def test_saved_is_said_only_when_everything_was_taken(page: Page, live_server, scene, draft):
    open_form(page, live_server.url, scene, draft)
    share = page.locator("[name^=share-]")
    share.evaluate("field => field.removeAttribute('maxlength')")

    share.fill("长" * 401)

    state = page.locator("[data-save-state]")
    expect(state).to_have_attribute("data-state", "failed")
    expect(page.get_by_text("最多 400 字，现在是 401 字。")).to_be_visible()
    page.locator("#id_a-title").fill("红树林的鸟")
    expect(state).to_have_text("有内容未能保存，请看标出的地方。")
    share.fill("做实验")
    expect(state).to_have_attribute("data-state", "saved")
    assert draft.members.get().share == "做实验"


@pytest.mark.parametrize("width", [1440, 390])
def test_ticking_the_declarations_and_submitting_is_one_press(page: Page, live_server, scene, width):
    ready = a_ready(scene)
    ready.pledges.all().delete()
    page.set_viewport_size({"width": width, "height": 900})
    open_form(page, live_server.url, scene, ready)
    page.goto(live_server.url + reverse("application_review", args=[ready.public_id]))
    button = page.get_by_role("button", name="签署并提交")

    button.click()
    assert page.url.endswith("/review/"), "a declaration that is not ticked holds the browser back"
    for one in page.get_by_role("checkbox", name="我已阅读并签署").all():
        one.check()
    page.locator("[name=detail-ai_use]").fill("没有使用")
    button.click()

    page.wait_for_url("**/receipt/")
    ready.refresh_from_db()
    assert (ready.state, ready.pledges.count()) == ("submitted", len(scene.call.plan.pledges))
