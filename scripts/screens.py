"""Pictures of every page: `make screens` loads the demo city into a scratch database, opens every page of scripts/screen_pages.py as a
role that may see it, and keeps it at desk and phone width in var/screens/ with an index to look through.

At the end it names the addresses that were not reached, and what no page should have: scrolling sideways, errors in the console,
pictures that do not load, in English Chinese words that are not data. It fails when there is any of these.
`ARGS="--dark --large --english"` takes the pages so; `--only call score` some pages; `--keep` the city of the last run.
"""

import argparse
import html
import logging
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "var" / "screens"
WIDTHS = {1440: 900, 390: 844}
LOOK = """() => ({
  wide: document.documentElement.scrollWidth - window.innerWidth,
  blank: [...document.images].filter(i => i.complete && !i.naturalWidth && i.getAttribute('src')).map(i => i.getAttribute('src')),
})"""
ONCE = {"objector", "importer"}
WAKE = "document.querySelectorAll('img[loading=lazy]').forEach(i => { i.loading = 'eager' })"


@dataclass
class Picture:
    label: str
    persona: str
    address: str
    troubles: list[str] = field(default_factory=list)


def scratch(*, keep: bool = False) -> dict[str, str]:
    """The environment of a database of its own; second factors are left out, they stand between the script and the page."""
    place = PLACE / "city"
    if not keep:
        shutil.rmtree(PLACE, ignore_errors=True)
    place.mkdir(parents=True, exist_ok=True)
    return os.environ | {
        "KECHUANG_VAR": str(place), "DATABASE_URL": f"sqlite:///{place / 'city.sqlite3'}", "TOTP_ROLES": "", "IDLE_MINUTES": "600",
        "DJANGO_SETTINGS_MODULE": "config.settings", "DJANGO_ALLOW_ASYNC_UNSAFE": "true", "PYTHONPATH": str(ROOT),
    }  # fmt: skip


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    root = f"http://127.0.0.1:{port}"
    try:
        _wait(root)
        yield root
    finally:
        server.terminate()
        server.wait()


def _wait(root: str) -> None:
    for _n in range(240):
        try:
            urlopen(f"{root}/healthz").close()  # noqa: S310 -- our own server
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("The server did not start. Try: make run")


def session_of(persona: str) -> str:
    import screen_scene  # noqa: PLC0415 -- app ready

    return screen_scene.session_of(persona)


def begin(*, keep: bool) -> dict[str, str]:
    """The scratch database with the demo city in it, and this process at home in it."""
    environment = scratch(keep=keep)
    is_there = keep and (PLACE / "city" / "ready").exists()
    if not is_there:
        for words in (["migrate", "--verbosity", "0"], ["demo"]):
            subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True)
    os.environ.update(environment)
    sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]
    import django  # noqa: PLC0415 -- app ready

    django.setup()
    logging.disable(logging.CRITICAL)  # pages that a persona may not open are no news
    if not is_there:
        import screen_scene  # noqa: PLC0415 -- app ready

        screen_scene.prepare()
        (PLACE / "city" / "ready").touch()
    return environment


class Visit:
    """Who goes where in what clothes."""

    def __init__(self, browser, root: str, options: argparse.Namespace) -> None:
        self.browser, self.root, self.options = browser, root, options
        self._keys: dict[str, str] = {}
        self._contexts: dict[str, object] = {}
        self._troubles: list[str] = []
        self.left = _chinese(options)

    def key(self, persona: str) -> str:
        if persona and persona not in self._keys:
            self._keys[persona] = session_of(persona)
        return self._keys.get(persona, "")

    def found(self, stop) -> tuple[str, str]:
        """The persona and address with the fullest page; two empty words where nobody gets it."""
        for persona in stop.personas:
            pages = {address: size for address in stop.addresses() if (size := self._size(persona, address))}
            if pages:
                return persona, max(pages, key=pages.__getitem__)
        return "", ""

    def _size(self, persona: str, address: str) -> int:
        from django.test import Client  # noqa: PLC0415 -- app ready

        if persona in ONCE:
            return 1  # what these read is gone once read
        client = Client(headers={"host": "127.0.0.1"})
        if persona:
            client.cookies["sessionid"] = self.key(persona)
        reply = client.get(address)
        is_page = reply.status_code == 200 and reply["Content-Type"].startswith("text/html")
        return len(reply.content) if is_page else 0

    def page(self, persona: str):
        """One window per persona, dressed as the options say."""
        if persona not in self._contexts:
            options = self.options
            context = self.browser.new_context(
                locale="en-GB" if options.english else "zh-CN", timezone_id="Asia/Shanghai",
                color_scheme="dark" if options.dark else "light", reduced_motion="reduce",
            )  # fmt: skip
            cookies = {"sessionid": self.key(persona)} | self.clothes()
            context.add_cookies([{"name": k, "value": v, "url": self.root} for k, v in cookies.items() if v])
            page = context.new_page()
            page.on("console", lambda m: self._troubles.append(m.text) if m.type in {"error", "warning"} else None)
            page.on("pageerror", lambda error: self._troubles.append(str(error)))
            self._contexts[persona] = page
        return self._contexts[persona]

    def clothes(self) -> dict[str, str]:
        from django.conf import settings  # noqa: PLC0415 -- app ready

        language = {settings.LANGUAGE_COOKIE_NAME: "en"} if self.options.english else {}
        theme = {"theme": "dark"} if self.options.dark else {}
        return language | theme | ({"print": "large"} if self.options.large else {})

    def take(self, stop) -> Picture | None:
        persona, address = self.found(stop)
        if not address:
            return None
        page = self.page(persona)
        self._troubles.clear()
        picture = Picture(stop.label, persona or "–", address)
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            if width == next(iter(WIDTHS)):
                page.goto(self.root + address)
                page.evaluate(WAKE)
                page.wait_for_load_state("networkidle")
                picture.troubles += [f"Chinese: {text}" for text in self.left(page.content())]
            page.wait_for_timeout(250)
            seen = page.evaluate(LOOK)
            picture.troubles += [f"{seen['wide']} pixels too wide at {width}"] if seen["wide"] > 0 else []
            picture.troubles += [f"no picture at {src}" for src in seen["blank"]]
            page.screenshot(path=PLACE / f"{stop.label}-{width}.jpg", type="jpeg", quality=70, full_page=True)
        picture.troubles = list(dict.fromkeys([*picture.troubles, *self._troubles]))
        return picture


