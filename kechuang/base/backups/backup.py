"""Making a backup while people work: one snapshot of the rows, then the files those rows name."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.backups import rows
from kechuang.base.backups.manifest import NAME, Manifest, applied_migrations, key_marks
from kechuang.base.crypto import sealed
from kechuang.base.errors import Refused
from kechuang.base.full import is_full
from kechuang.base.models import AuditHead, StoredFile

BLOCK = 1 << 20

Step = Callable[[str, int, int], None]


def make_backup(place: Path, *, step: Step = lambda what, done, total: None) -> Manifest:
    """Write a backup into an empty or new folder; `step(what, done, total)` tells how far it is. Raises Refused."""
    _claim(place)
    try:
        return _made(place, step)
    except OSError as error:
        if not is_full(error):
            raise
        _empty(place)
        sentence = _("“%(place)s”没有空间了，备份没有做成，写了一半的已清除。请换一个更大的地方，再备份一次。")
        raise Refused(sentence % {"place": place}) from error


def _made(place: Path, step: Step) -> Manifest:
    audit.seal()
    manifest = Manifest(made_at=clock.now().isoformat(), key_marks=key_marks())
    with _snapshot(), sealed():
        manifest.migrations = applied_migrations()
        manifest.audit_head = AuditHead.objects.values_list("hash", flat=True).first() or ""
        found = rows.kept_models()
        for number, model in enumerate(found, 1):
            label = model._meta.label_lower
            count, digest = rows.write_table(model, place / "tables" / f"{label}.jsonl.gz")
            manifest.tables[label] = {"rows": count, "sha256": digest}
            step(label, number, len(found))
        files = list(StoredFile.objects.order_by("pk").values_list("pk", "sha256"))
    _copy_files(files, place, manifest, step)
    manifest.write(place)
    audit.record("make_backup", by=None, detail={"rows": manifest.rows, "files": len(manifest.files)})
    return manifest


def _empty(place: Path) -> None:
    """The folder as it was given."""
    for part in (place / "tables", place / "files"):
        shutil.rmtree(part, ignore_errors=True)
    (place / NAME).unlink(missing_ok=True)


def _claim(place: Path) -> None:
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        reason = _("“%(place)s”里已有一份备份。") if (place / NAME).exists() else _("“%(place)s”不是空文件夹。")
        raise Refused(reason % {"place": place} + _("请换一个新的文件夹。"))
    (place / "tables").mkdir(parents=True)
    (place / "files").mkdir()
    place.chmod(0o700)


@contextmanager
def _snapshot() -> Iterator[None]:
    """All tables as of one moment. SQLite: a deferred transaction, which keeps nobody from writing."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic():
        if connection.vendor == "postgresql" and len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _copy_files(files: list[tuple[int, str]], place: Path, manifest: Manifest, step: Step) -> None:
    for number, (pk, sha256) in enumerate(files, 1):
        stored = StoredFile.objects.filter(pk=pk).first()
        if stored is None or not _copied(stored, place):
            manifest.missing.append(sha256)
        else:
            manifest.files.setdefault(sha256, []).append(str(stored.blob.name))
        step("files", number, len(files))


def _copied(stored: StoredFile, place: Path) -> bool:
    target = file_path(place, stored.sha256)
    if target.exists():
        return True
    target.parent.mkdir(exist_ok=True)
    draft = target.with_suffix(".part")
    try:
        with stored.open() as source, draft.open("wb") as out:
            shutil.copyfileobj(source, out, BLOCK)
    except FileNotFoundError:
        draft.unlink(missing_ok=True)
        return False
    if sha256_of(draft) != stored.sha256:
        draft.unlink()
        sentence = _("文件“%(name)s”的内容与登记的校验值不符，备份停止。请先查明原因。")
        raise Refused(sentence % {"name": stored.public_id})
    draft.replace(target)
    return True


def file_path(place: Path, sha256: str) -> Path:
    return place / "files" / sha256[:2] / sha256


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while block := source.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
