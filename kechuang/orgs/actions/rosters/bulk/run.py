"""From a file to the verdicts. One transaction holds a batch, its refused rows, its audit row and the mark how far
the import is: a killed import goes on where it stopped, and nothing is half in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.tables import Column, digest_of, stream_table, write_xlsx
from kechuang.base.tables.reading import Row
from kechuang.orgs.actions.rosters.backing import Change
from kechuang.orgs.actions.rosters.bulk.homes import Homes
from kechuang.orgs.actions.rosters.bulk.pupils import PupilBatch
from kechuang.orgs.actions.rosters.bulk.seen import DiskSeen
from kechuang.orgs.actions.rosters.kinds import Context
from kechuang.orgs.actions.rosters.pupils import Pupils
from kechuang.orgs.actions.rosters.register import BatchRegister
from kechuang.orgs.actions.rosters.registry import KINDS
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.enums import OrgKind
from kechuang.orgs.models import ImportBatch, Org, RefusedRow, RosterImport

BATCH = 1000
TRIES = 3
"""How often a batch is looked at anew when somebody registered one of its people in the same moment."""


@dataclass
class Report:
    rows_in: int = 0
    added: int = 0
    updated: int = 0
    refused: int = 0
    refused_file: Path | None = None
    number: int | None = None

    @property
    def accepted(self) -> int:
        return self.rows_in - self.refused


@dataclass
class _Import:
    """One run over one file. Without `mark` it is a dry run: every batch is checked, written and taken back."""

    kind: str
    homes: Homes
    context: Context
    register: BatchRegister
    mark: RosterImport | None
    report: Report = field(default_factory=Report)
    refusals: list[tuple[int, dict[str, Any], str]] = field(default_factory=list)
    added: list[int] = field(default_factory=list)
    noted: dict[int, Change] = field(default_factory=dict)
    """Of the batch at hand: whom it added, and what it changed of whom."""


def import_roster(
    kind: str,
    path: Path,
    *,
    by: Actor,
    school: str = "",
    dry_run: bool = False,
    refused_to: Path | None = None,
    step: Callable[[int], None] = lambda done: None,
) -> Report:
    """Take every good row of the file; the others go to FILE.refused.xlsx with the reason. The same file twice adds nothing.

    `refused_to` names another place for the refused rows. `school`: code of the school (for `schools`: of the district) of rows that name none.
    """
    city = Org.objects.filter(kind=OrgKind.CITY).first()
    if city is None:
        raise Refused(_("平台上还没有市级机构，请先运行 kechuang create-admin。"))
    homes = Homes(kind, school)
    require(by, "roster.upload", homes.default or city)
    required = [str(column.heading) for column in KINDS[kind].columns(Org()) if column.required]
    stream = stream_table(path, required=required)
    mark = None if dry_run else _mark(kind, homes.default or city, path)
    register = BatchRegister()
    with closing(DiskSeen()) as seen:
        run = _Import(kind, homes, Context(homes.default or city, by, seen, register), register, mark)
        if mark:
            run.report = Report(mark.rows_in, mark.added, mark.updated, mark.refused, number=mark.pk)
        unread = _unread(stream.rows, run)
        while rows := list(islice(unread, BATCH)):
            _take(rows, run)
            step(run.report.rows_in)
    return _finish(run, refused_to or path.with_name(f"{path.name}.refused.xlsx"), stream.headings)


def _mark(kind: str, org: Org, path: Path) -> RosterImport:
    """The unfinished import of the same content, else a new one."""
    facts = {"kind": kind, "org": org, "digest": digest_of(path), "finished_at": None}
    return RosterImport.objects.get_or_create(**facts, defaults={"file_name": path.name[-255:]})[0]


def _unread(rows: Iterable[Row], run: _Import) -> Iterator[Row]:
    """The rows after the mark; of those before it only the keys are noted, so that a double row is still found."""
    through = run.mark.through if run.mark else 0
    for row in rows:
        if row.number > through:
            yield row
            continue
        try:
            run.context.org = run.homes.of(row)
            _read(row, run)
        except Refused:
            continue


def _read(row: Row, run: _Import) -> Any:
    kind = KINDS[run.kind]
    if isinstance(kind, Pupils):
        return kind.read(row, row.number, run.context)
    return kind.check(row, row.number, run.context)


def _take(rows: list[Row], run: _Import) -> None:
    for left in reversed(range(TRIES)):
        try:
            fresh = _take_at_once(rows, run)
        except IntegrityError:  # somebody else registered one of these people in this moment: look again
            if not left:
                raise
        else:
            for name, value in fresh.items():
                setattr(run.mark, name, value)
            return


@transaction.atomic
def _take_at_once(rows: list[Row], run: _Import) -> dict[str, int]:
    through = _lock(run)
    run.added, run.noted = [], {}
    outcome: Counter[str] = Counter()
    refusals: list[tuple[int, dict[str, Any], str]] = []
    work = _pupils if isinstance(KINDS[run.kind], Pupils) else _one_by_one
    work(rows, run, outcome, lambda row, refusal: refusals.append((row.number, dict(row), refusal.sentence)))
    outcome["refused"] = len(refusals)
    fresh: dict[str, int] = {}
    if run.mark is None:
        transaction.set_rollback(True)
        run.refusals += refusals
    else:
        fresh = _keep(run.mark, rows, refusals, outcome, through, run.context.by)
        _keep_way_back(run.mark, run)
    run.report.rows_in += len(rows)
    run.report.added += outcome["added"]
    run.report.updated += outcome["updated"]
    run.report.refused += outcome["refused"]
    return fresh


def _lock(run: _Import) -> int:
    if run.mark is None:
        return 0
    locked = RosterImport.objects.select_for_update(of=("self",)).get(pk=run.mark.pk)
    if locked.through != run.mark.through or locked.finished_at:
        raise Refused(_("另一个进程正在导入同一个文件，请等它完成。"))
    return locked.through


def _pupils(rows: list[Row], run: _Import, outcome: Counter[str], refuse: Callable[[Row, Refused], None]) -> None:
    kind, read = Pupils(), []
    for row in rows:
        try:
            run.context.org = run.homes.of(row)
            read.append((row, run.context.org, kind.read(row, row.number, run.context)))
        except Refused as refusal:
            refuse(row, refusal)
    run.register.load((school, facts) for _row, school, facts in read)
    batch = PupilBatch(run.register, run.context.by)
    for row, school, facts in read:
        run.context.org = school
        try:
            outcome[batch.take(kind.find(facts, row.number, run.context), school)] += 1
        except Refused as refusal:
            refuse(row, refusal)
    batch.write()
    run.added, run.noted = [person.pk for person in batch.new], batch.noted


def _one_by_one(rows: list[Row], run: _Import, outcome: Counter[str], refuse: Callable[[Row, Refused], None]) -> None:
    kind = KINDS[run.kind]
    for row in rows:
        try:
            with transaction.atomic():
                run.context.org = run.homes.of(row)
                checked = kind.check(row, row.number, run.context)
                person = kind.take(checked, run.context)
        except Refused as refusal:
            refuse(row, refusal)
        else:
            outcome["updated" if checked.is_update else "added"] += 1
            if person is not None and not checked.is_update:
                run.added.append(person.pk)


def _keep(
    mark: RosterImport,
    rows: list[Row],
    refusals: list[tuple[int, dict[str, Any], str]],
    outcome: Counter[str],
    through: int,
    by: Actor,
) -> dict[str, int]:
    """The refused rows, the audit row and the mark; returns what the mark says now."""
    RefusedRow.objects.bulk_create(
        RefusedRow(of=mark, number=number, sealed=json.dumps(content, ensure_ascii=False, default=str), reason=reason)
        for number, content, reason in refusals
    )
    reached = rows[-1].number
    detail = {"kind": mark.kind, "after": through, "through": reached, "sha256": mark.digest, **outcome}
    audit.record("import_roster", by=by, on=mark, scope_path=mark.scope_path, detail=detail)
    sums = {name: getattr(mark, name) + outcome[name] for name in ("added", "updated", "refused")}
    fresh = {**sums, "rows_in": mark.rows_in + len(rows), "through": reached}
    RosterImport.objects.filter(pk=mark.pk).update(**fresh)
    return fresh


def _keep_way_back(mark: RosterImport, run: _Import) -> None:
    if run.added or run.noted:
        changes = {pk: change.as_json() for pk, change in run.noted.items()}
        ImportBatch.objects.create(of=mark, added=run.added, sealed=json.dumps(changes) if changes else "")


def _finish(run: _Import, target: Path, headings: list[str]) -> Report:
    """The file of refused rows is written before their stored copy goes: killed in between, it is written again."""
    target.unlink(missing_ok=True)
    if run.report.refused:
        target.write_bytes(_refused_table(_refusals(run), headings))
        run.report.refused_file = target
    if run.mark:
        with transaction.atomic():
            run.mark.refused_rows.all().delete()
            run.mark.finished_at = clock.now()
            run.mark.save(update_fields=["finished_at"])
    return run.report


def _refusals(run: _Import) -> Iterator[tuple[int, dict[str, Any], str]]:
    if run.mark is None:
        yield from run.refusals
        return
    for row in run.mark.refused_rows.iterator(chunk_size=BATCH):
        yield row.number, row.content, row.reason


def _refused_table(refusals: Iterator[tuple[int, dict[str, Any], str]], headings: list[str]) -> bytes:
    columns = [*(Column(heading, 18) for heading in headings), Column(_("原行号"), 8), Column(_("未导入的原因"), 60)]
    rows = ([*(content.get(h, "") for h in headings), number, reason] for number, content, reason in refusals)
    return write_xlsx(columns, rows, title=_("未导入的行"))
