"""Taking the good rows of a checked roster, each in a transaction of its own."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.orgs.actions.rosters.backing import difference, standing
from kechuang.orgs.actions.rosters.kinds import Context, RowsRefused
from kechuang.orgs.actions.rosters.registry import KINDS
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.enums import RosterState, Verdict
from kechuang.orgs.models import RosterRow, RosterUpload

GOOD = (Verdict.GOOD, Verdict.WARNING)


def take_good_rows(
    upload: RosterUpload, *, by: Actor, step: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, int]:
    """Create or update whom the good rows name; returns how many rows were taken, updated and refused.

    Every row is checked again, for the world may have changed since; what was taken is not taken twice.
    """
    require(by, "roster.upload", upload)
    if upload.state not in (RosterState.CHECKED, RosterState.TAKEN):
        raise Refused(_("这份名册还没有检查完，请稍候。"))
    context = Context(upload.org, by)
    waiting = list(upload.rows.filter(verdict__in=GOOD))
    for done, row in enumerate(waiting, start=1):
        _take(row, upload, context)
        step(done, len(waiting))
    return _finish(upload, waiting, by)


def _take(row: RosterRow, upload: RosterUpload, context: Context) -> None:
    try:
        with transaction.atomic():
            locked = RosterRow.objects.select_for_update().get(pk=row.pk)
            if locked.verdict in GOOD:
                _take_locked(locked, upload, context)
            row.verdict, row.is_update = locked.verdict, locked.is_update
    except IntegrityError:  # somebody else registered the same person in this moment
        _refuse(row, [_("这一行与刚刚登记的另一条记录冲突，请重新上传。")])
    except RowsRefused as refusal:
        _refuse(row, refusal.sentences)
    except Refused as refusal:
        _refuse(row, [refusal.sentence])


def _take_locked(row: RosterRow, upload: RosterUpload, context: Context) -> None:
    kind = KINDS[upload.kind]
    checked = kind.check(row.content, row.number, context)
    was = standing(checked.person)
    row.person = kind.take(checked, context) or checked.person
    changed = difference(was, standing(checked.person))
    row.before = json.dumps(changed.as_json()) if changed else ""
    row.is_update, row.verdict, row.sealed = checked.is_update, Verdict.TAKEN, ""
    row.save(update_fields=["person", "is_update", "verdict", "sealed", "before"])


def _refuse(row: RosterRow, sentences: list[str]) -> None:
    row.verdict, row.reasons = Verdict.REFUSED, sentences
    row.save(update_fields=["verdict", "reasons"])


@transaction.atomic
def _finish(upload: RosterUpload, rows: list[RosterRow], by: Actor) -> dict[str, int]:
    taken = [row for row in rows if row.verdict == Verdict.TAKEN]
    counts = {
        "taken": len(taken),
        "updated": sum(row.is_update for row in taken),
        "refused": upload.rows.filter(verdict=Verdict.REFUSED).count(),
    }
    if rows:
        upload.state, upload.taken_at = RosterState.TAKEN, clock.now()
        upload.save(update_fields=["state", "taken_at"])
        audit.record("take_good_rows", by=by, on=upload, scope_path=upload.org.path, detail=counts)
    return counts
