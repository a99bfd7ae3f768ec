"""The mark on a file of personal data: who took it out, when and why. It lies behind the cells on the screen, stands at the
head and foot of every printed sheet and in the properties of the file, so that a copy that turns up says where it came from."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw

from kechuang.base.drawing import sans

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

TILE = (720, 300)


@dataclass(frozen=True)
class Mark:
    """`lines` are shown one under the other: person and office, moment, reason, number of the request."""

    number: str
    lines: Sequence[str]

    @property
    def text(self) -> str:
        return " · ".join(self.lines)


def picture(mark: Mark) -> bytes:
    """The tile behind the cells: pale, slanting, repeated by the spreadsheet."""
    tile = Image.new("RGB", TILE, "#ffffff")
    layer = Image.new("RGBA", TILE, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    for n, line in enumerate(mark.lines):
        draw.text((20, 60 + 34 * n), line[:40], (120, 132, 150, 110), sans(20))
    slanting = layer.rotate(12, resample=Image.Resampling.BICUBIC)
    tile.paste(slanting, (0, 0), slanting)
    out = io.BytesIO()
    tile.save(out, "PNG", optimize=True)
    return out.getvalue()


def mark_book(book: Workbook, mark: Mark, properties: dict[str, Any]) -> None:
    """Into the properties of the file: comments for people, custom properties for machines."""
    book.set_properties({**properties, "subject": mark.number, "comments": mark.text, "keywords": mark.number})
    book.set_custom_property("kechuang-export", mark.number)
    book.set_custom_property("kechuang-mark", mark.text[:255])


def mark_sheet(sheet: Worksheet, mark: Mark) -> None:
    """Behind the cells and around the printed page."""
    sheet.set_background(io.BytesIO(picture(mark)))
    line = mark.text.replace("&", "&&")
    sheet.set_header(f"&C&8{line[:200]}")
    sheet.set_footer(f"&L&8{line[:160]}&R&8&P / &N")
