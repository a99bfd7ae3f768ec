"""Bytes on the wire and requests of the public pages on a phone, one line a page; called by scripts/lighthouse.sh, which serves the
demo city with production's static files. Chromium loads each page once with an empty cache and once with what it kept.

Usage: python scripts/page_weight.py PORT
"""

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from lighthouse import served, wait
from public_pages import addresses

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3, "is_mobile": True, "has_touch": True}


class Meter:
    """What goes over the wire, as the browser itself counts it."""

    def __init__(self, page: Any) -> None:
        self.requests, self.bytes = 0, 0.0
        self.session = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.session.on("Network.requestWillBeSent", self._asked)
        self.session.on("Network.requestServedFromCache", self._kept)
        self.session.on("Network.loadingFinished", self._came)

    def _asked(self, event: dict[str, Any]) -> None:
        self.requests += not event["request"]["url"].startswith("data:")

    def _kept(self, event: dict[str, Any]) -> None:
        """The browser had it: nothing went over the wire."""
        self.requests -= 1

    def _came(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]

    def read(self) -> tuple[int, float]:
        found = self.requests, self.bytes / 1024
        self.requests, self.bytes = 0, 0.0
        return found


def measure(browser: Any, root: str, path: str) -> tuple[tuple[int, float], tuple[int, float]]:
    """(requests, kilobytes) of the first visit and of the second."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    meter = Meter(page)
    visits = []
    for _n in range(2):
        page.goto(root + path, wait_until="networkidle")
        visits.append(meter.read())
    context.close()
    return visits[0], visits[1]


def main(port: str) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- slow import

    pages, root = addresses(), f"http://127.0.0.1:{port}"
    with served(port), sync_playwright() as playwright:
        wait(root)
        browser = playwright.chromium.launch(executable_path=os.environ["CHROME_PATH"], args=["--no-sandbox"])
        print(f"{'page':<12}{'requests':>10}{'KB':>9}{'again':>8}{'KB':>9}")
        for name, path in pages.items():
            (first, weight), (again, lighter) = measure(browser, root, path)
            print(f"{name:<12}{first:>10}{weight:>9.1f}{again:>8}{lighter:>9.1f}")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
