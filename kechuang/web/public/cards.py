"""Share cards: the picture that messengers show beside a link. Drawn from facts that the page itself shows, kept for an hour.

No names of pupils stand on a card. Whether there is a card at all is asked of the database each time (views/sharing.py).
"""

import hashlib
import io
from dataclasses import astuple, dataclass
from typing import BinaryIO

from django.core.cache import cache
from PIL import Image, ImageDraw, ImageOps

from kechuang.base.drawing import lines_of, sans

SIZE = (1200, 630)
INK, TEXT, MUTED, PRIMARY, TINT, ACCENT = "#16233b", "#334155", "#566579", "#1d5fbf", "#eaf2fd", "#f2a100"
KEPT_FOR = 3600


@dataclass(frozen=True)
class Card:
    """over: a word above the title; facts: up to two lines below; foot: whose page it is; picture: a name for the cover."""

    over: str
    title: str
    facts: tuple[str, ...]
    foot: str
    picture: str = ""


def png(card: Card, cover: BinaryIO | None = None) -> bytes:
    """The PNG of a card."""
    key = "card:" + hashlib.sha256(repr(astuple(card)).encode()).hexdigest()
    found: bytes | None = cache.get(key)
    if found is None:
        found = _drawn(card, cover)
        cache.set(key, found, KEPT_FOR)
    return found


def _drawn(card: Card, cover: BinaryIO | None) -> bytes:
    image = Image.new("RGB", SIZE, "#ffffff")
    draw = ImageDraw.Draw(image)
    width = 1040
    if cover is not None:
        with Image.open(cover) as picture:
            image.paste(ImageOps.fit(picture.convert("RGB"), (460, SIZE[1])), (SIZE[0] - 460, 0))
        width = 600
    else:
        _circles(draw)
    draw.rectangle((0, 0, 14, SIZE[1]), fill=PRIMARY)
    _words(draw, card, width)
    stored = io.BytesIO()
    image.quantize(192).save(stored, "PNG", optimize=True)
    return stored.getvalue()


def _circles(draw: ImageDraw.ImageDraw) -> None:
    for radius, fill in ((420, TINT), (280, "#d8e7fb"), (150, "#bcd5f7")):
        draw.ellipse((1200 - radius, 630 - radius, 1200 + radius, 630 + radius), fill=fill)


def _words(draw: ImageDraw.ImageDraw, card: Card, width: int) -> None:
    left, top = 80, 74
    label = sans(28, bold=True)
    draw.rounded_rectangle((left, top, left + label.getlength(card.over) + 40, top + 54), 12, fill=TINT)
    draw.text((left + 20, top + 27), card.over, PRIMARY, label, anchor="lm")
    size = 60 if len(card.title) < 26 else 50
    font = sans(size, bold=True)
    top += 90
    for line in lines_of(card.title, font, width, 3):
        draw.text((left, top), line, INK, font)
        top += int(size * 1.35)
    top += 14
    for fact in card.facts:
        for line in lines_of(fact, sans(32), width, 1):
            draw.text((left, top), line, TEXT, sans(32))
            top += 50
    draw.rounded_rectangle((left, 540, left + 36, 576), 9, fill=ACCENT)
    draw.text((left + 52, 558), card.foot, MUTED, sans(28), anchor="lm")
