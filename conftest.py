"""Fixtures for the whole suite: the browser, and what tests do without."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Browser tests talk to the database from the thread that runs the browser's loop; Django asks to be told that this is meant.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

ROOT = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--walls", action="store_true", help="walk through every page as every persona: takes minutes")
    parser.addoption("--asks-database", action="store_true", help="only tests that ask the database")
    parser.addoption("--share", help="0/3: every third case of the tests marked `shared`, from the first on")
    parser.addoption(
        "--hostile", type=int, default=2, help="how often tests/walls fills in each form with made-up input"
    )


def pytest_configure(config: pytest.Config) -> None:
    """What takes its time on purpose, or once in a server's life, does not take it in every test.

    Only browser tests need the built front end: other pages render without it. Each client is a server of its own, which would
    list the static files first. Passwords are kept by a quick hash.
    """
    from django.conf import settings

    settings.REQUIRE_FRONT_END = False
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that asks for a page of the browser is a browser test; the long walks are left to `make walls`."""
    if config.getoption("--asks-database"):
        others = [item for item in items if not _asks_database(item)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if _asks_database(item)]
    if config.getoption("--share"):
        first, step = map(int, config.getoption("--share").split("/"))
        shared = sorted((item for item in items if item.get_closest_marker("shared")), key=lambda item: item.nodeid)
        left = set(shared) - set(shared[first::step])
        config.hook.pytest_deselected(items=list(left))
        items[:] = [item for item in items if item not in left]
    for item in items:
        if item.get_closest_marker("walls") and not config.getoption("--walls"):
            item.add_marker(pytest.mark.skip(reason="walks through every page for minutes: make walls"))
        if "page" in getattr(item, "fixturenames", ()) or "context" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


def _asks_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures) or item.get_closest_marker("django_db") is not None


@pytest.fixture(autouse=True)
def _chinese_again() -> None:
    """The language of the last request stays with its thread; no test reads in that of another."""
    from django.conf import settings
    from django.utils import translation

    if translation.get_language() != settings.LANGUAGE_CODE:
        translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.fail("Chromium is not on this machine. `make test` installs it, or set CHROMIUM to its path.")
    return {"executable_path": found, "args": ["--no-sandbox", "--disable-dev-shm-usage"]}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    if not (ROOT / "kechuang/web/static/dist/app.css").exists():
        pytest.fail("The front end is not built: run `make setup`.")
    return {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": {"width": 1440, "height": 900}}


@pytest.fixture(scope="session")
def browser(live_server: Any, browser: Any) -> Iterator[Any]:
    """Closed before the server, whose threads then end while they may still touch the database."""
    yield browser
    browser.close()
    patience = time.monotonic() + 10
    while time.monotonic() < patience and any("process_request" in thread.name for thread in threading.enumerate()):
        time.sleep(0.05)
