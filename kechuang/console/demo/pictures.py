"""Drawn stand-ins for photographs and reports of invented works: seeded, so the same work looks the same every time."""

import colorsys
import io
import random

from PIL import Image, ImageDraw, ImageFilter


def cover(seed: str, size: tuple[int, int] = (1200, 800)) -> bytes:
    """An abstract PNG picture of `size` pixels for a work."""
    rng = random.Random(seed)
    hue = rng.random()
    image = Image.new("RGB", size, _colour(hue, 0.25, 0.96))
    draw = ImageDraw.Draw(image, "RGBA")
    for n in range(9):
        _shape(draw, rng, size, (*_colour(hue + rng.uniform(-0.08, 0.16), 0.55, 0.85), 60 + 12 * n))
    image = image.filter(ImageFilter.GaussianBlur(1.2))
    stored = io.BytesIO()
    image.save(stored, "PNG", optimize=True)
    return stored.getvalue()


def _colour(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return int(red * 255), int(green * 255), int(blue * 255)


def _shape(
    draw: ImageDraw.ImageDraw, rng: random.Random, size: tuple[int, int], fill: tuple[int, int, int, int]
) -> None:
    width, height = size
    x, y, radius = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(60, 320)
    if rng.random() < 0.5:
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
    else:
        draw.regular_polygon((x, y, radius), n_sides=rng.choice((3, 4, 6)), rotation=int(rng.uniform(0, 90)), fill=fill)
