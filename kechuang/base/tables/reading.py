import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from kechuang.base.archives import ArchiveRefused, check_archive
from kechuang.base.errors import Refused

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
SAMPLE_MARK = "（示例"
REQUIRED_MARKS = "*＊"
ROOM = 100  # blank and sample rows do not count against the limit
CELL = re.compile(rb'<(?:\w+:)?(?:c|row)\s[^>]*?\br="([A-Z]{0,3})(\d{1,7})"')
Grid = list[list[Any]]


class TableRefused(Refused):
    """The sentence that says why the file cannot be read as a table, and what to do."""


class Row(dict[str, Any]):
    """A row by heading; `number` is its row in the file as Excel shows it."""

    def __init__(self, values: Iterable[tuple[str, Any]], number: int) -> None:
        super().__init__(values)
        self.number = number


@dataclass(frozen=True)
class Table:
    headings: list[str]
    rows: Iterator[Row]
    sheet: str
    count: int


def read_table(
    file: Any,
    *,
    max_rows: int = MAX_ROWS,
    max_bytes: int = MAX_BYTES,
    required: Iterable[str] = (),
    known: Iterable[str] = (),
    sheet: str = "",
) -> Table:
    """Read an xlsx or CSV (a path, bytes, or an open file): the first visible sheet, its first filled row as headings.

    Blank rows and sample rows of our templates are left out; text is trimmed, whole numbers are ints. A heading named in `known`
    is told by that name in whichever language the file has it.
    """
    data = read_bytes(file, max_bytes)
    name, grid = _read_xlsx(data, max_rows, sheet) if data.startswith(b"PK") else ("", _read_csv(data))
    top = next((index for index, row in enumerate(grid) if any(map(_filled, row))), None)
    if top is None:
        raise TableRefused(_("文件里没有任何内容。请在模板中填写后再上传。"))
    headings = _headings(grid[top], required, in_any_language(known))
    rows = [row for row in _rows(headings, grid, top) if row is not None]
    if len(rows) > max_rows:
        raise _too_many(len(rows), max_rows)
    return Table(headings=list(filter(None, headings)), rows=iter(rows), sheet=name, count=len(rows))


def in_any_language(sources: Iterable[str]) -> dict[str, str]:
    """What somebody may write for each of these source strings → the source string: itself, and how every language puts it."""
    sources = list(sources)
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES if sources else ():
        with translation.override(language):
            found |= {_(source): source for source in sources}
    return found | {source: source for source in sources}


def read_bytes(file: Any, max_bytes: int = MAX_BYTES) -> bytes:
    if isinstance(file, bytes):
        data = file
    elif isinstance(file, str | Path):
        with Path(file).open("rb") as opened:
            data = opened.read(max_bytes + 1)
    else:
        file.seek(0)
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        limit = max_bytes // 1024 // 1024
        raise TableRefused(_("文件超过 %(limit)s MB。请删去图片等多余内容，或分成几个文件上传。") % {"limit": limit})
    return data


def _too_many(count: int, limit: int) -> TableRefused:
    sentence = _("表格有 %(count)s 行，一次最多 %(limit)s 行。请分成几个文件上传。")
    return TableRefused(sentence % {"count": count, "limit": limit})


# --- headings and rows -------------------------------------------------------------------------------------------


def _headings(cells: list[Any], required: Iterable[str], known: Mapping[str, str]) -> list[str]:
    given = [str(_clean(cell) or "").replace("\n", "").rstrip(REQUIRED_MARKS).strip() for cell in cells]
    headings = [known.get(heading, heading) for heading in given]
    named = [heading for heading in headings if heading]
    twice = sorted({heading for heading in named if named.count(heading) > 1})
    if twice:
        sentence = _("表头“%(headings)s”出现了两次。请每一列只用一个名称。")
        raise TableRefused(sentence % {"headings": "、".join(twice)})
    missing = [_(heading) if heading in known else heading for heading in required if heading not in named]
    if missing:
        sentence = _("第一行里找不到表头“%(headings)s”。请下载模板，不要改动模板的表头。")
        raise TableRefused(sentence % {"headings": "、".join(missing)})
    return headings


def _rows(headings: list[str], grid: Grid, top: int) -> Iterator[Row | None]:
    for index, cells in enumerate(grid[top + 1 :], start=top + 2):
        yield _row(headings, cells, index)


def _row(headings: list[str], cells: list[Any], number: int) -> Row | None:
    values = [_clean(cell) for cell in cells]
    if not any(map(_filled, values)) or str(values[0]).startswith(SAMPLE_MARK):
        return None
    values += [""] * (len(headings) - len(values))
    return Row(((heading, value) for heading, value in zip(headings, values, strict=False) if heading), number)


def _filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _clean(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell.replace("\u00a0", " ").replace("\u200b", "").strip()
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return "" if cell is None else cell


# --- csv ---------------------------------------------------------------------------------------------------------


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _not_a_table()


def _not_a_table() -> TableRefused:
    return TableRefused(_("这不是表格文件。请上传 Excel（.xlsx）或 CSV 文件；旧的 .xls 文件请先另存为 .xlsx。"))


def _read_csv(data: bytes) -> Grid:
    text = _decoded(data)
    if any(ord(character) < 32 and character not in "\t\r\n" for character in text[:4096]) or "\x00" in text:
        raise _not_a_table()
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise _not_a_table() from error
    if rows and max(map(len, rows)) > MAX_COLUMNS:
        raise _too_wide()
    return [[_unescaped(cell) for cell in row] for row in rows]


def _unescaped(cell: str) -> str:
    """The inverse of `escape_formula`, so that what we wrote comes back as it was."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {"=", "+", "-", "@", "\t", "\r"} else cell


# --- xlsx --------------------------------------------------------------------------------------------------------


def _too_wide() -> TableRefused:
    return TableRefused(_("表格超过 %(limit)s 列。请使用模板填写。") % {"limit": MAX_COLUMNS})


def _read_xlsx(data: bytes, max_rows: int, wanted: str) -> tuple[str, Grid]:
    try:
        kind = check_archive(io.BytesIO(data))
    except ArchiveRefused as error:
        raise TableRefused(str(error)) from error
    if kind != "xlsx":
        raise _not_a_table()
    _refuse_far_cells(io.BytesIO(data), max_rows)
    try:
        return _grid(CalamineWorkbook.from_filelike(io.BytesIO(data)), wanted)
    except (CalamineError, PasswordError, OSError, ValueError) as error:
        raise TableRefused(_("文件已损坏，无法打开。请用 Excel 或 WPS 重新保存后再上传。")) from error


def _grid(book: CalamineWorkbook, wanted: str) -> tuple[str, Grid]:
    visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    name = wanted if wanted in visible else visible[0]
    return name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def _refuse_far_cells(file: BinaryIO, max_rows: int) -> None:
    """One cell at XFD1048576 makes a reader lay out 17 billion cells: look at the addresses before it does."""
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                with archive.open(name) as sheet:
                    rows, columns = _extent(sheet)
                if columns > MAX_COLUMNS:
                    raise _too_wide()
                if rows > max_rows + ROOM:
                    raise _too_many(rows - 1, max_rows)


def _extent(sheet: Any) -> tuple[int, int]:
    rows = columns = 0
    rest = b""
    while block := sheet.read(1 << 20):
        for letters, digits in CELL.findall(rest + block):
            rows, columns = max(rows, int(digits)), max(columns, _column(letters))
        rest = (rest + block)[-300:]
    return rows, columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
