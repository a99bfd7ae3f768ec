from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.timezone import is_aware, make_naive
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

from kechuang.base.tables.marking import Mark, mark_book, mark_sheet

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
FORMATS = {
    "text": "@",
    "integer": "0",
    "number": "#,##0.00",
    "percent": "0.0%",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
}
MAX_LIST = 255  # what Excel takes as a list inside the cell rule; longer lists stand on a sheet of their own
TEMPLATE_ROWS = 5000
MANY_ROWS = 20_000
CELL_LIMIT = 32_767
PIECE = 500
Values = Mapping[str, Any] | Sequence[Any]


@dataclass(frozen=True)
class Column:
    heading: str | Promise
    width: int = 16
    kind: str = "text"  # text integer number percent date datetime
    choices: tuple[str, ...] = ()
    note: str | Promise = ""
    required: bool = False
    sample: Any = ""

    @property
    def title(self) -> str:
        return f"{self.heading}*" if self.required else str(self.heading)


def escape_formula(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula, made inert by an apostrophe; `read_table` takes it off again."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _cells(columns: Sequence[Column], row: Values) -> list[Any]:
    if isinstance(row, Mapping):
        return [row.get(str(column.heading), "") for column in columns]
    return list(row)


def write_csv(columns: Sequence[Column], rows: Iterable[Values]) -> bytes:
    """UTF-8 with a byte order mark, or Excel in China shows rubbish."""
    return b"".join(stream_csv(columns, rows))


def stream_csv(columns: Sequence[Column], rows: Iterable[Values]) -> Iterator[bytes]:
    """`write_csv` in pieces of some hundred rows, as they come; the mark stands before the first."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([escape_formula(str(column.heading)) for column in columns])
    yield codecs.BOM_UTF8
    for number, row in enumerate(rows, start=1):
        writer.writerow([escape_formula(_plain(cell)) for cell in _cells(columns, row)])
        if number % PIECE == 0:
            yield _taken(out)
    yield _taken(out)


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode()


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return _local(cell).strftime("%Y-%m-%d %H:%M")
    return str(cell) if isinstance(cell, Promise) else cell


def _local(moment: datetime) -> datetime:
    return make_naive(moment) if is_aware(moment) else moment


class _Book:
    """One workbook in the house style; text is always written as text, never as formula or link."""

    def __init__(self, *, title: str = "", large: bool = False) -> None:
        import xlsxwriter  # noqa: PLC0415 -- slow import

        self.out = io.BytesIO()
        options = {"constant_memory": large, "in_memory": not large}
        self.book = xlsxwriter.Workbook(self.out, {**options, "default_date_format": FORMATS["date"]})
        self.book.set_properties({"title": title, "author": "", "company": ""})
        self.heading = self.book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True})
        self.required = self.book.add_format(
            {"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True, "font_color": "#B42318"}
        )
        self.sample = self.book.add_format({"italic": True, "font_color": "#667085"})
        self.inert = self.book.add_format({"num_format": "@", "quote_prefix": True})
        self.wrap = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.formats = {kind: self.book.add_format({"num_format": code}) for kind, code in FORMATS.items()}

    def bytes(self) -> bytes:
        self.book.close()
        return self.out.getvalue()

    def sheet(self, name: str, columns: Sequence[Column], *, full_columns: bool = False) -> Worksheet:
        sheet = self.book.add_worksheet(sheet_name(name))
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width, self.formats[column.kind] if full_columns else None)
            sheet.write_string(0, index, column.title, self.required if column.required else self.heading)
            if column.note and full_columns:
                sheet.write_comment(0, index, str(column.note), {"x_scale": 2})
        sheet.freeze_panes(1, 0)
        return sheet

    def write(self, sheet: Worksheet, row: int, index: int, value: Any, kind: str) -> None:
        if value is None or value == "":
            return
        if isinstance(value, bool):
            sheet.write_string(row, index, _("是") if value else _("否"))
        elif isinstance(value, datetime):
            sheet.write_datetime(row, index, _local(value), self.formats["datetime"])
        elif isinstance(value, date):
            sheet.write_datetime(row, index, value, self.formats["date"])
        elif isinstance(value, int | float) and kind != "text" and abs(value) < 10**15:
            sheet.write_number(row, index, value, self.formats[kind])
        else:
            self.write_text(sheet, row, index, str(value))

    def write_text(self, sheet: Worksheet, row: int, index: int, text: str) -> None:
        style = self.inert if text.startswith(FORMULA_STARTS) else self.formats["text"]
        sheet.write_string(row, index, text[:CELL_LIMIT], style)

    def notes(self, lines: Iterable[str | Promise]) -> None:
        if lines := list(lines):
            sheet = self.book.add_worksheet(sheet_name(_("填写说明")))
            sheet.set_column(0, 0, 100)
            for row, line in enumerate(lines):
                sheet.write_string(row, 0, str(line), self.wrap)


def sheet_name(name: str) -> str:
    """What Excel accepts: at most 31 characters, without []:*?/\\ ."""
    return "".join(" " if character in "[]:*?/\\" else character for character in name).strip("' ")[:31] or "Sheet1"


def write_xlsx(
    columns: Sequence[Column],
    rows: Iterable[Values],
    *,
    title: str = "",
    notes: Iterable[str | Promise] = (),
    mark: Mark | None = None,
) -> bytes:
    """A workbook of one sheet (dicts by heading, or sequences) and, with `notes`, a second sheet of explanations.

    `mark` says on the sheet, on paper and in the file's properties who took it out, when and why.
    """
    large = not hasattr(rows, "__len__") or len(rows) > MANY_ROWS  # type: ignore[arg-type]
    book = _Book(title=title, large=large)
    sheet = book.sheet(title, columns)
    if mark is not None:
        mark_book(book.book, mark, {"title": title})
        mark_sheet(sheet, mark)
    last = 0
    for last, row in enumerate(rows, start=1):
        for index, (column, value) in enumerate(zip(columns, _cells(columns, row), strict=False)):
            book.write(sheet, last, index, value, column.kind)
    sheet.autofilter(0, 0, last, max(0, len(columns) - 1))
    book.notes(notes)
    return book.bytes()


def write_template(columns: Sequence[Column], *, title: str = "", notes: Iterable[str | Promise] = ()) -> bytes:
    """An empty sheet to fill in: choices as lists, numbers and dates checked by Excel, required headings starred, a
    sample row that `read_table` leaves out, and the explanations on a second sheet."""
    book = _Book(title=title)
    sheet = book.sheet(title, columns, full_columns=True)
    for index, column in enumerate(columns):
        sheet.write_string(1, index, _sample(column, first=not index), book.sample)
        if rule := _rule(book, column, index):
            sheet.data_validation(1, index, TEMPLATE_ROWS, index, rule)
    book.notes([*notes, *_column_notes(columns)])
    return book.bytes()


def _sample(column: Column, *, first: bool) -> str:
    text = column.sample.isoformat() if isinstance(column.sample, date) else str(column.sample)
    return _("（示例，可删）%(value)s") % {"value": text} if first else text


def _column_notes(columns: Sequence[Column]) -> list[str]:
    return [
        _("%(heading)s：%(note)s") % {"heading": column.title, "note": column.note} for column in columns if column.note
    ]


def _rule(book: _Book, column: Column, index: int) -> dict[str, Any] | None:
    rule = _choice_rule(book, column, index) if column.choices else _kind_rule(column.kind)
    if rule is None:
        return None
    return {
        **rule,
        "ignore_blank": True,
        "error_title": str(column.heading)[:32],
        "input_message": str(column.note)[:255],
    }


def _choice_rule(book: _Book, column: Column, index: int) -> dict[str, Any]:
    message = _("请从下拉列表中选择。")
    if len(",".join(column.choices)) <= MAX_LIST and not any("," in choice for choice in column.choices):
        return {"validate": "list", "source": list(column.choices), "error_message": message}
    sheet = book.book.add_worksheet(f"list{index}")
    sheet.write_column(0, 0, column.choices)
    sheet.hide()
    return {"validate": "list", "source": f"=list{index}!$A$1:$A${len(column.choices)}", "error_message": message}


def _kind_rule(kind: str) -> dict[str, Any] | None:
    if kind == "integer":
        limits = {"criteria": "between", "minimum": -(10**9), "maximum": 10**9}
        return {"validate": "integer", **limits, "error_message": _("请填写整数。")}
    if kind in {"number", "percent"}:
        limits = {"criteria": "between", "minimum": -(10**12), "maximum": 10**12}
        return {"validate": "decimal", **limits, "error_message": _("请填写数字。")}
    if kind in {"date", "datetime"}:
        limits = {"criteria": "between", "minimum": date(1900, 1, 1), "maximum": date(2200, 1, 1)}
        return {"validate": "date", **limits, "error_message": _("请填写日期，例如 2026-09-01。")}
    return None
