"""The two flows that write: a whole scoring, and a whole submission from the first field to the receipt.

Each client is one person with a browser that loads no page it does not need: the form's own addresses, session, CSRF token, and files
that are checked and stored like any others. A flow counts when the server has said that it is stored. As a program: see `load`.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from tests.bench.http import BadAnswer, Connection, File, Response
from tests.bench.load import CLIENTS, Load, quantiles
from tests.bench.storm.papers import paper

CSRF = "f" * 32
Item = dict[str, Any]
"""What one flow needs: see flow_plans."""


class Browser(Protocol):
    """Somebody's browser: the real line, or Django's test client where queries are counted."""

    def get(self, path: str) -> Response: ...
    def post(self, path: str, form: dict[str, Any], files: dict[str, File] | None = None) -> Response: ...


def scoring(browser: Browser, item: Item) -> None:
    """Open the sheet, hand it in. The answer leads to the next entry, which is the next flow's first page."""
    address = f"/reviews/{item['assignment']}/"
    _expect(browser.get(address), 200)
    _expect(browser.post(address, item["sheet"]), 302)


def submission(browser: Browser, item: Item) -> None:
    """Begin; send the filled-in form with two papers; sign the declarations and submit; read the receipt."""
    begun = _expect(browser.post(item["begin"], {"org": item["org"], "token": item["token"]}), 302)
    entry = "/".join(begun.location.split("/")[:3])
    files = {
        f"file-{code}": (f"{code}.pdf", paper(item["token"], "log"), "application/pdf") for code in ("report", "log")
    }
    _expect(browser.post(f"{entry}/edit/", {**item["answers"], "version": 1, "do": "review"}, files), 302)
    sent = _expect(browser.post(f"{entry}/submit/", {"sign": item["pledges"], "detail-ai_use": "没有使用"}), 302)
    if not sent.location.endswith("/receipt/"):
        raise BadAnswer(f"{entry}: submitting leads to {sent.location}")
    _expect(browser.get(sent.location), 200)


FLOWS: dict[str, Callable[[Browser, Item], None]] = {"scoring": scoring, "submission": submission}


def _expect(response: Response, status: int) -> Response:
    if response.status != status:
        raise BadAnswer(f"{response.status} instead of {status}: {response.text[:400]}")
    return response


def ask(port: int, name: str, items: Sequence[Item], *, seconds: float, clients: int = CLIENTS) -> Load:
    """Do flows until the time is over or the items are used up, in a process of their own."""
    plan = {"port": port, "name": name, "items": list(items), "seconds": seconds, "clients": clients}
    child = subprocess.run(
        [sys.executable, "-m", "tests.bench.flows"],
        input=json.dumps(plan),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if child.returncode:
        raise SystemExit(child.returncode)
    return Load(**json.loads(child.stdout))


def run(port: int, name: str, items: Sequence[Item], seconds: float, clients: int) -> Load:
    """The work of the child process; one thread a client."""
    waiting: SimpleQueue[Item] = SimpleQueue()
    for item in items:
        waiting.put(item)
    took: list[float] = []
    wrong: list[Exception] = []
    start = time.perf_counter()

    def client() -> None:
        line = Connection("127.0.0.1", port)
        while time.perf_counter() - start < seconds and not wrong:
            try:
                item = waiting.get_nowait()
            except Empty:
                return
            line.cookies = {"sessionid": item["session"], "csrftoken": CSRF}
            since = time.perf_counter()
            try:
                FLOWS[name](line, item)
            except (BadAnswer, OSError, EOFError) as problem:
                wrong.append(problem)
                return
            took.append(time.perf_counter() - since)

    threads = [threading.Thread(target=client) for _n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
    if not took:
        raise BadAnswer("no items are left: prepare more (FLOWS_PREPARED)")
    end = time.perf_counter()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    took.sort()
    return Load(len(took), end - start, *quantiles(took), 0, usage.ru_utime + usage.ru_stime)


def main() -> int:
    try:
        found = run(**json.load(sys.stdin))
    except (BadAnswer, OSError, EOFError) as problem:
        print(f"The bench stops: {problem}", file=sys.stderr)
        return 1
    json.dump(asdict(found), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
