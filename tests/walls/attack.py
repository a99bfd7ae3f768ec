"""Sends forms as an attacker fills them in, and says what went wrong."""

import re
import traceback
from collections import Counter
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.walls.crawl import Reader, name_of
from tests.walls.forms import Form, forms_in
from tests.walls.hostile import RAW, papers, values
from tests.walls.marks import Marks

LEFT_OUT = frozenset({"account_logout"})
LOOKED_AT = frozenset({"pupil's number", "pupil's phone", "pupil's xueji"})
LINKS = re.compile(r"""(?:href|src|action)=["']?\s*javascript:zqAlert""", re.IGNORECASE)


class Forms:
    """Each form that a persona meets, once."""

    def __init__(self) -> None:
        self.found: list[Form] = []
        self.met: set[tuple[str, ...]] = set()

    def note(self, response: Any, address: str) -> None:
        if response.status_code != 200 or not response.headers.get("Content-Type", "").startswith("text/html"):
            return
        for form in forms_in(response.content.decode(), address):
            key = (name_of(form.action), *form.key)
            if key not in self.met and key[0] not in LEFT_OUT:
                self.met.add(key)
                self.found.append(form)


class Attack:
    """All that one persona sends. `foreign` are the marks that must not come back, `ids` those of other people's things."""

    def __init__(self, reader: Reader, marks: Marks, foreign: set[tuple[str, str]], ids: list[str]) -> None:
        self.reader, self.marks, self.foreign, self.ids = reader, marks, foreign, ids
        self.wrong: list[str] = []
        self.sent = 0
        self.statuses: Counter[int] = Counter()

    def on(self, form: Form, rounds: int) -> None:
        """Fill the form in `rounds` ways, the first of them with a script in every field."""
        fields = {name: one for name, one in form.fields.items() if name != "csrfmiddlewaretoken"}
        if not fields:
            return
        self._send(form, {name: "<script>zqAlert(1)</script>" for name in fields}, look_again=True)
        strategies = {
            name: values(one.kind, one.values, self.ids) for name, one in fields.items() if one.kind != "file"
        }

        @seed(1)
        @settings(
            max_examples=rounds,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(filled=st.fixed_dictionaries(strategies), paper=st.sampled_from(sorted(papers())))
        def send(filled: dict[str, str], paper: str) -> None:
            name, body = papers()[paper]
            files = {n: SimpleUploadedFile(name, body) for n, one in fields.items() if one.kind == "file"}
            self._send(form, filled | files)

        send()

    def _send(self, form: Form, filled: dict[str, Any], *, look_again: bool = False) -> None:
        self.sent += 1
        client = Client()
        if self.reader.key:
            client.cookies["sessionid"] = self.reader.key
        try:
            with transaction.atomic():
                method = client.post if form.method == "post" else client.get
                self.check(
                    form,
                    filled,
                    method(form.action, form.filled() | filled, headers={"referer": f"http://testserver{form.page}"}),
                )
                if look_again:
                    self.check(form, filled, client.get(form.page))
                transaction.set_rollback(True)
        except Exception as error:  # noqa: BLE001 -- whatever a page raises is what we look for
            frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/kechuang/" in frame.filename]
            where = f"{frames[-1].filename.rpartition('/kechuang/')[2]}:{frames[-1].lineno}" if frames else ""
            self._told(form, filled, f"{type(error).__name__}: {str(error)[:200]} at {where}")

    def check(self, form: Form, filled: dict[str, Any], response: Any) -> None:
        self.statuses[response.status_code] += 1
        if response.status_code >= 500:
            self._told(form, filled, f"answers {response.status_code}")
        to = response.headers.get("Location", "")
        if to.startswith(("//", "javascript:")) or "zq.example" in to.partition("?")[0] or response.cookies.get("zq"):
            self._told(form, filled, f"sends on to {to[:80]}")
        if response.streaming:
            return
        text = response.content.decode("utf-8", "replace")
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if is_page and (any(raw in text for raw in RAW[:2]) or LINKS.search(unescape(text))):
            self._told(form, filled, "says a script back")
        foreign = self.foreign
        if filled.get("do") == "look":  # with a reason, whoever may look sees the numbers, and the ledger says so
            foreign = {mark for mark in foreign if mark[1] not in LOOKED_AT}
        if leaked := self.marks.found_in(text) & foreign:
            self._told(form, filled, f"shows {sorted(leaked)}")

    def _told(self, form: Form, filled: dict[str, Any], what: str) -> None:
        sent = {name: str(value)[:30] for name, value in filled.items()}
        self.wrong.append(f"{self.reader.who} {form.method} {form.action} {what} {sent}")
