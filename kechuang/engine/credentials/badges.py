"""The badge: a picture for a page or a portfolio, with the signed credential inside (OB 3.0 §5.3.1, PNG iTXt chunk)."""

from io import BytesIO

from PIL import Image, ImageDraw

from kechuang.base.drawing import lines_of, sans
from kechuang.engine.awards.models import Certificate

SIZE = 800
SCALE = 2
BLUE, DEEP, STAR, INK, PAPER = "#1D5FBF", "#174E9E", "#F2A100", "#16233B", "#FFFFFF"


def badge_png(certificate: Certificate) -> bytes:
    """The picture alone: prize, competition and year in a seal. Names nobody."""
    values = certificate.words["values"]
    drawn = _seal()
    pen = ImageDraw.Draw(drawn)
    middle = SIZE * SCALE // 2
    prize = sans(92 * SCALE, bold=True)
    pen.text((middle, 330 * SCALE), values["prize"], font=prize, fill=BLUE, anchor="mm")
    call = sans(38 * SCALE)
    for row, line in enumerate(lines_of(values["call"], call, 460 * SCALE, 2)):
        pen.text((middle, (430 + 54 * row) * SCALE), line, font=call, fill=INK, anchor="mm")
    pen.text(
        (middle, 700 * SCALE),
        str(certificate.issued_on.year),
        font=sans(44 * SCALE, bold=True),
        fill=PAPER,
        anchor="mm",
    )
    out = BytesIO()
    drawn.resize((SIZE, SIZE), Image.Resampling.LANCZOS).quantize(128).convert("RGBA").save(out, "PNG", optimize=True)
    return out.getvalue()


def _seal() -> Image.Image:
    picture = Image.new("RGBA", (SIZE * SCALE, SIZE * SCALE), (255, 255, 255, 0))
    pen = ImageDraw.Draw(picture)
    for inset, colour in ((20, DEEP), (34, PAPER), (46, BLUE), (86, PAPER)):
        pen.ellipse([inset * SCALE, inset * SCALE, (SIZE - inset) * SCALE, (SIZE - inset) * SCALE], fill=colour)
    pen.regular_polygon((SIZE * SCALE // 2, 195 * SCALE, 46 * SCALE), 3, rotation=0, fill=STAR)
    pen.regular_polygon((SIZE * SCALE // 2, 195 * SCALE, 46 * SCALE), 3, rotation=180, fill=STAR)
    pen.rounded_rectangle(
        [290 * SCALE, 660 * SCALE, 510 * SCALE, 740 * SCALE],
        radius=40 * SCALE,
        fill=DEEP,
        outline=PAPER,
        width=6 * SCALE,
    )
    return picture


def baked(png: bytes, credential: str) -> bytes:
    """The picture with `credential` (compact JWT or JSON) in it."""
    from openbadgeslib import baking  # noqa: PLC0415 -- slow import

    return baking.bake_png(png, credential, keyword=baking.ITXT_KEYWORD_OB3)


def unbaked(png: bytes) -> str:
    """What stands in a badge; "" where it holds no credential."""
    from openbadgeslib import baking  # noqa: PLC0415 -- slow import

    try:
        found = baking.extract_png(png, keyword=baking.ITXT_KEYWORD_OB3)
    except Exception:  # noqa: BLE001 -- a damaged picture holds nothing we could read
        return ""
    return found.decode() if isinstance(found, bytes) else str(found or "")
