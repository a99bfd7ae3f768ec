"""An import of the command taken back, batch by batch from its end: each in one transaction, so that a killed undo goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.orgs.actions.rosters.backing import Change, put_back, remove
from kechuang.orgs.actions.rosters.undo import why_too_late
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.models import ImportBatch, Person, RosterImport


@dataclass
class UndoReport:
    """`kept`: public id of a person → why the person, or what was changed of the person, stays."""

    removed: int = 0
    restored: int = 0
    kept: dict[str, str] = field(default_factory=dict)


def why_not_undo_import(mark: RosterImport) -> str:
    if mark.undone_at:
        return _("这次导入已经撤回过。")
    return why_too_late(mark.kind, mark.finished_at or mark.started_at)


def undo_import(mark: RosterImport, *, by: Actor, step: Callable[[int], None] = lambda done: None) -> UndoReport:
    """Take an import back by the rules of the page: within thirty days, without what is used or was changed since."""
    require(by, "roster.upload", mark)
    if reason := why_not_undo_import(mark):
        raise Refused(reason)
    done = 0
    for pk in list(mark.batches.filter(undone_at=None).order_by("-pk").values_list("pk", flat=True)):
        done += _undo_batch(pk, mark, by)
        step(done)
    return _finish(mark, by)


@transaction.atomic
def _undo_batch(pk: int, mark: RosterImport, by: Actor) -> int:
    RosterImport.objects.select_for_update(of=("self",)).get(pk=mark.pk)
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=pk)
    if batch.undone_at:
        return 0
    changes = {int(person): Change.of(change) for person, change in batch.changes.items()}
    changed, added = put_back(changes, by=by), remove(batch.added)
    public = dict(Person.objects.filter(pk__in=[*changed, *added]).values_list("pk", "public_id"))
    kept = {name: {public[pk]: why for pk, why in of.items()} for name, of in (("added", added), ("changed", changed))}
    batch.kept = json.dumps(kept, ensure_ascii=False)
    batch.undone_at = clock.now()
    batch.save(update_fields=["kept", "undone_at"])
    detail = {"rows": len(batch.added) + len(changes), "kept": len(added) + len(changed), "sha256": mark.digest}
    audit.record("undo_import_batch", by=by, on=mark, scope_path=mark.scope_path, detail=detail)
    return len(batch.added) + len(changes)


@transaction.atomic
def _finish(mark: RosterImport, by: Actor) -> UndoReport:
    report = UndoReport()
    for batch in mark.batches.all():
        kept = json.loads(batch.kept)
        report.removed += len(batch.added) - len(kept["added"])
        report.restored += len(batch.changes) - len(kept["changed"])
        report.kept |= kept["changed"] | kept["added"]
    now = clock.now()
    RosterImport.objects.filter(pk=mark.pk).update(undone_at=now, finished_at=mark.finished_at or now)
    mark.refused_rows.all().delete()
    detail = {"removed": report.removed, "restored": report.restored, "kept": len(report.kept)}
    audit.record("undo_import", by=by, on=mark, scope_path=mark.scope_path, detail=detail)
    return report
