"""What a file really is. A polyglot – one file that two programs read as two things – is refused as such."""

import re
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

import filetype
from django.utils.translation import gettext as _

from kechuang.base.archives import ArchiveRefused, check_archive
from kechuang.base.enums import FileKind
from kechuang.base.files.refusal import FileRefused

EDGE = 64 * 1024
MARKUP = re.compile(rb"<script|<html|<!doctype|<\?php|<svg|<iframe", re.IGNORECASE)


@dataclass(frozen=True)
class Format:
    kind: FileKind
    content_type: str
    extension: str


OFFICE = "application/vnd.openxmlformats-officedocument"
PNG = Format(FileKind.IMAGE, "image/png", "png")
JPEG = Format(FileKind.IMAGE, "image/jpeg", "jpg")
WEBP = Format(FileKind.IMAGE, "image/webp", "webp")
PDF = Format(FileKind.PDF, "application/pdf", "pdf")
MP4 = Format(FileKind.VIDEO, "video/mp4", "mp4")
MOV = Format(FileKind.VIDEO, "video/quicktime", "mov")
XLSX = Format(FileKind.SHEET, f"{OFFICE}.spreadsheetml.sheet", "xlsx")
CSV = Format(FileKind.SHEET, "text/csv", "csv")
DOCX = Format(FileKind.DOCUMENT, f"{OFFICE}.wordprocessingml.document", "docx")
PPTX = Format(FileKind.DOCUMENT, f"{OFFICE}.presentationml.presentation", "pptx")
BY_ARCHIVE = {"xlsx": XLSX, "docx": DOCX, "pptx": PPTX}
BY_MAGIC = {"image/png": PNG, "image/jpeg": JPEG, "image/webp": WEBP, "application/pdf": PDF}
SPOKEN = {
    FileKind.IMAGE: "PNG、JPG、WebP",
    FileKind.PDF: "PDF",
    FileKind.VIDEO: "MP4、MOV",
    FileKind.SHEET: "XLSX、CSV",
    FileKind.DOCUMENT: "DOCX、PPTX",
}


def sniff(file: BinaryIO) -> Format | None:
    """The format by content, or None when it is none that the platform takes."""
    head, tail = _edges(file)
    if head.startswith(b"PK\x03\x04"):
        return _office(file)
    found = _video(head) or BY_MAGIC.get(getattr(filetype.guess(head[:8192]), "mime", ""))
    if found is None:
        return CSV if _is_text(head) and not MARKUP.search(head) else None
    _refuse_polyglot(file, found, head, tail)
    return found


def _edges(file: BinaryIO) -> tuple[bytes, bytes]:
    file.seek(0)
    head = file.read(EDGE)
    file.seek(max(0, file.seek(0, 2) - EDGE))
    tail = file.read()
    file.seek(0)
    return head, tail


def _office(file: BinaryIO) -> Format | None:
    try:
        return BY_ARCHIVE.get(check_archive(file) or "")
    except ArchiveRefused as error:
        raise FileRefused(str(error)) from error
    finally:
        file.seek(0)


def _video(head: bytes) -> Format | None:
    if head[4:8] != b"ftyp":
        return None
    if head[8:12] == b"qt  ":
        return MOV
    return None if head[8:12] in {b"heic", b"heix", b"mif1", b"avif", b"M4A "} else MP4


def _is_text(head: bytes) -> bool:
    return bool(head) and b"\x00" not in head and head.count(b"\n") > 0


def _refuse_polyglot(file: BinaryIO, found: Format, head: bytes, tail: bytes) -> None:
    other_start = found is not PDF and b"%PDF-" in head[:1024]
    edges = head[:1024] if found is PDF else head + tail  # a PDF may well show such text on a page
    is_archive = zipfile.is_zipfile(file)
    file.seek(0)
    if other_start or is_archive or MARKUP.search(edges):
        raise FileRefused(_("文件里夹带了另一种格式的内容，可能被人动过手脚。请从原来的软件重新导出后再上传。"))
