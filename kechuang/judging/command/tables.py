"""Reading csv, xlsx and npz, writing csv; formula-like cells are written so that no spreadsheet runs them."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

Row = dict[str, str]


class FileRefused(Exception):
    """The file cannot be read as what was asked; the text says why."""


def read_rows(path: Path) -> list[Row]:
    """Rows of a csv (UTF-8 or GB 18030) or of the first sheet of an xlsx, by lower-case heading."""
    if path.suffix.lower() == ".xlsx":
        return read_sheets(path)[0][1]
    text = _decoded(path.read_bytes())
    rows = list(csv.reader(io.StringIO(text, newline="")))
    return _by_heading(rows, path.name)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("文件编码无法识别，请另存为 UTF-8 编码的 CSV")


def _by_heading(rows: Sequence[Sequence[Any]], name: str) -> list[Row]:
    if not rows or not any(str(cell).strip() for cell in rows[0]):
        raise FileRefused(f"{name} 没有表头")
    headings = [str(cell).strip().lower() for cell in rows[0]]
    if len(set(filter(None, headings))) != len(list(filter(None, headings))):
        raise FileRefused(f"{name} 的表头有重复列")
    return [
        dict(zip(headings, (_text(cell) for cell in row), strict=False))
        for row in rows[1:]
        if any(_text(cell) for cell in row)
    ]


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def read_sheets(path: Path) -> list[tuple[str, list[Row]]]:
    """(name, rows) of each sheet."""
    from openpyxl import load_workbook  # noqa: PLC0415 -- slow import

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        raise FileRefused(f"{path.name} 不是可读取的 xlsx 文件") from error
    found = []
    for sheet in book.worksheets:
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        found.append((sheet.title.strip().lower(), _by_heading(rows, f"{path.name}/{sheet.title}") if rows else []))
    return found


def column(rows: Sequence[Row], *names: str) -> list[str]:
    """The column under the first of these headings that exists."""
    for name in names:
        if rows and name in rows[0]:
            return [row.get(name, "") for row in rows]
    raise FileRefused(f"缺少列：{'/'.join(names)}")


def number(text: str) -> float:
    """A number or NaN for an empty cell."""
    try:
        return float(text) if text else float("nan")
    except ValueError:
        raise FileRefused(f"“{text}”不是数字") from None


def write_rows(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows([_safe(cell) for cell in row] for row in rows)


def write_book(path: Path, sheets: Mapping[str, tuple[Sequence[str], Iterable[Sequence[Any]]]]) -> None:
    """An xlsx with a sheet per name: headings, then rows."""
    from openpyxl import Workbook  # noqa: PLC0415 -- slow import

    book = Workbook()
    book.remove(book.active)
    for name, (headings, rows) in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(list(headings))
        for row in rows:
            sheet.append([_safe(cell) for cell in row])
        sheet.freeze_panes = "A2"
    book.save(path)


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@\t\r") else cell
