"""One pupil's way from the open call to the receipt, through the pages' own addresses and with the retries that the pages make.

A step that meets a stopped server or database is sent again with the same key: the token of the beginning, the version of the
answers, the offset of the upload, the application itself. What the client was told in the meantime is counted by kind.
"""

from __future__ import annotations

import base64
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.bench.http import Connection, Response
from tests.bench.storm.papers import paper

PIECE = 65_536
PATIENCE = 600.0
"""Seconds for which one step is tried again: longer than any restart."""
AWAY = (502, 503, 504)
PLAIN = "暂时连不上数据库"
"""What a plain answer says while the database is away."""
CSRF = "s" * 32
TUS = {"Tus-Resumable": "1.0.0"}


class Late(Exception):
    """Refused because the deadline has passed; carries the page."""


class WentWrong(Exception):
    """An answer that nobody should get."""


class Line(Connection):
    """A connection that never sends anything twice by itself: the client decides."""

    def _exchange(self, message: bytes, *, head_only: bool) -> Response:
        try:
            self._open().sendall(message)
            return self._receive(head_only)
        except (OSError, EOFError):
            self.close()
            raise ConnectionError from None


@dataclass
class Tally:
    """What one client saw: seconds by step, refusals by kind, how often it sent again."""

    took: dict[str, list[float]] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    retried_entries: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass
