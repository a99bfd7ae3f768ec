"""The long form: its list of sections by keyboard, on a desk and on a phone, and time left by the server's clock."""

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.web.applicant_scene import a_draft, a_scene, signed_in
from tests.web.test_kit_in_browser import AXE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1440, 390])
def test_sections_by_keyboard_and_time_by_the_servers_clock(page: Page, live_server, width):
    scene = a_scene()
    draft = a_draft(scene)
    cookie = signed_in(scene.pupil).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page.set_viewport_size({"width": width, "height": 900})
    page.clock.install(time="2020-02-29T08:00:00Z")  # the computer's own clock is wrong by years
    page.goto(live_server.url + reverse("application_edit", args=[draft.public_id]))
    nav, left = page.locator("[data-form-nav]"), page.locator("[data-countdown]").first
    days = int(left.inner_text().split()[1])

    page.clock.run_for(6000)
    expect(left).to_have_text(f"还有 {days} 天")
    page.clock.fast_forward("24:00:00")
    expect(left).to_have_text(f"还有 {days - 1} 天")

    toggle = nav.locator("[data-form-nav-open]")
    files = nav.get_by_role("link", name="附件材料")
    if width == 390:
        expect(files).to_be_hidden()
        toggle.focus()
        page.keyboard.press("Enter")
        expect(toggle).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("Escape")
        expect(files).to_be_hidden()
        page.keyboard.press("Enter")
    else:
        expect(toggle).to_be_hidden()
    files.focus()
    page.keyboard.press("Enter")
    page.clock.run_for(500)
    expect(page.locator("#s-files")).to_be_in_viewport()
    expect(nav.locator("[aria-current=step]")).to_contain_text("附件材料")
    if width == 390:
        expect(files).to_be_hidden()
        expect(toggle).to_contain_text("附件材料")

    page.locator("#id_a-keywords").fill("长" * 61)
    page.locator("#id_a-keywords").blur()
    page.clock.run_for(2000)
    expect(nav.locator(".is-wrong")).to_have_count(1)
    expect(nav.locator(".is-wrong")).to_contain_text("1 处要改")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": width, "height": 12000})  # nothing half covered while sizes are measured
    page.clock.resume()
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then((r) => r.violations.map((v) => [v.id, v.nodes[0].html]))"
    )
    assert found == []
