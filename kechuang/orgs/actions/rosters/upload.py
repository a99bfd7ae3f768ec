"""From the template to the verdicts, and back to the sender."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit
from kechuang.base.enums import FileKind
from kechuang.base.errors import Refused
from kechuang.base.files import accept, discard
from kechuang.base.jobs import enqueue
from kechuang.base.models import Job
from kechuang.base.tables import annotate, read_table, write_template
from kechuang.base.tables.reading import Row
from kechuang.orgs.actions.rosters.kinds import Context, RowsRefused
from kechuang.orgs.actions.rosters.registry import HOMES, KINDS
from kechuang.orgs.actions.rosters.undo import why_not_undoable
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.enums import RosterKind, RosterState, Verdict
from kechuang.orgs.models import Org, RosterRow, RosterUpload

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 10_000
BATCH = 500


def roster_template(kind: str, org: Org) -> bytes:
    """An xlsx to fill in, with lists made for this school: only the grades that it has."""
    roster = KINDS[kind]
    return write_template(roster.columns(org), title=str(RosterKind(kind).label), notes=roster.notes())


@transaction.atomic
def upload_roster(kind: str, org: Org, file: Any, *, by: Actor, name: str = "") -> RosterUpload:
    """Store the table and check it in the background; `upload.job` shows how far it is."""
    require(by, "roster.upload", org)
    if org.kind not in HOMES[kind]:
        raise Refused(_("%(roster)s不能上传到“%(org)s”。") % {"roster": RosterKind(kind).label, "org": org.name})
    stored = accept(file, kind=FileKind.SHEET, max_bytes=MAX_BYTES, by=by, scope_path=org.path, name=name)
    upload = RosterUpload.objects.create(kind=kind, org=org, file=stored, by=by.user)
    upload.job = _enqueue("orgs.check_roster", upload, by)
    upload.save(update_fields=["job"])
    audit.record("upload_roster", by=by, on=upload, scope_path=org.path, detail={"kind": kind, "sha256": stored.sha256})
    return upload


def _enqueue(job: str, upload: RosterUpload, by: Actor) -> Job:
    titles = {"check": _("检查名册：%(org)s"), "take": _("导入名册：%(org)s"), "undo": _("撤回名册：%(org)s")}
    title = titles[job.removeprefix("orgs.").removesuffix("_roster")]
    args = {"upload": upload.pk}
    return enqueue(
        job, args=args, by=by, scope_path=upload.org.path, title=title % {"org": upload.org}, key=str(upload.pk)
    )


def check_rows(
    upload: RosterUpload, *, by: Actor, step: Callable[[int, int], None] = lambda done, total: None
) -> RosterUpload:
    """Read the table and give every row its verdict. Repeatable: it starts from nothing each time until rows are taken."""
    if upload.state not in (RosterState.CHECKING, RosterState.FAILED):
        return upload
    try:
        required = [str(column.heading) for column in KINDS[upload.kind].columns(upload.org) if column.required]
        with upload.file.open() as file:
            table = read_table(file, max_rows=MAX_ROWS, required=required)
    except Refused as refusal:
        return _close(upload, RosterState.FAILED, refusal.sentence)
    context = Context(upload.org, by)
    rows: list[RosterRow] = []
    for done, row in enumerate(table.rows, start=1):
        rows.append(_verdict(upload, row, context))
        step(done, table.count)
    with transaction.atomic():
        upload.rows.all().delete()
        RosterRow.objects.bulk_create(rows, batch_size=BATCH)
        return _close(upload, RosterState.CHECKED, "")


def _verdict(upload: RosterUpload, row: Row, context: Context) -> RosterRow:
    sealed = json.dumps(dict(row), ensure_ascii=False, default=str)
    found = RosterRow(upload=upload, number=row.number, sealed=sealed)
    try:
        checked = KINDS[upload.kind].check(row, row.number, context)
    except RowsRefused as refusal:
        found.verdict, found.reasons = Verdict.REFUSED, refusal.sentences
        return found
    found.verdict = Verdict.WARNING if checked.warnings else Verdict.GOOD
    found.reasons, found.person, found.is_update = checked.warnings, checked.person, checked.is_update
    return found


def _close(upload: RosterUpload, state: str, error: str) -> RosterUpload:
    upload.state, upload.error = state, error
    upload.save(update_fields=["state", "error"])
    return upload


def take_later(upload: RosterUpload, *, by: Actor) -> RosterUpload:
    """Take the good rows in the background: the way for a whole school."""
    require(by, "roster.upload", upload)
    upload.job = _enqueue("orgs.take_roster", upload, by)
    upload.save(update_fields=["job"])
    return upload


def undo_later(upload: RosterUpload, *, by: Actor) -> RosterUpload:
    """Take the roster back in the background."""
    require(by, "roster.upload", upload)
    if reason := why_not_undoable(upload):
        raise Refused(reason)
    upload.job = _enqueue("orgs.undo_roster", upload, by)
    upload.save(update_fields=["job"])
    return upload


def rows_back(upload: RosterUpload, *, by: Actor) -> bytes:
    """The sender's own file with a column that says why a row was not taken."""
    require(by, "roster.upload", upload)
    refused = upload.rows.filter(verdict=Verdict.REFUSED)
    with upload.file.open() as file:
        return annotate(file, {row.number: row.reason for row in refused})


@transaction.atomic
def discard_roster(upload: RosterUpload, *, by: Actor) -> None:
    """Delete the file and its rows, which hold identifiers; what was taken stays."""
    require(by, "roster.upload", upload)
    audit.record("discard_roster", by=by, on=upload, scope_path=upload.org.path)
    stored = upload.file
    upload.delete()
    discard(stored, by=by)
