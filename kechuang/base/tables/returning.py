"""Giving a refused table back: the sender's own file, with a column that says what is wrong in which row."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kechuang.base.tables.reading import _decoded, read_bytes, read_table
from kechuang.base.tables.writing import escape_formula

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

RED, PINK = "B42318", "FEF3F2"


def annotate(original: Any, reasons: Mapping[int, str], *, heading: str = "") -> bytes:
    """The same file (xlsx stays xlsx, CSV stays CSV) with one more column; `reasons` go by `Row.number`."""
    data, title = read_bytes(original), heading or _("未导入的原因")
    return _annotate_xlsx(data, reasons, title) if data.startswith(b"PK") else _annotate_csv(data, reasons, title)


def _annotate_csv(data: bytes, reasons: Mapping[int, str], title: str) -> bytes:
    text = _decoded(data)
    delimiter = max(",\t;", key=text.lstrip().split("\n", 1)[0].count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    top, width = next(index for index, row in enumerate(rows, 1) if any(row)), max(map(len, rows))
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    for number, row in enumerate(rows, 1):
        last = title if number == top else reasons.get(number, "")
        writer.writerow([escape_formula(cell) for cell in (*row, *[""] * (width - len(row)), last)])
    return out.getvalue().encode("utf-8-sig")


def _annotate_xlsx(data: bytes, reasons: Mapping[int, str], title: str) -> bytes:
    from openpyxl import load_workbook  # noqa: PLC0415 -- slow import

    name = read_table(data).sheet
    book = load_workbook(io.BytesIO(data), keep_links=False)
    for sheet in book.worksheets:
        _disarm(sheet)
    _add_column(book[name], reasons, title)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _disarm(sheet: Worksheet) -> None:
    """What one person wrote runs on nobody else's machine: formulas become text, links go."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.hyperlink is not None:
                cell.hyperlink = None
            if cell.data_type == "f":
                cell.value, cell.data_type = str(getattr(cell.value, "text", cell.value) or ""), "s"
                cell.quotePrefix = True


def _add_column(sheet: Worksheet, reasons: Mapping[int, str], title: str) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 -- slow import

    column = _last_filled_column(sheet) + 1
    top = next(row for row in range(1, sheet.max_row + 1) if any(cell.value is not None for cell in sheet[row]))
    _write(sheet, top, column, title)
    sheet.column_dimensions[get_column_letter(column)].width = 50
    for number, reason in reasons.items():
        _write(sheet, number, column, reason)


def _last_filled_column(sheet: Worksheet) -> int:
    return max(
        (cell.column for row in sheet.iter_rows() for cell in row if cell.value is not None),
        default=0,
    )


def _write(sheet: Worksheet, row: int, column: int, text: str) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415 -- slow import

    cell = sheet.cell(row, column)
    cell.value, cell.data_type = text, "s"
    cell.font, cell.fill = Font(color=RED), PatternFill("solid", fgColor=PINK)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
