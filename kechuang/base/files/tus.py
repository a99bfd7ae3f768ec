"""Resumable upload, the server's half of tus 1.0 (core, creation, termination, expiration); views mount it.

The bytes lie in a part file under UPLOAD_DIR, which all web processes share. Its length is the truth about what has
arrived; the row follows it. A kernel lock on the part file, not the database, keeps two requests apart, so a slow
line holds no transaction open, and a killed process leaves no lock behind.
"""

import base64
import binascii
import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.enums import FileKind, UploadState
from kechuang.base.errors import Refused
from kechuang.base.files.accept import accept, too_large
from kechuang.base.files.refusal import FileRefused
from kechuang.base.models import StoredFile, Upload

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
LIFETIME = timedelta(hours=24)
MAX_OPEN = 20
RESERVE = 500 * 1024 * 1024
BLOCK = 1 << 18


class TusError(Refused):
    """A refusal in the protocol: `status` for the client, the sentence for the person."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def parse_metadata(header: str) -> dict[str, str]:
    """`Upload-Metadata`: comma-separated pairs of a key and its base64 value."""
    pairs = (pair.strip().partition(" ") for pair in header.split(",") if pair.strip())
    try:
        return {key: base64.b64decode(value, validate=True).decode() for key, _space, value in pairs}
    except (binascii.Error, UnicodeDecodeError) as error:
        raise TusError(400, _("上传请求的格式有误，请刷新页面后重试。")) from error


def create_upload(
    owner: Any, name: str, size: int, purpose: str = "", *, max_bytes: int, scope_path: str = ""
) -> Upload:
    """Begin an upload of a known size; the part file exists before the row does."""
    if size <= 0:
        raise TusError(400, _("文件是空的。请确认选对了文件，再上传一次。"))
    if size > max_bytes:
        raise TusError(413, str(too_large(max_bytes)))
    user = audit.user_of(owner)
    _refuse_too_many(user)
    folder = _folder()
    if shutil.disk_usage(folder).free < size + RESERVE:
        raise TusError(507, _("服务器的存储空间不足，暂时不能上传。请稍后再试，并告诉系统管理员。"))
    upload = Upload(name=name[:200], size=size, purpose=purpose, by=user, scope_path=scope_path)
    upload.expires_at = clock.now() + LIFETIME
    part_path(upload).touch()
    upload.save(force_insert=True)
    return upload


def _refuse_too_many(user: Any) -> None:
    if user and Upload.objects.filter(by=user, state=UploadState.OPEN, expires_at__gt=clock.now()).count() >= MAX_OPEN:
        sentence = _("您已有 %(limit)s 个文件正在上传。请等它们完成，或取消不需要的，再继续。")
        raise TusError(429, sentence % {"limit": MAX_OPEN})


def _folder() -> Path:
    folder = Path(settings.UPLOAD_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def part_path(upload: Upload) -> Path:
    return _folder() / f"{upload.public_id}.part"


@contextmanager
def _part(upload: Upload) -> Iterator[BinaryIO]:
    """The part file, locked against every other request; refused at once when another request holds it."""
    try:
        file = part_path(upload).open("r+b")
    except FileNotFoundError as error:
        raise TusError(410, _("这次上传已过期或已取消，请重新上传。")) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TusError(423, _("这个文件正在另一个窗口上传，请稍候再试。")) from error
        upload.refresh_from_db()
        yield file


def _refuse_ended(upload: Upload) -> None:
    if upload.state != UploadState.OPEN or upload.expires_at <= clock.now():
        raise TusError(410, _("这次上传已过期或已取消，请重新上传。"))


def current_offset(upload: Upload) -> int:
    """What has arrived, by the part file itself: after a crash it may be ahead of the row."""
    if upload.state == UploadState.FINISHED:
        return upload.size
    _refuse_ended(upload)
    try:
        return min(part_path(upload).stat().st_size, upload.size)
    except FileNotFoundError as error:
        raise TusError(410, _("这次上传已过期或已取消，请重新上传。")) from error


def append(upload: Upload, offset: int, content: bytes | BinaryIO | Iterable[bytes]) -> int:
    """Append what comes (bytes, a readable, or blocks) at `offset`; returns the new offset, safely on disk.

    When the line breaks off midway, what has arrived is kept and counted before the error goes on.
    """
    with _part(upload) as file:
        _refuse_ended(upload)
        arrived = min(os.fstat(file.fileno()).st_size, upload.size)
        if offset != arrived:
            sentence = _("上传位置不一致（服务器已收到 %(arrived)s 字节），将从断点继续。")
            raise TusError(409, sentence % {"arrived": arrived})
        file.seek(arrived)
        try:
            _receive(file, _blocks(content), upload.size - arrived)
        finally:
            _keep(upload, file)
    return upload.offset


def _receive(file: BinaryIO, blocks: Iterable[bytes], room: int) -> None:
    for block in blocks:
        if len(block) > room:
            raise TusError(413, _("收到的内容超过了声明的文件大小，请刷新页面后重新上传。"))
        file.write(block)
        room -= len(block)


def _keep(upload: Upload, file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
    upload.offset = min(os.fstat(file.fileno()).st_size, upload.size)
    upload.expires_at = clock.now() + LIFETIME
    upload.save(update_fields=["offset", "expires_at"])


def _blocks(content: Any) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
    elif hasattr(content, "read"):
        while block := content.read(BLOCK):
            yield block
    else:
        yield from content


def finish(upload: Upload, *, kind: FileKind | str | Iterable[FileKind | str], max_bytes: int) -> StoredFile:
    """Check and store a complete upload. Called again, it returns the same file; refused, the part file goes."""
    if upload.file:
        return upload.file
    with _part(upload) as file:
        if upload.file:
            return upload.file
        _refuse_ended(upload)
        if os.fstat(file.fileno()).st_size != upload.size:
            raise TusError(409, _("文件还没有传完，请等上传完成后再提交。"))
        try:
            return _finish(upload, file, kind, max_bytes)
        except FileRefused as error:
            _close(upload, UploadState.REFUSED, error=str(error))
            raise


@transaction.atomic
def _finish(upload: Upload, file: BinaryIO, kind: Any, max_bytes: int) -> StoredFile:
    facts = {"by": upload.by, "scope_path": upload.scope_path, "name": upload.name}
    upload.file = accept(file, kind=kind, max_bytes=max_bytes, **facts)
    upload.offset = upload.size
    _close(upload, UploadState.FINISHED)
    return upload.file


def _close(upload: Upload, state: str, error: str = "") -> None:
    upload.state, upload.error = state, error
    upload.save(update_fields=["state", "error", "file", "offset"])
    transaction.on_commit(lambda: part_path(upload).unlink(missing_ok=True))


def terminate(upload: Upload) -> None:
    """Forget an upload under way; a finished one keeps its file."""
    with _part(upload):
        if upload.state == UploadState.OPEN:
            _close(upload, UploadState.TERMINATED)


def purge_expired() -> int:
    """Remove part files nobody continued, and rows that are past use; returns how many rows went."""
    old = Upload.objects.filter(expires_at__lt=clock.now())
    for upload in old.iterator():
        part_path(upload).unlink(missing_ok=True)
    _remove_strays()
    return old.delete()[0]


def _remove_strays() -> None:
    """Part files whose row was never committed."""
    limit = clock.now().timestamp() - 2 * LIFETIME.total_seconds()
    for path in _folder().glob("*.part"):
        if path.stat().st_mtime < limit and not Upload.objects.filter(public_id=path.stem).exists():
            path.unlink(missing_ok=True)
