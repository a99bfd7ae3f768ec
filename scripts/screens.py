"""Pictures of every page: `make screens` loads the demo city into a scratch database, signs in as each persona, follows the links,
and keeps one picture per page at desk and phone width in var/screens/, with an index to look through.
"""

import argparse
import html
import os
import shutil
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "var" / "screens"
WIDTHS = {1440: 900, 390: 844}
PERSONAS = (
    "",
    "city",
    "city2",
    "district",
    "school",
    "teacher",
    "pupil-01",
    "guardian",
    "expert",
    "system",
    "auditor",
    "inspector",
)
"""In the order of who works on a page: the first who reaches it is in its picture. The nameless one has not signed in."""
STARTS = (
    "/",
    "/desk/",
    "/me/",
    "/inbox/",
    "/office/calls/new/",
    "/guardian/join/",
    "/components/",
    "/account/sign-in/",
)
SKIPPED = {"account_logout", "file", "review_file", "certificate_pdf", "office_neighbour"}
LINKS = "[...document.querySelectorAll('a[href]')].map(a => a.href)"


@dataclass(frozen=True)
class Picture:
    name: str
    persona: str
    address: str
    status: int
    troubles: tuple[str, ...]


def scratch() -> dict[str, str]:
    """The environment of a database of its own; second factors are left out, they stand between the script and the page."""
    place = PLACE / "city"
    shutil.rmtree(PLACE, ignore_errors=True)
    place.mkdir(parents=True)
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
    for _n in range(60):
        try:
            urlopen(f"{root}/healthz").close()  # noqa: S310 -- our own server
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("The server did not start. Try: make run")


def session_of(username: str) -> str:
    """A session as the sign-in page would begin it."""
    from django.test import Client  # noqa: PLC0415 -- app ready

    from kechuang.orgs.models import User  # noqa: PLC0415 -- app ready

    client = Client()
    client.force_login(
        User.objects.get(username=username), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client.cookies["sessionid"].value


def far_calls() -> list[str]:
    """The pages of calls that are furthest on, first: their tables have rows in them."""
    from django.urls import reverse  # noqa: PLC0415 -- app ready

    from kechuang.engine.models import ReviewRound  # noqa: PLC0415 -- app ready

    found = []
    for round_ in ReviewRound.objects.select_related("call").order_by("call__year", "-number"):
        names = ["round", "ranking", "decision", "panels", "timetable", "door_lists", "defence_board"]
        found += [
            reverse(name, args=[round_.call.slug, round_.code])
            for name in names[: 7 if round_.code == "defence" else 3]
        ]
        found += [reverse(name, args=[round_.call.slug]) for name in ("awards", "curate", "office_call")]
    return found


def page_name(address: str) -> str:
    from django.urls import Resolver404, resolve  # noqa: PLC0415 -- app ready

    try:
        return resolve(urlsplit(address).path).url_name or ""
    except Resolver404:
        return ""


def walk(page, root: str, persona: str, known: set[str], deadline: float) -> Iterator[Picture]:
    """Follow the links of a persona; every page that nobody has reached yet is taken at both widths."""
    waiting, seen = deque(root + start for start in [*STARTS, *far_calls()]), set()
    troubles: list[str] = []
    page.on("console", lambda m: troubles.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    while waiting and time.monotonic() < deadline:
        address = waiting.popleft()
        name = page_name(address)
        if not name or name in seen | SKIPPED or not address.startswith(root):
            continue
        seen.add(name)
        troubles.clear()
        page.set_viewport_size({"width": 1440, "height": 900})
        try:
            response = page.goto(address)
        except Exception as error:  # noqa: BLE001 -- a download is no page
            if "Download" not in str(error) and "ERR_ABORTED" not in str(error):
                print(f"{address}: {error}")
            continue
        if response is None or "html" not in response.headers.get("content-type", ""):
            continue
        waiting.extend(page.evaluate(LINKS))
        reached = page_name(page.url)
        if reached in known or response.status == 403:
            continue
        known.add(reached)
        take(page, reached)
        yield Picture(reached, persona or "–", page.url.removeprefix(root), response.status, tuple(troubles))


def take(page, name: str) -> None:
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(150)
        wide = page.evaluate("document.documentElement.scrollWidth") - width
        if wide > 0:
            print(f"{name} at {width}: {wide} pixels too wide")
        page.screenshot(path=PLACE / f"{name}-{width}.jpg", type="jpeg", quality=70, full_page=True)


def index(pictures: list[Picture]) -> None:
    rows = "".join(
        f"<h2 id='{p.name}'>{p.name} <small>{p.persona} {html.escape(p.address)} {p.status}</small></h2><p>{html.escape('; '.join(p.troubles))}</p>"
        f"<p><img src='{p.name}-1440.jpg' width='900' loading='lazy' alt=''> <img src='{p.name}-390.jpg' width='300' loading='lazy' alt=''></p>"
        for p in pictures
    )
    names = " ".join(f"<a href='#{p.name}'>{p.name}</a>" for p in pictures)
    (PLACE / "index.html").write_text(f"<!doctype html><meta charset='utf-8'><title>Pages</title><p>{names}</p>{rows}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--as", dest="personas", nargs="*", default=list(PERSONAS), help="only these personas")
    parser.add_argument("--minutes", type=float, default=20, help="stop after so many minutes")
    options = parser.parse_args()
    environment = scratch()
    for words in (["migrate", "--verbosity", "0"], ["demo"]):
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True)
    os.environ.update(environment)
    sys.path.insert(0, str(ROOT))
    import django  # noqa: PLC0415 -- app ready
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- app ready

    django.setup()
    pictures, known, deadline = [], set(), time.monotonic() + options.minutes * 60
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with serving(environment) as root, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        for persona in options.personas:
            context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
            if persona:
                context.add_cookies([{"name": "sessionid", "value": session_of(persona), "url": root}])
            pictures += walk(context.new_page(), root, persona, known, deadline)
            context.close()
            index(pictures)
            print(f"{persona or 'anybody'}: {len(pictures)} pages so far")
        browser.close()
    for picture in pictures:
        if picture.troubles or picture.status >= 400:
            print(f"{picture.name} {picture.address} {picture.status}: {'; '.join(picture.troubles)}")
    print(f"{len(pictures)} pages: {PLACE / 'index.html'}")


if __name__ == "__main__":
    main()
