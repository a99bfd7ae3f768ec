"""What every page of a journey is checked for, once per page and reader: the accessibility rules, and that nothing sticks out sideways."""

from functools import cache
from pathlib import Path

from django.urls import Resolver404, resolve
from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async (tags) => {
    const found = await axe.run(document, { runOnly: tags, resultTypes: ["violations"], preload: false, iframes: false });
    return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.impact} ${rule.id}: ${node.html.slice(0, 160)} (${node.any.map((c) => c.message).join("; ").slice(0, 200)})`));
}"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SPACED = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
"""WCAG 1.4.12 as a style sheet of the reader."""
NARROWER = {1440: (720, "at 200 %"), 390: (320, "at 320 pixels")}
"""Half a desk's width is what 200 % zoom leaves (1.4.4); 320 pixels is reflow (1.4.10)."""


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def place_of(address: str) -> str:
    """The name of a page, whatever it shows."""
    path = "/" + address.split("://", 1)[-1].partition("/")[2].partition("?")[0].partition("#")[0]
    try:
        return resolve(path).url_name or path
    except Resolver404:
        return path


def axe(page: Page) -> list[str]:
    """What the rules of WCAG 2.2 A and AA find on the page as it stands."""
    page.evaluate(_axe())
    return list(page.evaluate(RUN, RULES))


def wide(page: Page, when: str = "") -> list[str]:
    pixels = page.evaluate(TOO_WIDE)
    return [f"{pixels} pixels too wide {when}"] if pixels > 0 else []


LAY_DOWN = """() => {
  const stuck = [...document.querySelectorAll('body *')].filter(e => getComputedStyle(e).position === 'sticky');
  stuck.forEach(e => { e.style.position = 'static'; });
  window.stuckBefore = stuck;
}"""
STICK_AGAIN = "() => window.stuckBefore.forEach(e => { e.style.position = ''; })"
"""Bars that stay while a page scrolls lie over some target at any moment; the target is no smaller for it."""


def look(page: Page) -> list[str]:
    """Everything that is wrong with a page; leaves it as it was, but for the reader's wider text."""
    size = page.viewport_size
    assert size is not None
    narrow, words = NARROWER[size["width"]]
    page.evaluate(LAY_DOWN)
    found = [*wide(page), *axe(page)]
    page.evaluate(STICK_AGAIN)
    page.set_viewport_size({"width": narrow, "height": size["height"]})
    found += wide(page, words)
    page.set_viewport_size(size)
    if not page.evaluate("document.querySelector('h1')"):
        found.append("no heading of the first level")
    return found


def spaced(page: Page) -> list[str]:
    page.evaluate(SPACED)
    return wide(page, "with wider text spacing")