def _chinese(options: argparse.Namespace) -> Callable[[str], list[str]]:
    """What an English page still says in Chinese; nothing for pages in Chinese."""
    if not options.english:
        return lambda _page: []
    from kechuang.base.masking import mask_name  # noqa: PLC0415 -- app ready
    from kechuang.orgs.models import Org, Person  # noqa: PLC0415 -- app ready
    from kechuang.web.tiles import SHORT  # noqa: PLC0415 -- app ready
    from tests.web.english import chinese_left, data_pattern  # noqa: PLC0415 -- app ready

    people = (mask_name(person.name) for person in Person.objects.all())
    districts = (SHORT.get(org.label, org.label.removesuffix("区")) for org in Org.objects.all())
    data = data_pattern([*people, *districts])
    return lambda page: [text for text in chinese_left(page, data) if not text.endswith("…")]  # cut data is data


def index(pictures: list[Picture]) -> None:
    rows = "".join(
        f"<h2 id='{p.label}'>{p.label} <small>{p.persona} {html.escape(p.address)}</small></h2><p>{html.escape('; '.join(p.troubles))}</p>"
        f"<p><img src='{p.label}-1440.jpg' width='900' loading='lazy' alt=''> <img src='{p.label}-390.jpg' width='300' loading='lazy' alt=''></p>"
        for p in pictures
    )
    names = " ".join(f"<a href='#{p.label}'>{p.label}</a>" for p in pictures)
    (PLACE / "index.html").write_text(f"<!doctype html><meta charset='utf-8'><title>Pages</title><p>{names}</p>{rows}")


def wanted(options: argparse.Namespace) -> list:
    from screen_pages import STOPS  # noqa: PLC0415 -- app ready

    if not options.only:
        return list(STOPS)
    return [stop for stop in STOPS if stop.name in options.only or stop.label in options.only]


def report(stops: list, pictures: list[Picture]) -> int:
    """Say what was not reached and what is wrong; the number of both."""
    reached = {picture.label for picture in pictures}
    missing = [stop.label for stop in stops if stop.label not in reached]
    troubled = [picture for picture in pictures if picture.troubles]
    for picture in troubled:
        print(f"{picture.label} ({picture.persona} {picture.address}): {'; '.join(picture.troubles)}")
    from screen_pages import DOWNLOADS, FRAGMENTS, REDIRECTS, WITH_A_KEY  # noqa: PLC0415 -- app ready

    print(f"{len(pictures)} pages at {' and '.join(map(str, WIDTHS))} pixels: {PLACE / 'index.html'}")
    print(
        f"No pages by declaration: {len(DOWNLOADS)} downloads, {len(REDIRECTS)} redirects, {len(FRAGMENTS)} parts of pages, "
        f"{len(WITH_A_KEY)} that need a passkey"
    )
    print(f"Not reached: {', '.join(missing) or 'none'}. With something wrong: {len(troubled)}")
    return len(missing) + len(troubled)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", help="only these pages")
    parser.add_argument("--keep", action="store_true", help="take the city of the last run instead of loading it anew")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--large", action="store_true", help="large print")
    parser.add_argument("--english", action="store_true")
    options = parser.parse_args()
    environment = begin(keep=options.keep)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- app ready

    stops, pictures = wanted(options), []
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with serving(environment) as root, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-dev-shm-usage", f"--lang={'en-GB' if options.english else 'zh-CN'}"],
        )
        visit = Visit(browser, root, options)
        for number, stop in enumerate(stops, 1):
            try:
                picture = visit.take(stop)
            except Exception as error:  # noqa: BLE001 -- one page that cannot be taken does not keep the others
                print(f"{stop.label}: {error}")
                continue
            pictures += [picture] if picture else []
            if number % 20 == 0:
                print(f"{number} of {len(stops)} …", flush=True)
        browser.close()
    index(pictures)
    sys.exit(1 if report(stops, pictures) else 0)


if __name__ == "__main__":
    main()
