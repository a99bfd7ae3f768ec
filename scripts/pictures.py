"""The pictures of README and the how-to pages, from the demo city: `make pictures`, or with `--keep` from the city of the last run.

Each is one screen of one persona, kept under docs/pictures/ below 200 KB, so that they can be renewed when pages change.
"""

import argparse
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import screens

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
LARGEST = 200 * 1024


@dataclass(frozen=True)
class Shot:
    """`then`: links to follow from the start, each the first that fits the selector."""

    name: str
    persona: str
    start: str
    then: tuple[str, ...] = ()
    width: int = 1440
    height: int = 960


SHOTS = (
    Shot("home", "", "/"),
    Shot("gallery", "", "/works/"),
    Shot("office", "city", "/desk/"),
    Shot("scoring", "expert", "/reviews/", ("main a[href^='/reviews/']:not([href*='round']):not([href='/reviews/'])",)),
    Shot("form", "teacher", "/applications/", ("main .list-card:has(.btn) .btn", "a[href$='/edit/']")),
    Shot("school", "school", "/desk/"),
    Shot("district", "district", "/desk/"),
    Shot("call", "", "/calls/", ("main .list-card-title a",)),
    Shot("work", "", "/works/", ("main .tile-title a",)),
    Shot("verify", "", "/verify/", (), 390, 780),
    Shot("consent", "guardian", "/guardian/", ("main a[href^='/guardian/']",), 390, 780),
)


def take(browser, root: str, shot: Shot) -> None:
    context = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": shot.width, "height": shot.height}
    )
    if shot.persona:
        context.add_cookies([{"name": "sessionid", "value": screens.session_of(shot.persona), "url": root}])
    page = context.new_page()
    page.goto(root + shot.start)
    for selector in shot.then:
        page.goto(root + page.locator(selector).first.get_attribute("href"))
    page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.wait_for_timeout(400)
    path = PICTURES / f"{shot.name}.jpg"
    for quality in (86, 78, 68, 58):
        page.screenshot(path=path, type="jpeg", quality=quality)
        if path.stat().st_size < LARGEST:
            break
    print(f"{path.relative_to(ROOT)} {path.stat().st_size // 1024} KB  {page.url.removeprefix(root)}")
    context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="take the city of the last run instead of loading it anew")
    parser.add_argument("--only", nargs="*", help="only the pictures of these names")
    options = parser.parse_args()
    environment = screens.begin(keep=options.keep)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- app ready

    PICTURES.mkdir(exist_ok=True)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with screens.serving(environment) as root, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage", "--lang=zh-CN"]
        )
        for shot in SHOTS:
            if not options.only or shot.name in options.only:
                take(browser, root, shot)
        browser.close()


if __name__ == "__main__":
    main()
