"""Text in pictures that Pillow draws: the same Chinese fonts as in the PDF files."""

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from kechuang.base.pdf import font_dirs


@lru_cache(maxsize=32)
def sans(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Noto Sans SC of `size` pixels."""
    weight = "700Bold" if bold else "400Regular"
    folder = next(Path(found) for found in font_dirs() if found.endswith(f"noto-sans-sc/{weight}"))
    return ImageFont.truetype(str(next(folder.glob("*.ttf"))), size)


def lines_of(text: str, font: ImageFont.FreeTypeFont, width: int, most: int) -> list[str]:
    """`text` in at most `most` lines of `width` pixels; Latin words stay whole, what is left over ends in an ellipsis."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and font.getlength(line + piece) > width:
            lines.append(line.strip())
            line = piece.lstrip()
        else:
            line += piece
    lines.append(line.strip())
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and font.getlength(last + "…") > width:
        last = last[:-1]
    return [*lines[: most - 1], last + "…"]


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for character in text:
        if (
            pieces
            and character.isascii()
            and not character.isspace()
            and pieces[-1][-1:].isascii()
            and not pieces[-1].isspace()
        ):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces
