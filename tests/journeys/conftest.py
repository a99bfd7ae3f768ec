"""Browsers for journeys: one context per person, and a list of everything that broke on the way."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.hands import HANDS, Mouse
from tests.journeys.killing import own_database, run
from tests.journeys.visitor import Open, doors


@pytest.fixture
def troubles() -> Iterator[list[str]]:
    """Console errors, answers from 400, what the accessibility rules find, focus that is lost: a journey ends with none."""
    found: list[str] = []
    yield found
    for trouble in found:
        print(trouble)  # pytest shows it with the failure


@pytest.fixture
def looked() -> set[Any]:
    """Pages that were checked already."""
    return set()


@pytest.fixture
def hand(request: pytest.FixtureRequest) -> type[Mouse]:
    """How the pages are worked; a journey names it by parameter."""
    return HANDS[getattr(request, "param", "mouse")]


@pytest.fixture
def door(
    browser: Browser, live_server: Any, troubles: list[str], looked: set[Any], hand: type[Mouse],
    browser_context_args: dict[str, Any], tmp_path: Path, settings: Any,
) -> Open:  # fmt: skip
    settings.MEDIA_ROOT, settings.UPLOAD_DIR = tmp_path / "files", tmp_path / "uploads"
    settings.SITE_URL = live_server.url
    return doors(browser, live_server.url, troubles, hand, looked, **browser_context_args)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a platform with its tables and nothing in them."""
    folder = tmp_path_factory.mktemp("kill")
    with own_database(folder) as database:
        env = os.environ | {"DATABASE_URL": database, "MEDIA_ROOT": str(folder / "files"), "KECHUANG_VAR": str(folder)}
        run(env, "manage.py", "migrate", "--verbosity=0")
        yield env
