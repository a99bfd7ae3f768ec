"""The papers of the form by keyboard alone, on a desk and on a phone: captions, order, replacing, taking off, putting back, pausing."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from kechuang.base import files
from kechuang.base.jobs import run_pending_jobs
from kechuang.engine.applications import actions
from tests.base import samples
from tests.factories.orgs import actor_for
from tests.web.applicant_scene import a_draft, a_scene, signed_in
from tests.web.test_kit_in_browser import AXE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def upload_dir(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    settings.UPLOAD_DIR = tmp_path / "uploads"


def a_photo(draft, name):
    actor = actor_for(draft.created_by.person)
    content = SimpleUploadedFile(name, samples.image("PNG", size=(600, 400)))
    stored = files.accept(content, kind={"image"}, max_bytes=10**7, by=actor, scope_path=draft.org.path)
    return actions.attach_file(draft, "photos", stored, by=actor)


def names(draft):
    return [row.stored.name for row in draft.attachments.filter(question="photos")]


def press(page: Page, button, key: str = "Enter") -> None:
    button.focus()
    page.keyboard.press(key)


@pytest.mark.parametrize("width", [1440, 390])
def test_papers_by_keyboard(page: Page, live_server, tmp_path, width):
    scene = a_scene()
    draft = a_draft(scene)
    for name in ("甲.png", "乙.png"):
        a_photo(draft, name)
    run_pending_jobs()
    cookie = signed_in(scene.pupil).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(live_server.url + reverse("application_edit", args=[draft.public_id]))
    box, said = page.locator("#q-photos"), page.locator("#announce")
    rows = box.locator("[data-file]")

    press(page, rows.nth(1).get_by_role("button", name="上移"))
    expect(said).to_have_text("“乙.png”现在排第 1，共 2 个。")
    assert names(draft) == ["乙.png", "甲.png"]
    assert page.evaluate("document.activeElement.value").startswith("down:")

    rows.nth(0).locator("[name^=caption-]").focus()
    page.keyboard.type("夜里的红树林")
    press(page, rows.nth(1).get_by_role("button", name="删除"))
    expect(box.locator("[data-undo]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(2)
    expect(rows.nth(0).locator("[name^=caption-]")).to_have_value("夜里的红树林")
    assert names(draft) == ["乙.png", "甲.png"]

    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/uploads/*/", hold)
    (tmp_path / "丙.png").write_bytes(samples.image("PNG", size=(300, 300)))
    box.locator("[data-drop-zone] input").set_input_files(tmp_path / "丙.png")
    going = box.locator("[data-going]")
    expect(said).to_have_text("开始上传 丙.png")
    press(page, going.get_by_role("button", name="暂停"))
    expect(said).to_contain_text("已暂停")
    page.unroute("**/uploads/*/", hold)
    press(page, going.get_by_role("button", name="继续上传"))
    expect(said).to_have_text("丙.png 已上传")
    expect(rows).to_have_count(3)

    (tmp_path / "大.txt").write_text("不是图片")
    box.locator("[data-drop-zone] input").set_input_files(tmp_path / "大.txt")
    expect(box.locator(".is-refused")).to_contain_text("只收 JPG、PNG 格式")
    (tmp_path / "丁.png").write_bytes(samples.image("PNG", size=(200, 300)))
    rows.nth(2).locator("[data-replace]").set_input_files(tmp_path / "丁.png")
    expect(said).to_have_text("丁.png 已上传")
    assert names(draft) == ["乙.png", "甲.png", "丁.png"]

    press(page, rows.nth(0).locator("summary"))
    expect(rows.nth(0).locator(".file-look img")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run('main').then((r) => r.violations.map((v) => [v.id, v.nodes[0].html]))")
    assert found == []
