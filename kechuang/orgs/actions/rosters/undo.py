"""Taking a roster back that should not have been sent: whom it added goes, what it changed stands as before. What has been
used or changed since stays, and its row says why. The same for what a page took and for what a command took."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.orgs.actions.rosters.backing import Change, put_back, remove
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.enums import RosterKind, RosterState, Verdict
from kechuang.orgs.models import RosterRow, RosterUpload

DAYS = 30


def why_too_late(kind: str, since: Any) -> str:
    """The sentence where a roster of this kind, taken at `since`, cannot be taken back as a whole; or ""."""
    if since and clock.now() - since > timedelta(days=DAYS):
        return _("导入已超过 %(days)s 天，不能整份撤回，请逐人更正。") % {"days": DAYS}
    if kind == RosterKind.SCHOOLS:
        return _("学校名册不能整份撤回，请在机构页面逐所更正，以便保留沿革。")
    return ""


def why_not_undoable(upload: RosterUpload) -> str:
    """The sentence, or "" where it may be taken back."""
    if upload.state != RosterState.TAKEN:
        return _("这份名册还没有导入，无需撤回。")
    return why_too_late(upload.kind, upload.taken_at)


def undo_roster(
    upload: RosterUpload, *, by: Actor, step: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, int]:
    """Returns how many rows were taken back and how many stay. Repeatable: a row that was taken back is not looked at again."""
    require(by, "roster.upload", upload)
    if upload.state == RosterState.UNDONE:
        return _counts(upload)
    if reason := why_not_undoable(upload):
        raise Refused(reason)
    waiting = list(upload.rows.filter(verdict=Verdict.TAKEN).order_by("-number"))
    for done, row in enumerate(waiting, start=1):
        _undo_row(row, upload, by)
        step(done, len(waiting))
    return _finish(upload, by)


@transaction.atomic
def _undo_row(row: RosterRow, upload: RosterUpload, by: Actor) -> None:
    row = RosterRow.objects.select_for_update(of=("self",)).select_related("person").get(pk=row.pk)
    if row.verdict != Verdict.TAKEN:
        return
    reason = _put_back(row, upload, by)
    fresh: dict[str, Any] = {"reasons": [reason]} if reason else {"verdict": Verdict.UNDONE, "reasons": []}
    RosterRow.objects.filter(pk=row.pk).update(**fresh)


def _put_back(row: RosterRow, upload: RosterUpload, by: Actor) -> str:
    """Why the row stays, or ""."""
    if row.person is None or (row.is_update and not row.before):
        return ""
    pk = row.person.pk
    kept = put_back({pk: Change.of(json.loads(row.before))}, by=by) if row.is_update else remove([pk])
    if pk not in kept:
        audit.record("undo_roster_row", by=by, on=row.person, scope_path=upload.org.path)
    return kept.get(pk, "")


@transaction.atomic
def _counts(upload: RosterUpload) -> dict[str, int]:
    return {
        "undone": upload.rows.filter(verdict=Verdict.UNDONE).count(),
        "kept": upload.rows.filter(verdict=Verdict.TAKEN).count(),
    }


@transaction.atomic
def _finish(upload: RosterUpload, by: Actor) -> dict[str, int]:
    counts = _counts(upload)
    if not counts["kept"]:
        upload.state = RosterState.UNDONE
        upload.save(update_fields=["state"])
    audit.record("undo_roster", by=by, on=upload, scope_path=upload.org.path, detail=counts)
    return counts
