"""Taking personal data out: asked with a reason, approved by a second person, marked, open for a week, each download recorded."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from tempfile import TemporaryFile
from typing import IO, Any, Generic, TypeVar

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kechuang.base import audit, clock, files
from kechuang.base.enums import FileKind
from kechuang.base.errors import Refused
from kechuang.base.jobs import enqueue
from kechuang.base.messages import notify
from kechuang.base.tables import Mark, write_xlsx
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.enums import ExportState
from kechuang.orgs.exports import Archive, ExportKind, Paper, Row, Sheet, kind_named
from kechuang.orgs.models import Consent, ExportRequest, ExportSubject, Org, Person, User
from kechuang.orgs.queries import missing_consents, nearest_officers

OPEN_FOR = timedelta(days=7)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BATCH = 500
Line = TypeVar("Line", Row, Paper)


@transaction.atomic
def ask_export(kind: str, args: Mapping[str, Any], *, reason: str, by: Actor) -> ExportRequest:
    """Put the request before a second person. Refused without a reason of some words; PermissionDenied outside one's scope."""
    wanted = kind_named(kind)
    if wanted is None:
        raise Refused(_("没有这种导出。"))
    require(by, "export.make")
    if not by.paths(wanted.permission) or by.user is None:
        raise PermissionDenied
    if len(reason.strip()) < 4:
        raise Refused(_("请写明导出的用途和理由（至少 4 个字），审批人会看到它，文件上也会印上它。"))
    path = wanted.scope(by, args)
    org = _org_at(path)
    title = " · ".join(filter(None, [str(wanted.title), wanted.label(args)]))
    row = ExportRequest.objects.create(
        kind=kind,
        title=title[:200],
        args=dict(args),
        reason=reason.strip()[:300],
        org=org,
        scope_path=path,
        asked_by=by.user,
    )
    audit.record("ask_export", by=by, on=row, scope_path=path, reason=row.reason, detail={"kind": kind})
    words = {"who": by.name, "title": row.title, "reason": row.reason}
    notify(
        approvers_of(row), "export.asked", title=lambda: _("请审批导出：%(title)s") % words,
        body=lambda: _("%(who)s 申请导出“%(title)s”，用途：%(reason)s。导出个人信息须由另一人批准。") % words,
        url=f"/office/exports/{row.public_id}/", about=row,
    )  # fmt: skip
    return row


def _org_at(path: str) -> Org:
    return Org.objects.get(path=path)


def approvers_of(row: ExportRequest) -> list[User]:
    """Those of the nearest office, going up, in which somebody else than the asker may approve."""
    return nearest_officers("export.approve", row.scope_path, but=row.asked_by_id)


def _locked(row: ExportRequest) -> ExportRequest:
    return (
        ExportRequest.objects.select_related("org", "asked_by", "file").select_for_update(of=("self",)).get(pk=row.pk)
    )


@transaction.atomic
def approve_export(row: ExportRequest, *, by: Actor) -> ExportRequest:
    """A second person's yes; the file is then made in the background."""
    row = _decidable(row, by)
    row.state, row.decided_at, row.decided_by = ExportState.APPROVED, clock.now(), by.user
    row.save(update_fields=["state", "decided_at", "decided_by"])
    audit.record(
        "approve_export", by=by, on=row, scope_path=row.scope_path, reason=row.reason, detail={"kind": row.kind}
    )
    enqueue(
        "orgs.make_export", args={"export": row.pk}, by=row.asked_by, scope_path=row.scope_path, key=f"export:{row.pk}"
    )
    return row


@transaction.atomic
def refuse_export(row: ExportRequest, *, because: str, by: Actor) -> ExportRequest:
    row = _decidable(row, by)
    if not because.strip():
        raise Refused(_("请写明不批准的原因，申请人会看到它。"))
    row.state, row.decided_at, row.decided_by = ExportState.REFUSED, clock.now(), by.user
    row.refusal = because.strip()[:300]
    row.save(update_fields=["state", "decided_at", "decided_by", "refusal"])
    audit.record("refuse_export", by=by, on=row, scope_path=row.scope_path, reason=row.refusal)
    words = {"title": row.title, "why": row.refusal}
    notify(
        row.asked_by, "export.refused", title=lambda: _("导出没有批准：%(title)s") % words,
        body=lambda: _("原因：%(why)s。需要的话可以重新申请。") % words, url=f"/office/exports/{row.public_id}/", about=row,
    )  # fmt: skip
    return row