class Entry:
    """A pupil with a session, and what becomes of the application."""

    port: int
    number: int
    told: dict[str, Any]
    call: dict[str, Any]
    tally: Tally
    id: str = ""
    version: int = 1

    def __post_init__(self) -> None:
        self.line = Line("127.0.0.1", self.port, {"sessionid": self.told["session"], "csrftoken": CSRF}, timeout=90)
        self.draw = random.Random(self.number)
        self.sent_again = 0

    # --- one request, as often as it takes ---------------------------------------------------------------------------

    def ask(self, step: str, send: Callable[[], Response], *, busy: tuple[int, ...] = ()) -> Response:
        """Send until there is an answer that is one; how long that took, pauses included, is written down. `busy`: try again, too."""
        began = time.monotonic()
        for attempt in range(1000):
            response = self._once(send, busy)
            if response is not None:
                break
            if time.monotonic() - began > PATIENCE:
                raise WentWrong(f"{step}: no answer for {PATIENCE:.0f} s")
            self.sent_again += 1
            time.sleep(min(5.0, 0.5 * 2**attempt) * self.draw.uniform(0.5, 1.5))
        assert response is not None
        self.tally.took.setdefault(step, []).append(time.monotonic() - began)
        if response.status >= 400 and not _is_late(response):
            raise WentWrong(f"{step}: {response.status} {response.text[:300]!r}")
        if _is_late(response):
            raise Late(response.text)
        return response

    def _once(self, send: Callable[[], Response], busy: tuple[int, ...]) -> Response | None:
        """The answer, or None where the page would try again."""
        try:
            response = send()
        except (OSError, EOFError):
            self.tally.told["connection dropped"] += 1
            return None
        if response.status in AWAY:
            self._note_away(response)
        elif response.status in busy:
            self.tally.told["upload goes on from where it is"] += 1
        else:
            return response
        return None

    def _note_away(self, response: Response) -> None:
        is_json = "json" in response.headers.get("content-type", "")
        said = json.loads(response.body)["message"] if is_json else response.text
        is_plain = PLAIN in said and "retry-after" in response.headers
        self.tally.told["503 in words" if is_plain else f"bare {response.status}"] += 1

    def post(self, path: str, form: dict[str, Any] | None = None) -> Response:
        return self.line.post(path, {**(form or {}), "csrfmiddlewaretoken": CSRF})

    # --- the way -----------------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Begin, fill in, upload, sign: everything but the last button."""
        self.begin()
        self.fill_in()
        for question in ("report", "log"):
            self.upload(question)
        self.sign()
        self.ask("review page", lambda: self.line.get(f"/applications/{self.id}/review/"))

    def begin(self) -> None:
        address = f"/calls/{self.call['slug']}/apply/"
        page = self.ask("begin page", lambda: self.line.get(address))
        token = re.search(r'name="token" value="([^"]+)"', page.text)
        if token is None:
            raise WentWrong(f"begin page without a token: {page.text[:300]!r}")
        form = {"org": self.told["school"], "token": token[1]}
        made = self.ask("begin", lambda: self.post(address, form))
        self.id = made.location.split("/")[2]
        page = self.ask("form page", lambda: self.line.get(f"/applications/{self.id}/edit/"))
        self.version = int(_found(r'data-version="(\d+)"', page.text))

    def fill_in(self) -> None:
        """As the page saves while one types: first the title, then the rest."""
        answers = {**self.call["answers"], "a-title": f"{self.call['answers']['a-title']}（{self.number}）"}
        first = {"a-title": answers.pop("a-title")}
        for part in (first, answers):
            self.save(part)

    def save(self, answers: dict[str, Any]) -> None:
        body = json.dumps({"version": self.version, "answers": answers}).encode()
        headers = {
            "Content-Type": "application/json",
            "X-CSRFToken": CSRF,
            "X-Requested-With": "autosave",
            "Referer": "https://127.0.0.1/",
        }
        address = f"/applications/{self.id}/save/"
        reply = self.ask("save", lambda: self.line.request("PATCH", address, body, headers))
        told = json.loads(reply.body)
        if told["errors"]:
            raise WentWrong(f"save: {told['errors']}")
        self.version = told["version"]

    def upload(self, question: str) -> None:
        """tus: create, then pieces; after a break ask how far it is and go on from there."""
        content = paper(str(self.number), question)
        told = {"filename": f"{question}.pdf", "purpose": f"application:{self.id}:{question}"}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
        headers = {**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": metadata, **_script()}
        address = self.ask("upload begun", lambda: self.line.request("POST", "/uploads/", b"", headers)).location
        offset = 0
        while offset < len(content):
            offset = self._piece(address, content, offset)

    def _piece(self, address: str, content: bytes, offset: int) -> int:
        headers = {**TUS, "Content-Type": "application/offset+octet-stream", **_script()}
        tries = 0

        def send() -> Response:
            nonlocal tries, offset
            if tries:
                offset = int(self._offset(address) or 0)
            tries += 1
            if offset >= len(content):
                return Response(204, {"upload-offset": str(offset)}, [], b"")
            part = content[offset : offset + PIECE]
            return self.line.request("PATCH", address, part, {**headers, "Upload-Offset": str(offset)})

        return int(self.ask("upload piece", send, busy=(409, 423)).headers["upload-offset"])

    def _offset(self, address: str) -> str:
        reply = self.line.request("HEAD", address, b"", {**TUS, **_script()})
        if reply.status in AWAY or reply.status == 423:
            raise ConnectionError
        return reply.headers["upload-offset"]

    def sign(self) -> None:
        """All declarations with one press."""
        form = {
            "version": self.version,
            "do": "sign_all",
            **{f"detail-{code}": "没有使用" for code in self.call["pledges"]},
        }
        page = self.ask("sign", lambda: self.post(f"/applications/{self.id}/edit/", form))
        if page.status != 302:
            raise WentWrong(f"sign: {page.status}")

    def submit(self) -> str:
        """The receipt number, read from the receipt's page."""
        sent = self.ask("submit", lambda: self.post(f"/applications/{self.id}/submit/"))
        if not sent.location.endswith("/receipt/"):
            raise WentWrong(f"submit leads to {sent.location!r}")
        page = self.ask("receipt page", lambda: self.line.get(sent.location))
        return _found(r"\b(\d{4}-\d+-\d{6})\b", page.text)


def _script() -> dict[str, str]:
    return {"X-CSRFToken": CSRF, "Referer": "https://127.0.0.1/"}


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise WentWrong(f"no {pattern} in {text[:300]!r}")
    return match[1]


def _is_late(response: Response) -> bool:
    """The refusal that shows the rule: which step closed when, and that the server's clock says so."""
    return response.status in (400, 422) and "以服务器时间为准" in response.text and "截止" in response.text
