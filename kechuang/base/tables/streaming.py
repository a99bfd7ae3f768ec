"""A table of any length, row by row: memory does not grow with the file. For commands; pages read by `read_table`."""

import codecs
import csv
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kechuang.base.archives import ArchiveRefused, check_archive
from kechuang.base.tables.reading import (
    MAX_COLUMNS,
    Row,
    TableRefused,
    _filled,
    _headings,
    _not_a_table,
    _row,
    _too_wide,
    _unescaped,
)

BLOCK = 1 << 20
ENCODINGS = ("utf-8-sig", "gb18030")
Cells = list[Any]


@dataclass(frozen=True)
class Stream:
    headings: list[str]
    rows: Iterator[Row]


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stream_table(path: Path, *, required: Iterable[str] = ()) -> Stream:
    """Headings at once, rows as they are read; the same headings, cleaning and left-out rows as `read_table`."""
    with path.open("rb") as file:
        is_zip = file.read(2) == b"PK"
    grid = enumerate(_xlsx_cells(path) if is_zip else _csv_cells(path), start=1)
    top = next((cells for _number, cells in grid if any(map(_filled, cells))), None)
    if top is None:
        raise TableRefused(_("文件里没有任何内容。请在模板中填写后再上传。"))
    if len(top) > MAX_COLUMNS:
        raise _too_wide()
    headings = _headings(top, required, {})
    rows = (_row(headings, cells, number) for number, cells in grid)
    return Stream(list(filter(None, headings)), (row for row in rows if row is not None))


def _csv_cells(path: Path) -> Iterator[Cells]:
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        first = next((line for line in file if line.strip()), "")
        delimiter = max(",\t;", key=first.count)
        file.seek(0)
        try:
            for cells in csv.reader(file, delimiter=delimiter):
                yield [_unescaped(cell) for cell in cells]
        except csv.Error as error:
            raise _not_a_table() from error


def _encoding(path: Path) -> str:
    """The first encoding in which the whole file makes sense; a file with control characters is no table."""
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if any(byte < 32 and byte not in b"\t\r\n" for byte in start):
        raise _not_a_table()
    found = next((encoding for encoding in ENCODINGS if _decodes(path, encoding)), None)
    if found is None:
        raise _not_a_table()
    return found


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _xlsx_cells(path: Path) -> Iterator[Cells]:
    from openpyxl import load_workbook  # noqa: PLC0415 -- slow import

    try:
        with path.open("rb") as file:
            if check_archive(file) != "xlsx":
                raise _not_a_table()
        book = load_workbook(path, read_only=True, data_only=True)
    except ArchiveRefused as error:
        raise TableRefused(str(error)) from error
    except (KeyError, OSError, ValueError) as error:
        raise TableRefused(_("文件已损坏，无法打开。请用 Excel 或 WPS 重新保存后再上传。")) from error
    with closing(book):
        visible = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
        for cells in visible.iter_rows(max_col=MAX_COLUMNS, values_only=True):
            yield list(cells)
