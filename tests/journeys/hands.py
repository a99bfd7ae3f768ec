"""Three ways to work a page: with a mouse at a desk, with the keyboard alone, with a thumb on a phone. The steps of a journey are the same."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
MOST_TABS = 400

WHERE = """async (target) => {
    const at = document.activeElement;
    if (!at || at === document.body) return { lost: true };
    const sameGroup = target.type === "radio" && at.type === "radio" && at.name === target.name && at.form === target.form;
    const order = at.compareDocumentPosition(target);
    const found = { here: at === target, group: sameGroup, before: (order & 2) !== 0 && (order & 8) === 0, lost: false, trouble: "" };
    const path = `${at.tagName.toLowerCase()} ${(at.getAttribute("aria-label") || at.name || at.innerText || at.id || "").trim().slice(0, 40)}`;
    if (at.tagName === "IFRAME") return found;
    const away = () => { const b = at.getBoundingClientRect(); return b.bottom < 0 || b.top > innerHeight; };
    for (let n = 0; n < 20 && away(); n += 1) await new Promise((go) => setTimeout(go, 25));
    if (at.tabIndex > 0) found.trouble = `tabindex above 0 on ${path}`;
    const drawn = (e) => { const s = getComputedStyle(e); return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || s.boxShadow.includes("0px 0px 0px"); };
    const near = [at, at.closest("label"), at.parentElement, at.parentElement?.parentElement, ...(at.labels ?? [])].filter(Boolean);
    const parts = ["date", "datetime-local", "time"].includes(at.type); // the browser draws the focus of a part itself
    if (!parts && !near.some(drawn)) found.trouble ||= `the focus does not show on ${path}`;
    const box = at.getBoundingClientRect();
    const label = at.labels?.[0]?.getBoundingClientRect();
    const seen = box.width > 2 && box.height > 2 ? box : label;
    if (seen) {
        const inside = [[.5, .5], [.1, .2], [.9, .8], [.1, .8], [.9, .2]].map(([x, y]) => [seen.left + seen.width * x, seen.top + seen.height * y])
            .filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
        const free = inside.some(([x, y]) => { const top = document.elementFromPoint(x, y); return top && (top === at || at.contains(top) || top.contains(at) || near.some((e) => e.contains(top))); });
        if (!inside.length) found.trouble ||= `the focus is off the screen on ${path}`;
        else if (!free) found.trouble ||= `the focus is covered on ${path}`;
    }
    return found;
}"""
"""Where the focus is, seen from the target; what is wrong with the place (WCAG 2.4.7, 2.4.11, 2.4.3)."""


class Mouse:
    """At a desk, in a light page."""

    options: dict[str, Any] = {"viewport": DESK}
    theme = "light"

    def __init__(self, page: Page, troubles: list[str]) -> None:
        self.page, self.troubles = page, troubles

    def press(self, target: Locator) -> None:
        target.click()

    def write(self, target: Locator, text: str) -> None:
        target.fill(text)

    def tick(self, target: Locator) -> None:
        target.check()

    def pick(self, target: Locator, value: str) -> None:
        target.select_option(value)

    def attach(self, target: Locator, path: Any) -> None:
        target.set_input_files(path)


class Touch(Mouse):
    """On a phone, in a dark page."""

    options = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    theme = "dark"

    def press(self, target: Locator) -> None:
        target.tap()

    def tick(self, target: Locator) -> None:
        if not target.is_checked():
            target.tap()
        assert target.is_checked()


class Keyboard(Mouse):
    """Tab, Shift+Tab, arrows, Space, Enter and letters; the pointer is never used. Without motion, so that a place is where it is."""

    options = {"viewport": DESK, "reduced_motion": "reduce"}

    def press(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def write(self, target: Locator, text: str) -> None:
        self.reach(target)
        if target.get_attribute("type") in {"date", "datetime-local", "time"}:
            target.fill(text)  # which key enters which part of a date differs by browser and language
            return
        for _n in range(3):  # the browser's viewer of papers takes the focus once when it has loaded
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(text)
            if target.input_value() == text:
                return
            where = self.page.evaluate("document.activeElement ? document.activeElement.outerHTML.slice(0, 120) : ''")
            assert where.startswith(("<iframe", "<embed", "<object")), f"{self.page.url}: typing was lost in {where}"
            self.reach(target)
        pytest.fail(f"{self.page.url}: {target} does not take {text!r}")

    def tick(self, target: Locator) -> None:
        """A box by Space; a radio button by the arrows of its group."""
        self.reach(target, group=True)
        if not target.evaluate("box => box === document.activeElement"):
            many = target.evaluate("box => document.getElementsByName(box.name).length")
            for _n in range(many):
                self.page.keyboard.press("ArrowDown")
                if target.evaluate("box => box === document.activeElement"):
                    break
        if not target.is_checked():
            self.page.keyboard.press("Space")
        assert target.is_checked()

    def pick(self, target: Locator, value: str) -> None:
        self.reach(target)
        steps = target.evaluate(
            "(select, value) => [...select.options].findIndex((o) => o.value === value) - select.selectedIndex", value
        )
        for _n in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        assert target.input_value() == value

    def attach(self, target: Locator, path: Any) -> None:
        """The field is reached by key; the dialog that Enter opens belongs to the browser."""
        self.reach(target)
        target.set_input_files(path)

    def reach(self, target: Locator, *, group: bool = False) -> None:
        """Tab on until the target has the focus; every place on the way must show it."""
        target.wait_for(state="attached")
        handle = target.element_handle()
        for _n in range(MOST_TABS):
            place = self.page.evaluate(WHERE, handle)
            if place.get("trouble"):
                self._note(place["trouble"])
            if place.get("here") or (group and place.get("group")):
                return
            self.page.keyboard.press("Shift+Tab" if place.get("before") else "Tab")
        pytest.fail(f"{self.page.url}: no way by key to {target}")

    def _note(self, trouble: str) -> None:
        said = f"{self.page.url}: {trouble}"
        if said not in self.troubles:
            self.troubles.append(said)


HANDS: dict[str, type[Mouse]] = {"mouse": Mouse, "keyboard": Keyboard, "touch": Touch}
