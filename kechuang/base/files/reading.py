"""The words inside a stored file, place by place: what a reader (or a search for names) finds in it."""

from __future__ import annotations

import io
import re
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any, BinaryIO

import pikepdf

from kechuang.base.enums import FileKind
from kechuang.base.models import StoredFile

if TYPE_CHECKING:
    import pypdfium2

PDFIUM = threading.Lock()
"""The library keeps state of its own and must not be entered by two threads."""
PART = re.compile(r"(word|ppt|xl)/[\w/.-]+\.xml$")
AUTHOR = re.compile(r'(?:author|lastModifiedBy|userId|initials|name)="([^"]{1,80})"', re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")
BLOCK_END = re.compile(r"</(?:w:p|a:p|si|row)>")
MOST_CHARACTERS = 2_000_000


@dataclass(frozen=True)
class Words:
    """Some text of a file. `page` counts from 1; 0 is what belongs to no page: notes, bookmarks, names of editors."""

    page: int
    text: str


def words_of(stored: StoredFile) -> Iterator[Words]:
    """The text of a PDF page by page, or of a Word, PowerPoint or Excel file; pictures and videos have none."""
    with stored.open() as file:
        if stored.kind == FileKind.PDF:
            yield from pdf_words(file.read())
        elif stored.kind in {FileKind.DOCUMENT, FileKind.SHEET} and not stored.name.endswith(".csv"):
            yield from office_words(io.BytesIO(file.read()))


def pdf_words(data: bytes) -> Iterator[Words]:
    """Each page's text, then its notes and the bookmarks."""
    for number, text in enumerate(_page_texts(data), 1):
        yield Words(number, text)
    yield from _margins(data)


def _page_texts(data: bytes) -> Iterator[str]:
    import pypdfium2  # noqa: PLC0415 -- slow import

    with PDFIUM:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    try:
        for number in range(count):
            with PDFIUM:
                text = _page_text(document, number)
            yield text
    finally:
        with PDFIUM:
            document.close()


def _page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    page = document[number]
    words = page.get_textpage()
    text: str = words.get_text_bounded()[:MOST_CHARACTERS]
    words.close()
    page.close()
    return text


def _margins(data: bytes) -> Iterator[Words]:
    """Names of those who wrote notes, what the notes say, the bookmarks: read by nobody, and still there."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for number, page in enumerate(pdf.pages, 1):
            for note in page.get("/Annots") or []:
                yield from _strings(note, ("/T", "/Contents", "/V", "/Subj"), number)
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and "/Title" in item and ("/Dest" in item or "/A" in item):
                yield from _strings(item, ("/Title",), 0)


def _strings(item: Any, keys: tuple[str, ...], page: int) -> Iterator[Words]:
    for key in keys:
        value = item.get(key) if isinstance(item, pikepdf.Dictionary) else None
        if isinstance(value, pikepdf.String):
            yield Words(page, str(value))


def office_words(file: BinaryIO) -> Iterator[Words]:
    """The text of each part, and who edited or commented."""
    with zipfile.ZipFile(file) as package:
        for member in package.infolist():
            if PART.match(member.filename) and member.file_size < 20 * MOST_CHARACTERS:
                yield from _part(package.read(member).decode("utf-8", "replace"))


def _part(xml: str) -> Iterator[Words]:
    text = unescape(TAG.sub("", BLOCK_END.sub("\n", xml)))
    if text.strip():
        yield Words(0, text[:MOST_CHARACTERS])
    names = {unescape(name) for name in AUTHOR.findall(xml)}
    if names:
        yield Words(0, "\n".join(sorted(names)))
