"""Browsers for journeys: one context per person, and a list of everything that broke on the way."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.visitor import Open, doors


@pytest.fixture
def troubles() -> list[str]:
    """Console errors, requests that failed, answers from 400: a journey ends with none."""
    return []


@pytest.fixture
def door(
    browser: Browser, live_server: Any, troubles: list[str], browser_context_args: dict[str, Any], tmp_path: Path, settings: Any
) -> Open:  # fmt: skip
    settings.MEDIA_ROOT, settings.UPLOAD_DIR = tmp_path / "files", tmp_path / "uploads"
    settings.SITE_URL = live_server.url
    return doors(browser, live_server.url, troubles, **browser_context_args)
