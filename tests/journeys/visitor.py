"""Somebody at a browser: signs in with the real page, finds the way by what is written there, and writes down what breaks.

How the page is worked (mouse, keyboard, thumb) is another's matter: `hands.py`. What each page is checked for: `audit.py`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, ConsoleMessage, Frame, Locator, Page, Request, Response, expect
from playwright.sync_api import Error as Moved
from playwright.sync_api import TimeoutError as TooSlow

from kechuang.base import clock
from kechuang.orgs.models import Person
from tests.factories.orgs import PASSWORD, PIN
from tests.journeys import audit
from tests.journeys.hands import PHONE, Keyboard, Mouse

SLOW = 15_000
"""Milliseconds that a page may take on a busy machine."""


class Visitor:
    def __init__(
        self, page: Page, root: str, troubles: list[str], hand: type[Mouse] = Mouse, looked: set[Any] | None = None
    ) -> None:
        self.page, self.root, self.troubles = page, root, troubles
        self.hand, self.looked, self.who, self.leaving = hand(page, troubles), looked, "", False
        page.set_default_timeout(SLOW)
        page.set_default_navigation_timeout(SLOW)
        page.clock.set_fixed_time(clock.now())
        page.on("console", self._heard)
        page.on("pageerror", self._broke)
        page.on("requestfailed", self._lost)
        page.on("response", self._answered)
        page.on("request", self._left)
        page.on("framenavigated", self._arrived)

    def _broke(self, error: Any) -> None:
        """An error of our scripts. The browser's own viewer of papers throws some of its own while it is taken down."""
        stack = getattr(error, "stack", "") or ""
        if "chrome-extension://" not in stack and "chrome://" not in stack:
            self.troubles.append(f"{self.page.url}: {error} {stack[:300]}")

    def _heard(self, message: ConsoleMessage) -> None:
        """What our pages say, not what the browser's own viewer of papers says."""
        source = str(message.location.get("url", ""))
        if message.type in {"error", "warning"} and not source.startswith("chrome-extension://"):
            self.troubles.append(f"{self.page.url}: {message.text} ({source})")

    def _lost(self, request: Request) -> None:
        """Leaving a page breaks off what it was still loading; that is no trouble."""
        if request.failure != "net::ERR_ABORTED":
            self.troubles.append(f"{self.page.url}: {request.method} {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.troubles.append(f"{self.page.url}: {response.status} for {response.request.method} {response.url}")

    def _left(self, request: Request) -> None:
        self.leaving = self.leaving or (request.is_navigation_request() and request.frame == self.page.main_frame)

    def _arrived(self, frame: Frame) -> None:
        self.leaving = self.leaving and frame != self.page.main_frame

    @property
    def on_phone(self) -> bool:
        return self.page.viewport_size == PHONE

    @property
    def main(self) -> Locator:
        """The page without what stands around every page."""
        return self.page.locator("body > :not(header, footer, .skip-link)")

    # --- going about -------------------------------------------------------------------------------------------------

    def sign_in(self, person: Person) -> None:
        assert person.user is not None
        self.who = person.name
        self.go("account_login")
        self.hand.write(self.page.locator("[name=login]"), person.user.username)
        self.hand.write(self.page.locator("[name=password]"), PIN if person.user.has_pin else PASSWORD)
        self.hand.press(self.page.get_by_role("button", name="登录", exact=True))
        self.page.wait_for_url(lambda url: "/account/" not in url)
        self.look()

    def go(self, name: str, *args: Any) -> None:
        """By the address, as from a bookmark or a message."""
        self.page.goto(self.root + reverse(name, args=args))
        self.look()

    def menu(self, label: str) -> None:
        """By the navigation at the top of every page; on a phone it has to be opened."""
        if self.on_phone:
            self.hand.press(self.page.locator("header summary").filter(has_text="菜单"))
        self.hand.press(self._visible(self.page.locator("header").get_by_role("link", name=label, exact=True), label))
        self.settle()

    def follow(self, label: str, within: Locator | None = None) -> None:
        """The first link that reads like this, and the page it leads to."""
        place = within or self.main
        exact = place.get_by_role("link", name=label, exact=True).locator("visible=true")
        self.hand.press(exact.first if exact.count() else self._visible(place.get_by_role("link", name=label), label))
        self.settle()

    def press(self, label: str, within: Locator | None = None) -> None:
        """The first button with this label, and the page it leads to."""
        buttons = (within or self.main).get_by_role("button", name=label, exact=True)
        self.hand.press(self._visible(buttons, label))
        self.settle()

    def _visible(self, found: Locator, label: str) -> Locator:
        first = found.locator("visible=true").first
        try:
            first.wait_for()
        except TooSlow:
            pytest.fail(f"{self.page.url} has no {label}:\n{self.page.locator('body').inner_text()}")
        return first

    def settle(self) -> None:
        """Neither a key nor a tap waits for the page that it leads to, as a click does."""
        if type(self.hand) is not Mouse:
            self.page.wait_for_timeout(80)
            for _n in range(SLOW // 20):
                if not self.leaving:
                    break
                self.page.wait_for_timeout(20)
        self.page.wait_for_load_state()
        self.look()

    def fill(self, values: Mapping[str, str]) -> None:
        """Fields by their name, in the order of the page."""
        for name, value in values.items():
            field = self.page.locator(f"[name='{name}']")
            kind = field.first.evaluate("field => field.tagName === 'SELECT' ? 'select' : field.type")
            if kind == "select":
                self.hand.pick(field, value)
            elif kind in {"radio", "checkbox"}:
                self.hand.tick(self.page.locator(f"[name='{name}'][value='{value}']"))
            else:
                self.hand.write(field, value)

    def write(self, selector: str, text: str) -> None:
        self.hand.write(self.page.locator(selector), text)

    def confirm(self, opener: str, dialog: str) -> None:
        """A step that asks once more: the link opens the dialog, its last button acts. By key, Escape leads back to where one was."""
        link = self._visible(self.main.get_by_role("link", name=opener), opener)
        self.page.wait_for_load_state()  # of the page that has the link: its scripts open the dialog
        box = self.page.locator(f"dialog#{dialog}")
        self.hand.press(link)
        if not box.is_visible():
            self.page.wait_for_timeout(500)
        if not box.is_visible():  # pressed before the page could listen: people press again
            self.hand.press(link)
        expect(box).to_be_visible()
        if isinstance(self.hand, Keyboard):
            self._leave_and_return(link, box)
        self.look(dialog)
        with self.page.expect_navigation():
            self.hand.press(box.locator(".dialog-actions button").last)
        self.settle()

    def _leave_and_return(self, link: Locator, box: Locator) -> None:
        if not box.evaluate("box => box.contains(document.activeElement)"):
            self.troubles.append(f"{self.page.url}: the dialog opens without the focus")
        self.page.keyboard.press("Escape")
        expect(box).to_be_hidden()
        if not link.evaluate("link => link === document.activeElement"):
            self.troubles.append(f"{self.page.url}: Escape does not lead back to the link of the dialog")
        self.page.keyboard.press("Enter")
        expect(box).to_be_visible()

    # --- seeing ------------------------------------------------------------------------------------------------------

    def look(self, state: str = "") -> None:
        """Check the page, unless this reader's page was checked already. By key the focus is looked at instead."""
        if self.looked is None or isinstance(self.hand, Keyboard):
            return
        for _n in range(3):
            key = (audit.place_of(self.page.url), self.who, state)
            if key in self.looked:
                return
            try:
                found = audit.look(self.page)
            except Moved as moved:  # a script went on to the next page meanwhile: look at that one
                if "Execution context was destroyed" not in str(moved):
                    raise
                self.page.wait_for_load_state()
                continue
            self.looked.add(key)
            self.troubles += [f"{self.page.url} {state}: {trouble}" for trouble in found]
            return

    def sees(self, words: str) -> None:
        expect(self.page.locator("body")).to_contain_text(words)

    def in_address(self, pattern: str) -> str:
        found = re.search(pattern, self.page.url)
        assert found, self.page.url
        return found.group(1)


Open = Callable[..., Any]


def doors(
    browser: Browser, root: str, troubles: list[str], hand: type[Mouse] = Mouse, looked: set[Any] | None = None, **options: Any
) -> Open:  # fmt: skip
    """`with door(person) as visitor:` is a browser of one's own, signed in; without a person it stays outside."""

    @contextmanager
    def door(person: Person | None = None, **more: Any) -> Iterator[Visitor]:
        context = browser.new_context(**(options | hand.options | more))
        context.add_cookies([{"name": "theme", "value": hand.theme, "url": root}])
        visitor = Visitor(context.new_page(), root, troubles, hand, looked)
        try:
            if person is not None:
                visitor.sign_in(person)
            yield visitor
        finally:
            context.close()

    return door
