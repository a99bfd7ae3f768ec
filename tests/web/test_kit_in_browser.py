"""The script modules at work, on the page of components and on a form of their own."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, Route, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"


def is_ours(message: ConsoleMessage) -> bool:
    """An error of our scripts or of the security policy; answers that a test makes fail are meant."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")


@pytest.fixture
def components(page: Page, live_server, settings) -> Page:
    settings.DEBUG = False
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if is_ours(message) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/components/")
    yield page
    assert complaints == []


def with_form(page: Page, inside: str, attributes: str) -> None:
    """Puts a form on the page the way htmx would, and starts the modules on it."""
    page.evaluate(
        """([inside, attributes]) => {
            document.getElementById("content").innerHTML = `<form id="probe" method="post" ${attributes}>${inside}<span data-save-state></span></form>`;
            htmx.process(document.getElementById("content"));
            document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: document.getElementById("content") } }));
        }""",
        [inside, attributes],
    )


def test_list_is_worked_by_keyboard(components: Page) -> None:
    bar = components.locator("[data-bulk-bar]")
    expect(bar).to_be_hidden()

    components.evaluate("document.activeElement.blur()")
    for key in ("j", "j", "x", "j", "x"):
        components.keyboard.press(key)

    expect(bar).to_be_visible()
    expect(components.locator("[data-selected-count]")).to_have_text("已选 2 项")
    assert components.locator("tbody input:checked").evaluate_all("boxes => boxes.map((b) => b.value)") == ["2", "3"]


def test_dialog_opens_and_closes(components: Page) -> None:
    components.get_by_role("link", name="弹出确认").click()
    expect(components.get_by_role("dialog", name="撤销这项奖？")).to_be_visible()

    components.get_by_role("link", name="先不").click()

    expect(components.get_by_role("dialog")).to_be_hidden()


def test_dialog_opens_without_scripts(browser, live_server) -> None:
    page = browser.new_context(java_script_enabled=False, locale="zh-CN").new_page()
    page.goto(f"{live_server.url}/components/")

    page.get_by_role("link", name="弹出确认").click()

    expect(page.get_by_role("heading", name="撤销这项奖？")).to_be_visible()


def test_rubric_sums_and_scores_by_keyboard(components: Page) -> None:
    total = components.locator("[data-rubric-sum]")
    expect(total).to_have_text("合计 24 / 70")
    components.evaluate("document.activeElement.blur()")

    components.keyboard.press("ArrowDown")
    components.keyboard.press("7")

    expect(total).to_have_text("合计 52 / 70")


def test_theme_is_kept(components: Page) -> None:
    components.get_by_role("button", name="切换深色或浅色").click()
    components.reload()

    expect(components.locator("html")).to_have_attribute("data-bs-theme", "dark")


@pytest.mark.parametrize("width", [390, 1440])
def test_page_fits_its_screen(components: Page, width: int) -> None:
    components.set_viewport_size({"width": width, "height": 900})

    assert components.evaluate("document.documentElement.scrollWidth") <= width


def test_menu_of_the_phone_opens(components: Page) -> None:
    components.set_viewport_size({"width": 390, "height": 844})

    components.locator(".nav-narrow > summary").click()

    expect(components.locator(".nav-narrow").get_by_role("link", name="赛事")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_components_pass_the_accessibility_rules(browser, live_server, theme: str) -> None:
    context = browser.new_context(bypass_csp=True, locale="zh-CN")
    context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/components/")
    page.evaluate(AXE.read_text(encoding="utf-8"))

    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})")

    assert len(found["passes"]) > 10
    assert {problem["id"]: [node["html"] for node in problem["nodes"]] for problem in found["violations"]} == {}


def test_autosave_sends_what_changed_and_says_so(components: Page) -> None:
    sent: list[dict] = []

    def answer(route: Route) -> None:
        sent.append(json.loads(route.request.post_data))
        route.fulfill(json={"version": 8, "saved_at": "14:32"})

    components.route("**/save/", answer)
    with_form(
        components, '<input name="title"><input name="other" value="same">', 'data-autosave="/save/" data-version="7"'
    )

    components.locator("#probe [name=title]").fill("浮标")

    expect(components.locator("[data-save-state]")).to_have_text("已保存 14:32")
    assert sent == [{"version": "7", "answers": {"title": "浮标"}, "was": {"title": ""}}]
    expect(components.locator("#probe")).to_have_attribute("data-version", "8")


def test_autosave_keeps_what_the_net_lost_and_sends_it_later(components: Page) -> None:
    answers = iter([lambda route: route.abort(), lambda route: route.fulfill(json={"version": 8, "saved_at": "14:33"})])
    components.route("**/save/", lambda route: next(answers)(route))  # noqa: PLW0108 -- another answer each time
    with_form(components, '<input name="title">', 'data-autosave="/save/" data-version="7"')

    components.locator("#probe [name=title]").fill("浮标")
    expect(components.locator("[data-save-state]")).to_have_text("离线，已存在本机")
    kept = components.evaluate("JSON.parse(localStorage.getItem('draft::/save/'))")
    components.evaluate("dispatchEvent(new Event('online'))")

    expect(components.locator("[data-save-state]")).to_have_text("已保存 14:33")
    assert kept["answers"] == {"title": "浮标"}
    assert components.evaluate("localStorage.getItem('draft::/save/')") is None


def test_autosave_shows_a_conflict_and_stops(components: Page) -> None:
    components.route("**/save/", lambda route: route.fulfill(status=409, json={"message": "刚才在手机上改过。"}))
    with_form(components, '<input name="title">', 'data-autosave="/save/" data-version="7"')

    components.locator("#probe [name=title]").fill("浮标")

    expect(components.locator("[data-save-state]")).to_have_text("刚才在手机上改过。")


def test_conditional_question_is_asked_only_when_it_applies(components: Page) -> None:
    with_form(
        components,
        '<select name="kind"><option value="">-</option><option>实物</option></select>'
        '<div data-show-if="kind=实物"><input name="weight" required></div>',
        "",
    )
    weight = components.locator("[name=weight]")
    expect(weight).to_be_hidden()
    expect(weight).to_be_disabled()

    components.locator("[name=kind]").select_option("实物")

    expect(weight).to_be_visible()
    expect(weight).to_be_enabled()


def test_too_large_a_file_is_refused_before_it_is_sent(components: Page, tmp_path) -> None:
    asked: list[str] = []
    components.on("request", lambda request: asked.append(request.method))
    big = tmp_path / "报告.pdf"
    big.write_bytes(b"0" * (21 * 1024 * 1024))

    components.locator("#drop-report").set_input_files(big)

    expect(components.locator(".drop-file-state")).to_have_text(re.compile("文件有 21 MB，超过了上限 20 MB"))
    assert "POST" not in asked


def test_charts_are_drawn_and_keep_their_tables_behind_one_click(components: Page) -> None:
    table = components.locator(".chart-bar .chart-table").first

    expect(components.locator(".chart-funnel .flow-bar")).to_have_count(4)  # read as text, with no script
    expect(components.locator(".chart-picture svg")).to_have_count(5)
    expect(table.locator("table")).to_be_hidden()
    table.locator("summary").click()
    expect(table.get_by_role("row")).to_have_count(5)


def test_chart_without_scripts_is_its_table(browser, live_server) -> None:
    page = browser.new_context(java_script_enabled=False, locale="zh-CN").new_page()
    page.goto(f"{live_server.url}/components/")

    expect(page.locator(".chart-bar table").first).to_be_visible()
    expect(page.locator(".chart-bar .chart-picture").first).to_be_hidden()
