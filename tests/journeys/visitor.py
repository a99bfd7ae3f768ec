"""Somebody at a browser: signs in with the real page, goes about by the names of addresses, and writes down what breaks."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response, expect
from playwright.sync_api import TimeoutError as TooSlow

from kechuang.base import clock
from kechuang.orgs.models import Person
from tests.factories.orgs import PASSWORD

PHONE = {"width": 390, "height": 844}
SLOW = 15_000
"""Milliseconds that a page may take on a busy machine."""


class Visitor:
    def __init__(self, page: Page, root: str, troubles: list[str]) -> None:
        self.page, self.root, self.troubles = page, root, troubles
        page.set_default_timeout(SLOW)
        page.set_default_navigation_timeout(SLOW)
        page.clock.set_fixed_time(clock.now())
        page.on("console", self._heard)
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
        page.on("requestfailed", self._lost)
        page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(f"{self.page.url}: {message.text}")

    def _lost(self, request: Request) -> None:
        """Leaving a page breaks off what it was still loading; that is no trouble."""
        if request.failure != "net::ERR_ABORTED":
            self.troubles.append(f"{self.page.url}: {request.method} {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.troubles.append(f"{self.page.url}: {response.status} for {response.request.method} {response.url}")

    # --- going about -------------------------------------------------------------------------------------------------

    def sign_in(self, person: Person) -> None:
        assert person.user is not None
        self.go("account_login")
        self.page.fill("[name=login]", person.user.username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.get_by_role("button", name="登录", exact=True).click()
        self.page.wait_for_url(lambda url: "/account/" not in url)

    def go(self, name: str, *args: Any) -> None:
        self.page.goto(self.root + reverse(name, args=args))

    def fill(self, values: Mapping[str, str]) -> None:
        """Fields by their name, whatever they look like."""
        for name, value in values.items():
            field = self.page.locator(f"[name='{name}']")
            kind = field.first.evaluate("field => field.tagName === 'SELECT' ? 'select' : field.type")
            if kind == "select":
                field.select_option(value)
            elif kind in {"radio", "checkbox"}:
                self.page.locator(f"[name='{name}'][value='{value}']").check()
            else:
                field.fill(value)

    def press(self, label: str, within: Locator | None = None) -> None:
        """The one button or link with this label, and the page it leads to."""
        button = (within or self.page).get_by_role("button", name=label, exact=True).first
        try:
            button.click()
        except TooSlow:
            pytest.fail(f"{self.page.url} has no button {label}:\n{self.page.locator('body').inner_text()}")
        self.page.wait_for_load_state()

    def confirm(self, opener: str, dialog: str) -> None:
        """A step that asks once more: the link opens the dialog, its last button acts."""
        self.page.locator(f"a[data-dialog][href='#{dialog}'], a[data-dialog='{dialog}']").filter(
            has_text=opener
        ).first.click()
        box = self.page.locator(f"dialog#{dialog}")
        expect(box).to_be_visible()
        with self.page.expect_navigation():
            box.locator(".dialog-actions button").last.click()

    def sees(self, words: str) -> None:
        expect(self.page.locator("body")).to_contain_text(words)

    def fits(self) -> None:
        """Nothing sticks out sideways."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} is {wide} pixels too wide"

    def in_address(self, pattern: str) -> str:
        found = re.search(pattern, self.page.url)
        assert found, self.page.url
        return found.group(1)


Open = Callable[..., Any]


def doors(browser: Browser, root: str, troubles: list[str], **options: Any) -> Open:
    """`with door(person) as visitor:` is a browser of one's own, signed in; without a person it stays outside."""

    @contextmanager
    def door(person: Person | None = None, **more: Any) -> Iterator[Visitor]:
        context = browser.new_context(**(options | more))
        visitor = Visitor(context.new_page(), root, troubles)
        try:
            if person is not None:
                visitor.sign_in(person)
            yield visitor
        finally:
            context.close()

    return door
