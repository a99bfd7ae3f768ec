"""How people read: large print, wider text spacing, the system's own colours, English. On the pages that most people come by."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from kechuang.base.clock import travel
from tests.factories.engine import a_call
from tests.journeys import audit
from tests.journeys.contest import Contest, a_contest, day
from tests.journeys.hands import DESK, PHONE
from tests.journeys.visitor import Open

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PUBLIC = ("home", "calls", "verify", "works", "notices", "help", "account_login")
INSIDE = ("desk", "office_calls", "people", "orgs", "me", "inbox")


@pytest.fixture
def contest() -> Contest:
    with travel(day(3, 3)):
        found = a_contest()
        a_call(found.city)
        yield found


def pages(visitor: Any, names: tuple[str, ...], look: Any) -> list[str]:
    found = []
    for name in names:
        visitor.page.goto(visitor.root + reverse(name))
        found += [f"{name}: {trouble}" for trouble in look(visitor.page)]
    return found


def print_of(page: Any) -> list[str]:
    pixels = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    return [] if pixels == 21 else [f"printed at {pixels} pixels"]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_large_print_is_asked_for_once_and_fits_everywhere(
    door: Open, contest: Contest, troubles: list[str], looked, size
):
    looked |= {(name, contest.city_officer.name, "") for name in ("account_login", "desk")}
    with door(contest.city_officer, viewport=size) as officer:
        officer.page.goto(officer.root + reverse("me"))
        officer.page.get_by_role("button", name="大字版").last.click()
        officer.page.wait_for_load_state()

        assert print_of(officer.page) == []
        assert pages(officer, PUBLIC + INSIDE, lambda page: print_of(page) + audit.wide(page) + audit.axe(page)) == []
        officer.page.context.clear_cookies(name="sessionid")
        assert pages(officer, PUBLIC, lambda page: print_of(page) + audit.wide(page)) == []
    contest.city_officer.user.refresh_from_db()
    assert contest.city_officer.user.large_print is True
    assert troubles == []


def test_wider_spacing_and_the_systems_colours_break_nothing(
    browser: Browser, door: Open, contest: Contest, troubles: list[str]
):
    with door(viewport=PHONE, forced_colors="active") as reader:
        found = pages(reader, PUBLIC, audit.spaced)
        reader.page.goto(reader.root + reverse("home"))
        for _n in range(3):
            reader.page.keyboard.press("Tab")
        ring = reader.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")

    assert (found, ring, troubles) == ([], "solid", [])


def test_help_stands_at_the_foot_of_every_page(door: Open, contest: Contest, troubles: list[str]):
    with door() as reader:
        for name in PUBLIC:
            reader.page.goto(reader.root + reverse(name))
            assert reader.page.locator("footer").get_by_role("link", name="帮助", exact=True).count() == 1, name

    assert troubles == []
