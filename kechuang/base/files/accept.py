import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit
from kechuang.base.enums import FileKind
from kechuang.base.files.images import clean_image
from kechuang.base.files.names import clean_name
from kechuang.base.files.office import clean_office
from kechuang.base.files.pdfs import clean_pdf
from kechuang.base.files.refusal import FileRefused
from kechuang.base.files.sniff import CSV, SPOKEN, Format, sniff
from kechuang.base.files.videos import clean_video
from kechuang.base.models import StoredFile
from kechuang.base.tables.reading import TableRefused, read_table

BLOCK = 1 << 20


def accept(
    upload: Any,
    *,
    kind: FileKind | str | Iterable[FileKind | str],
    max_bytes: int,
    by: Any = None,
    scope_path: str = "",
    name: str = "",
) -> StoredFile:
    """Check, clean and store a file (a Django upload, an open binary file, or a path); the original is left as it is.

    Raises FileRefused with the sentence for the sender. In a transaction that fails, no row remains; the bytes may.
    """
    return _saved_or_removed(checked(upload, kind=kind, max_bytes=max_bytes, by=by, scope_path=scope_path, name=name))


def checked(
    upload: Any,
    *,
    kind: FileKind | str | Iterable[FileKind | str],
    max_bytes: int,
    by: Any = None,
    scope_path: str = "",
    name: str = "",
) -> StoredFile:
    """As `accept`, with the bytes stored and the row still the caller's to write (or the bytes to remove)."""
    allowed = {FileKind(one) for one in ([kind] if isinstance(kind, str) else kind)}
    given = name or getattr(upload, "name", "") or ""
    with _copy(upload, max_bytes) as path:
        with path.open("rb") as file:
            found = sniff(file)
        if found is None or found.kind not in allowed:
            raise _wrong_kind(allowed)
        facts = _cleaned(path, found)
        return _stored(path, found, facts, name=str(given), by=by, scope_path=scope_path)


def _wrong_kind(allowed: set[FileKind]) -> FileRefused:
    formats = "、".join(SPOKEN[kind] for kind in FileKind if kind in allowed)
    sentence = _("这里只能上传 %(formats)s 格式的文件，而这个文件的内容不是（只改扩展名没有用）。请转换格式后再上传。")
    return FileRefused(sentence % {"formats": formats})


@contextmanager
def _copy(upload: Any, max_bytes: int) -> Iterator[Path]:
    """A private copy to check and clean: the sender can no longer change it, and a failure leaves nothing behind."""
    with tempfile.TemporaryDirectory(prefix="kechuang-") as folder:
        path = Path(folder) / "file"
        if isinstance(upload, str | Path):
            with Path(upload).open("rb") as source:
                _copy_limited(source, path, max_bytes)
        else:
            upload.seek(0)
            _copy_limited(upload, path, max_bytes)
        yield path


def _copy_limited(source: BinaryIO, path: Path, max_bytes: int) -> None:
    size = 0
    with path.open("wb") as sink:
        while block := source.read(BLOCK):
            size += len(block)
            if size > max_bytes:
                raise too_large(max_bytes)
            sink.write(block)
    if not size:
        raise FileRefused(_("文件是空的。请确认选对了文件，再上传一次。"))


def too_large(max_bytes: int) -> FileRefused:
    limit = f"{max_bytes / 1024 / 1024:.1f}".removesuffix(".0")
    return FileRefused(_("文件超过了 %(limit)s MB 的上限。请压缩后再上传。") % {"limit": limit})


def _cleaned(path: Path, found: Format) -> dict[str, Any]:
    if found.kind is FileKind.IMAGE:
        return clean_image(path, found.content_type)
    if found.kind is FileKind.PDF:
        return clean_pdf(path)
    if found.kind is FileKind.VIDEO:
        return clean_video(path)
    if found is CSV:
        return _checked_csv(path)
    return clean_office(path)


def _checked_csv(path: Path) -> dict[str, Any]:
    try:
        read_table(path, max_rows=1_000_000)
    except TableRefused as error:
        raise FileRefused(str(error)) from error
    return {}


def _stored(path: Path, found: Format, facts: dict[str, Any], *, name: str, by: Any, scope_path: str) -> StoredFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        stored = StoredFile(
            name=clean_name(name, found.extension),
            kind=found.kind,
            content_type=found.content_type,
            size=path.stat().st_size,
            sha256=digest,
            by=audit.user_of(by),
            scope_path=scope_path,
            **facts,
        )
        file.seek(0)
        stored.blob.save("file", File(file), save=False)
    return stored


def keep(content: bytes, *, name: str, kind: FileKind, content_type: str, scope_path: str = "") -> StoredFile:
    """Store a file that the platform itself made, as it is. It has no owner: only the page that made it hands it out."""
    return keep_file(ContentFile(content), name=name, kind=kind, content_type=content_type, scope_path=scope_path)


def keep_file(
    content: "File[bytes]", *, name: str, kind: FileKind, content_type: str, scope_path: str = ""
) -> StoredFile:
    """The same for one that is too long for memory: read twice, in pieces."""
    content.seek(0)
    digest = hashlib.file_digest(content, "sha256").hexdigest()
    size = content.tell()
    content.seek(0)
    stored = StoredFile(
        name=name[:200], kind=kind, content_type=content_type, size=size, sha256=digest, scope_path=scope_path
    )
    stored.blob.save("file", content, save=False)
    return _saved_or_removed(stored)


def _saved_or_removed(stored: StoredFile) -> StoredFile:
    try:
        stored.save(force_insert=True)
    except Exception:
        stored.blob.storage.delete(str(stored.blob.name))
        raise
    return stored


@transaction.atomic
def discard(stored: StoredFile, *, by: Any, reason: str = "") -> None:
    """Delete a stored file; the bytes go once the transaction holds."""
    storage, blob = stored.blob.storage, str(stored.blob.name)
    detail = {"name": stored.name, "sha256": stored.sha256}
    audit.record("file.discard", by=by, on=stored, scope_path=stored.scope_path, reason=reason, detail=detail)
    stored.delete()
    transaction.on_commit(lambda: storage.delete(blob))