def _decidable(row: ExportRequest, by: Actor) -> ExportRequest:
    row = _locked(row)
    require(by, "export.approve", row)
    if sentence := why_not_decide(row, by):
        raise Refused(sentence)
    return row


def why_not_decide(row: ExportRequest, by: Actor) -> str:
    """Why this actor may not approve or refuse it now; the page says it before the buttons."""
    if row.state != ExportState.ASKED:
        return _("这份申请已经处理过。")
    if by.user is None or by.user.pk == row.asked_by_id:
        return _("导出须由另一人批准，不能批准自己的申请。")
    return ""


# --- the file ----------------------------------------------------------------------------------------------------


def make_export(row: ExportRequest) -> ExportRequest:
    """Write the approved file, once: a repetition finds it made. Rows of those who withdrew what it rests on are left out."""
    row = ExportRequest.objects.select_related("org", "asked_by").get(pk=row.pk)
    kind = kind_named(row.kind)
    if row.state != ExportState.APPROVED or kind is None:
        return row
    asker = Actor.of(row.asked_by)
    made, mark = kind.make(asker, row.args), mark_of(row, asker)
    people: set[int] = set()
    with TemporaryFile() as out:
        allowed: _Allowed[Any]
        if isinstance(made, Archive):
            allowed = _Allowed(made.papers, kind.purposes, people)
            ending, file_kind, content_type = _write_archive(out, allowed, mark)
        else:
            allowed = _Allowed(made.rows, kind.purposes, people)
            ending, file_kind, content_type = _write_sheet(out, made, allowed, str(kind.title), mark)
        return _keep(row, kind, allowed, File(out), f"{row.title}.{ending}", file_kind, content_type)


def _write_sheet(
    out: IO[bytes], sheet: Sheet, allowed: _Allowed[Row], title: str, mark: Mark
) -> tuple[str, FileKind, str]:
    rows: Iterator[Any] = (row.values for row in allowed)
    out.write(write_xlsx(sheet.columns, rows, title=title, notes=[mark.text, *sheet.notes], mark=mark))
    return "xlsx", FileKind.SHEET, XLSX


