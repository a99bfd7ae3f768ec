"""What must be true afterwards: `python -m tests.bench.storm.check ACKNOWLEDGED` prints, as JSON, what is not.

In the database of DATABASE_URL and among the stored files; ACKNOWLEDGED holds a line for each receipt that a client was shown.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import pikepdf  # noqa: E402 -- app ready

from kechuang.base import audit  # noqa: E402 -- app ready
from kechuang.base.models import AuditEntry, NumberSeries, StoredFile  # noqa: E402 -- app ready
from kechuang.engine.applications.models import Application, Attachment, Movement, TeamMember  # noqa: E402 -- app ready
from kechuang.engine.calls.models import Call  # noqa: E402 -- app ready
from tests.bench.storm.papers import SIZES, content  # noqa: E402 -- app ready


def told(path: str) -> dict[str, dict[str, Any]]:
    """What the clients were shown, by application; the same application acknowledged twice would be no mistake."""
    return {line["id"]: line for line in map(json.loads, Path(path).read_text(encoding="utf-8").splitlines())}


def problems(acknowledged: dict[str, dict[str, Any]]) -> Iterator[str]:
    rows = {a.public_id: a for a in Application.objects.exclude(state="draft").prefetch_related("members")}
    yield from _entries(rows, acknowledged)
    yield from _trail(rows)
    yield from _papers(rows, acknowledged)
    report = audit.verify()
    if not report.ok:
        yield f"The audit chain is broken: {report.first_broken}"


def _entries(rows: dict[str, Application], acknowledged: dict[str, dict[str, Any]]) -> Iterator[str]:
    for id in acknowledged.keys() - rows.keys():
        yield f"Acknowledged and not there: {id}"
    for id in rows.keys() - acknowledged.keys():
        yield f"Submitted and never acknowledged: {id}"
    for id in rows.keys() & acknowledged.keys():
        if rows[id].state != "submitted" or rows[id].receipt_no != acknowledged[id]["receipt"]:
            yield f"{id}: shown {acknowledged[id]['receipt']}, stored {rows[id].state} {rows[id].receipt_no}"
    numbers = Counter(row.receipt_no for row in rows.values())
    yield from (f"Receipt {number} given {count} times" for number, count in numbers.items() if count > 1)
    last = sum(NumberSeries.objects.filter(kind__startswith="receipt:").values_list("last", flat=True))
    if last != len(rows):
        yield f"{last} receipt numbers for {len(rows)} entries"
    pupils = Counter(TeamMember.objects.filter(is_live=True).values_list("person", flat=True))
    yield from (f"Pupil {person} entered {count} times" for person, count in pupils.items() if count > 1)
    if len(pupils) != len(rows):
        yield f"{len(pupils)} pupils for {len(rows)} entries"
    closes_at = Call.objects.get().closes_at
    yield from (
        f"{id} got in at {row.submitted_at}, after the deadline"
        for id, row in rows.items()
        if row.submitted_at >= closes_at
    )


def _trail(rows: dict[str, Application]) -> Iterator[str]:
    moves = Counter(Movement.objects.values_list("application__public_id", flat=True))
    audited = Counter(AuditEntry.objects.filter(action="application.submit").values_list("on_id", flat=True))
    for id in rows:
        if (moves[id], audited[id]) != (1, 1):
            yield f"{id}: {moves[id]} moves, {audited[id]} audit rows"


def _papers(rows: dict[str, Application], acknowledged: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Each entry has each paper once; the file is what its row says, and holds the very bytes that the client sent."""
    attached: dict[str, dict[str, list[StoredFile]]] = {}
    for one in Attachment.objects.select_related("application", "stored").iterator(chunk_size=1000):
        attached.setdefault(one.application.public_id, {}).setdefault(one.question, []).append(one.stored)
    for id in rows.keys() & acknowledged.keys():
        for question in SIZES:
            files = attached.get(id, {}).get(question, [])
            if len(files) != 1:
                yield f"{id}: {len(files)} files for {question}"
                continue
            yield from _paper(id, question, files[0], str(acknowledged[id]["number"]))


def _paper(id: str, question: str, stored: StoredFile, seed: str) -> Iterator[str]:
    with stored.open() as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != stored.sha256:
            yield f"{id}: the file of {question} is not what its row says"
        file.seek(0)
        with pikepdf.open(file) as pdf:
            if pdf.pages[0].Contents.read_bytes() != content(seed, question):
                yield f"{id}: the {question} is not the one that was sent"


if __name__ == "__main__":
    acknowledged = told(sys.argv[1])
    found = list(problems(acknowledged))
    sizes = {
        "entries": Application.objects.exclude(state="draft").count(), "drafts": Application.objects.filter(state="draft").count(),
        "files": StoredFile.objects.count(), "without_place": StoredFile.objects.exclude(pk__in=Attachment.objects.values("stored")).count(),
        "audit_rows": AuditEntry.objects.count(),
    }  # fmt: skip
    print(json.dumps({"problems": found, **sizes}, ensure_ascii=False))