def _write_archive(out: IO[bytes], allowed: _Allowed[Paper], mark: Mark) -> tuple[str, FileKind, str]:
    """PDFs are compressed already, so they are only put together; who took them out, when and why stands in a file beside them."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_("导出说明.txt"), mark.text)
        for paper in allowed:
            with paper.open() as file, archive.open(paper.name, "w") as entry:
                shutil.copyfileobj(file, entry)
    return "zip", FileKind.DOCUMENT, "application/zip"


def _keep(
    row: ExportRequest, kind: ExportKind, allowed: _Allowed[Any], content: File[bytes], name: str, file_kind: FileKind, content_type: str
) -> ExportRequest:  # fmt: skip
    people = allowed.people
    with transaction.atomic():
        row = _locked(row)
        if row.state != ExportState.APPROVED:
            return row
        row.file = files.keep_file(
            content, name=name, kind=file_kind, content_type=content_type, scope_path=row.scope_path
        )
        row.state, row.rows, row.made_at = ExportState.READY, allowed.kept, clock.now()
        row.expires_at = row.made_at + OPEN_FOR
        row.save()
        subjects = (ExportSubject(export=row, person_id=person) for person in sorted(people))
        ExportSubject.objects.bulk_create(subjects, batch_size=1000, ignore_conflicts=True)
        detail = {"rows": row.rows, "left_out": allowed.left_out, "people": len(people), "sha256": row.file.sha256}
        audit.record(
            "make_export", by=row.asked_by, on=row, scope_path=row.scope_path, reason=row.reason, detail=detail
        )
        if kind.is_look:
            _record_looks(row, people)
        _tell_ready(row)
    return row


def _record_looks(row: ExportRequest, people: set[int]) -> None:
    """未成年人网络保护条例 art. 36: each look at identifiers, also those that go out in a file."""
    names = Person.objects.filter(pk__in=people).only("public_id")
    audit.record_many(
        {"action": "look_at_identifiers", "by": row.asked_by, "on": person, "scope_path": row.scope_path, "reason": row.reason,
         "detail": {"export": row.public_id}}
        for person in names.iterator(1000)
    )  # fmt: skip


class _Allowed(Generic[Line]):
    """The rows of a sheet or papers of an archive, in chunks, without those about somebody whose consent does not stand."""

    def __init__(self, rows: Iterable[Line], purposes: tuple[str, ...], people: set[int]) -> None:
        self.rows: Iterable[Line] = rows
        self.purposes, self.people = purposes, people
        self.kept = self.left_out = 0

    def __iter__(self) -> Iterator[Line]:
        chunk: list[Line] = []
        for row in self.rows:
            chunk.append(row)
            if len(chunk) == BATCH:
                yield from self._chunk(chunk)
                chunk = []
        yield from self._chunk(chunk)

    def _chunk(self, chunk: list[Line]) -> Iterator[Line]:
        asked = {person for row in chunk for person in row.people}
        missing = missing_consents(asked, self.purposes)
        for row in chunk:
            if missing.isdisjoint(row.people):
                self.kept += 1
                self.people.update(row.people)
                yield row
            else:
                self.left_out += 1


def mark_of(row: ExportRequest, asker: Actor) -> Mark:
    """Who, when, why, and under which number."""
    at = date_format(clock.now(), "Y-m-d H:i")
    who = f"{asker.name}（{asker.label}） {row.org.label}"
    return Mark(row.public_id, (who, at, row.reason, _("导出编号 %(number)s") % {"number": row.public_id}))


def _tell_ready(row: ExportRequest) -> None:
    words = {"title": row.title, "days": OPEN_FOR.days}
    notify(
        row.asked_by, "export.ready", title=lambda: _("可以下载：%(title)s") % words,
        body=lambda: _("文件 %(days)s 天后失效并删除。文件带有水印，请勿转给无关人员，用完即删。") % words,
        url=f"/office/exports/{row.public_id}/", about=row,
    )  # fmt: skip


@transaction.atomic
def take_download(row: ExportRequest, *, by: Actor) -> ExportRequest:
    """Hand the file to the one who asked for it, and record that it went out."""
    row = _locked(row)
    if by.user is None or row.asked_by_id != by.user.pk:
        raise PermissionDenied(_("只有申请人可以下载。"))
    if row.state != ExportState.READY or row.file is None or row.expires_at is None or row.expires_at <= clock.now():
        raise Refused(_("这份文件已失效或还没有生成。需要的话请重新申请。"))
    ExportRequest.objects.filter(pk=row.pk).update(downloads=F("downloads") + 1)
    audit.record("download_export", by=by, on=row, scope_path=row.scope_path, reason=row.reason)
    return row


def expire_exports() -> int:
    """Delete the files whose days are over; returns how many."""
    over = ExportRequest.objects.filter(state=ExportState.READY, expires_at__lte=clock.now())
    return sum(_close(row, ExportState.EXPIRED, "expire_export") for row in over)


def pull_exports(consent: Consent) -> int:
    """A withdrawn consent: files that rest on it and hold this pupil are deleted, whether they were fetched or not."""
    rows = ExportRequest.objects.filter(
        state__in=(ExportState.READY, ExportState.APPROVED), subjects__person=consent.pupil_id
    )
    pulled = [row for row in rows if (kind := kind_named(row.kind)) and consent.purpose in kind.purposes]
    return sum(_close(row, ExportState.PULLED, "pull_export") for row in pulled)


@transaction.atomic
def _close(row: ExportRequest, state: ExportState, action: str) -> int:
    row = _locked(row)
    if row.state in {ExportState.EXPIRED, ExportState.PULLED}:
        return 0
    stored, row.file, row.state = row.file, None, state
    row.save(update_fields=["file", "state"])
    if stored is not None:
        files.discard(stored, by=None, reason=str(state.label))
    audit.record(action, by=None, on=row, scope_path=row.scope_path, detail={"downloads": row.downloads})
    if state == ExportState.PULLED:
        words = {"title": row.title}
        notify(
            row.asked_by, "export.pulled", title=lambda: _("导出文件已收回：%(title)s") % words,
            body=lambda: _("有学生撤回了同意，这份文件已删除。如果已经下载，请立即删除并按需重新申请。") % words,
            url=f"/office/exports/{row.public_id}/", about=row, must_read=True,
        )  # fmt: skip
    return 1
