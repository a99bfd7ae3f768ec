"""Drawn stand-ins for photographs of invented works: a device, a chart and a sketch of the method, by discipline and seeded by the title.

The same work looks the same every time. Nothing here is a photograph of anybody.
"""

import colorsys
import io
import math
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

from kechuang.base.drawing import lines_of, sans

SIZE = (1200, 900)
HUES = {
    "TD": 0.09, "MS": 0.60, "LS": 0.33, "ES1": 0.55, "SO1": 0.08, "PH": 0.62, "CH": 0.78, "BO": 0.36, "ZO": 0.44, "MI": 0.92, "BC": 0.30,
    "BM": 0.96, "EV": 0.47, "CS": 0.66, "EN": 0.58, "EG": 0.13, "MA": 0.70, "SO": 0.05,
}  # fmt: skip
SCENES: dict[str, tuple[str, ...]] = {
    "leaf": ("LS", "BO", "BC"), "water": ("EV", "ES1"), "flask": ("CH", "MI"), "screen": ("CS", "BM", "SO", "SO1"), "wave": ("PH", "ZO"),
    "shapes": ("MA", "MS"), "machine": ("TD", "EN", "EG"),
}  # fmt: skip


class Sheet:
    """A picture under way: a seeded palette around the discipline's hue, and twice the size, so that edges come out smooth."""

    def __init__(self, seed: str, discipline: str) -> None:
        self.rng = random.Random(seed)
        self.hue = HUES.get(discipline, 0.6) + self.rng.uniform(-0.04, 0.04)
        self.image = Image.new("RGB", SIZE, self.colour(0.10, 0.98))
        self.draw = ImageDraw.Draw(self.image, "RGBA")

    def colour(self, saturation: float, value: float, turn: float = 0.0) -> tuple[int, int, int]:
        red, green, blue = colorsys.hsv_to_rgb((self.hue + turn) % 1, saturation, value)
        return int(red * 255), int(green * 255), int(blue * 255)

    @property
    def ink(self) -> tuple[int, int, int]:
        return self.colour(0.65, 0.34)

    @property
    def accent(self) -> tuple[int, int, int]:
        return self.colour(0.75, 0.95, 0.45)

    def ground(self) -> None:
        """A soft light from one side and a table to stand on."""
        glow = Image.new("RGB", SIZE, self.colour(0.10, 0.98))
        brush = ImageDraw.Draw(glow)
        x = self.rng.randint(200, 1000)
        for radius in range(900, 100, -50):
            brush.ellipse(
                (x - radius, 320 - radius, x + radius, 320 + radius), fill=self.colour(0.02 + radius / 6000, 1.0)
            )
        self.image.paste(glow.filter(ImageFilter.GaussianBlur(40)))
        self.draw.rectangle((0, 690, SIZE[0], SIZE[1]), fill=self.colour(0.20, 0.90))
        self.draw.ellipse((250, 675, 950, 745), fill=(*self.colour(0.4, 0.55), 70))

    def png(self) -> bytes:
        stored = io.BytesIO()
        self.image.quantize(200, dither=Image.Dither.NONE).save(stored, "PNG", optimize=True)
        return stored.getvalue()


def pictures(title: str, discipline: str) -> list[tuple[str, bytes]]:
    """(caption, PNG) of a work: what it looks like, what was measured, how it was done."""
    return [
        ("作品外观", cover(title, discipline)), ("测量结果", chart(title, discipline)), ("研究过程示意", method(title, discipline)),
    ]  # fmt: skip


def cover(title: str, discipline: str = "") -> bytes:
    sheet = Sheet(title, discipline)
    sheet.ground()
    scene = next((name for name, codes in SCENES.items() if discipline in codes), "machine")
    DRAWN[scene](sheet)
    return sheet.png()


def _leaf(sheet: Sheet) -> None:
    for pot in range(3):
        x, rng = 330 + 270 * pot, sheet.rng
        height = rng.randint(190, 400)
        sheet.draw.line((x, 600, x + rng.randint(-20, 20), 600 - height), fill=sheet.colour(0.6, 0.5), width=12)
        for n in range(2 + height // 70):
            y, side = 570 - 62 * n, 1 if n % 2 else -1
            _blade(sheet, x, y, side, rng.randint(60, 115))
        sheet.draw.polygon(
            [(x - 80, 590), (x + 80, 590), (x + 58, 715), (x - 58, 715)], fill=sheet.colour(0.45, 0.72, 0.72)
        )
        sheet.draw.rounded_rectangle((x - 90, 572, x + 90, 606), 10, fill=sheet.colour(0.5, 0.80, 0.72))


def _blade(sheet: Sheet, x: int, y: int, side: int, length: int) -> None:
    tone = sheet.colour(0.62, sheet.rng.uniform(0.55, 0.8))
    outline = [(x + side * length * t, y - 46 * t - 30 * math.sin(math.pi * t)) for t in (n / 12 for n in range(13))]
    back = [
        (x + side * length * t, y - 46 * t + 18 * math.sin(math.pi * t)) for t in (n / 12 for n in range(12, -1, -1))
    ]
    sheet.draw.polygon(outline + back, fill=tone)


def _water(sheet: Sheet) -> None:
    for n in range(5):
        y = 520 + 60 * n
        wave = [(x, y + 16 * math.sin(x / 90 + n * 1.3)) for x in range(0, 1201, 20)]
        sheet.draw.polygon([*wave, (1200, 900), (0, 900)], fill=(*sheet.colour(0.35 + 0.09 * n, 0.92 - 0.06 * n), 235))
    x = sheet.rng.randint(480, 720)
    sheet.draw.ellipse((x - 170, 470, x + 170, 590), fill="#f08a24")
    sheet.draw.rounded_rectangle(
        (x - 60, 300, x + 60, 490), 16, fill=sheet.colour(0.06, 1.0), outline=sheet.ink, width=6
    )
    sheet.draw.line((x, 300, x, 160), fill=sheet.ink, width=8)
    sheet.draw.polygon([(x - 130, 250), (x + 130, 210), (x + 130, 232), (x - 130, 272)], fill=sheet.colour(0.7, 0.45))
    for radius in (36, 66, 96):
        sheet.draw.arc(
            (x - radius, 160 - radius, x + radius, 160 + radius), 215, 325, fill=sheet.colour(0.6, 0.6), width=7
        )


def _flask(sheet: Sheet) -> None:
    for n in range(4):
        x = 270 + 220 * n
        level = sheet.rng.randint(380, 560)
        body = [(x - 34, 280), (x + 34, 280), (x + 34, 440), (x + 96, 700), (x - 96, 700), (x - 34, 440)]
        sheet.draw.polygon(body, fill=(255, 255, 255, 190), outline=sheet.ink, width=6)
        spread = 34 + 62 * max(0, level - 440) / 260
        liquid = [(x - spread + 6, level), (x + spread - 6, level), (x + 88, 693), (x - 88, 693)]
        if level < 440:
            liquid = [(x - 28, level), (x + 28, level), (x + 28, 442), (x + 88, 693), (x - 88, 693), (x - 28, 442)]
        sheet.draw.polygon(liquid, fill=(*sheet.colour(0.55, 0.85, 0.09 * n), 220))
        sheet.draw.rounded_rectangle((x - 46, 262, x + 46, 286), 8, fill=sheet.ink)
        for _bubble in range(6):
            y, r, dx = sheet.rng.randint(max(level, 470), 670), sheet.rng.randint(5, 12), sheet.rng.randint(-40, 40)
            sheet.draw.ellipse((x + dx - r, y - r, x + dx + r, y + r), fill=(255, 255, 255, 150))


def _screen(sheet: Sheet) -> None:
    draw, rng = sheet.draw, sheet.rng
    draw.rounded_rectangle((190, 180, 850, 640), 26, fill=sheet.ink)
    draw.rounded_rectangle((214, 204, 826, 616), 12, fill=sheet.colour(0.05, 1.0))
    draw.polygon([(120, 715), (920, 715), (850, 645), (190, 645)], fill=sheet.colour(0.3, 0.62))
    for n in range(7):
        height = rng.randint(60, 250)
        draw.rounded_rectangle(
            (256 + 52 * n, 570 - height, 292 + 52 * n, 570), 8, fill=sheet.colour(0.5, 0.9, 0.02 * n)
        )
    for n in range(5):
        draw.rounded_rectangle(
            (640, 250 + 58 * n, 640 + rng.randint(80, 160), 272 + 58 * n), 10, fill=sheet.colour(0.18, 0.88)
        )
    draw.rounded_rectangle((900, 330, 1080, 715), 28, fill=sheet.ink)
    draw.rounded_rectangle((914, 352, 1066, 690), 14, fill=sheet.colour(0.12, 1.0))
    draw.ellipse((945, 400, 1035, 490), fill=sheet.accent)
    for n in range(3):
        draw.rounded_rectangle((936, 530 + 46 * n, 1044, 552 + 46 * n), 10, fill=sheet.colour(0.35, 0.85))


def _wave(sheet: Sheet) -> None:
    draw, rng = sheet.draw, sheet.rng
    draw.rounded_rectangle((170, 200, 1030, 660), 28, fill=sheet.colour(0.55, 0.28))
    draw.rounded_rectangle((210, 240, 800, 620), 14, fill=sheet.colour(0.6, 0.18))
    for n in range(1, 8):
        draw.line((210 + 74 * n, 240, 210 + 74 * n, 620), fill=(255, 255, 255, 36), width=2)
    for n in range(1, 5):
        draw.line((210, 240 + 76 * n, 800, 240 + 76 * n), fill=(255, 255, 255, 36), width=2)
    pitch, decay = rng.uniform(30, 52), rng.uniform(0.0008, 0.004)
    for turn, size in ((0.0, 130), (0.45, 80)):
        points = [
            (x, 430 + size * math.exp(-decay * (x - 214)) * math.sin(x / pitch + turn * 9)) for x in range(214, 798, 4)
        ]
        draw.line(points, fill=sheet.colour(0.45, 1.0, turn), width=6, joint="curve")
    for row in range(3):
        for column in range(2):
            x, y = 866 + 92 * column, 310 + 110 * row
            draw.ellipse((x - 32, y - 32, x + 32, y + 32), fill=sheet.colour(0.2, 0.75))
            angle = rng.uniform(0, 6.28)
            draw.line((x, y, x + 26 * math.cos(angle), y + 26 * math.sin(angle)), fill=sheet.ink, width=7)
    draw.rectangle((250, 660, 330, 705), fill=sheet.ink)
    draw.rectangle((870, 660, 950, 705), fill=sheet.ink)


def _shapes(sheet: Sheet) -> None:
    rng = sheet.rng
    for row in range(3):
        for column in range(5):
            x, y, tone = (
                220 + 190 * column,
                190 + 185 * row,
                sheet.colour(rng.uniform(0.3, 0.7), rng.uniform(0.75, 0.95), rng.choice((0, 0.06, 0.45))),
            )
            sides = rng.choice((3, 4, 5, 6))
            sheet.draw.regular_polygon(
                (x, y, 78), sides, rotation=rng.randint(0, 60), fill=(*tone, 225), outline=sheet.ink
            )
            if column:
                sheet.draw.line((x - 120, y, x - 70, y), fill=sheet.ink, width=4)


def _machine(sheet: Sheet) -> None:
    draw, rng = sheet.draw, sheet.rng
    draw.rounded_rectangle((320, 380, 880, 650), 30, fill=sheet.colour(0.42, 0.86), outline=sheet.ink, width=7)
    draw.rounded_rectangle((360, 420, 600, 560), 14, fill=sheet.colour(0.5, 0.25))
    points = [(374 + 15 * n, 520 - rng.randint(0, 70)) for n in range(15)]
    draw.line(points, fill=sheet.accent, width=6, joint="curve")
    for n in range(3):
        x = 660 + 80 * n
        draw.ellipse((x - 28, 440, x + 28, 496), fill=sheet.colour(0.1 + 0.25 * n, 1.0, 0.45))
    draw.rounded_rectangle((640, 530, 850, 566), 12, fill=sheet.colour(0.1, 1.0))
    for x in (430, 770):
        draw.ellipse((x - 74, 590, x + 74, 738), fill=sheet.ink)
        draw.ellipse((x - 38, 626, x + 38, 702), fill=sheet.colour(0.15, 0.95))
    joint, hand = (600 + rng.randint(-60, 60), 240), (780 + rng.randint(-80, 140), 180 + rng.randint(-30, 60))
    draw.line(((560, 385), joint, hand), fill=sheet.ink, width=26, joint="curve")
    for x, y in ((560, 385), joint, hand):
        draw.ellipse((x - 26, y - 26, x + 26, y + 26), fill=sheet.accent, outline=sheet.ink, width=6)


DRAWN: dict[str, Callable[[Sheet], None]] = {
    "leaf": _leaf, "water": _water, "flask": _flask, "screen": _screen, "wave": _wave, "shapes": _shapes, "machine": _machine,
}  # fmt: skip


def chart(title: str, discipline: str = "") -> bytes:
    """Bars with their spread, or two curves: what such a work would have measured."""
    sheet = Sheet(f"{title} chart", discipline)
    draw, rng = sheet.draw, sheet.rng
    sheet.image.paste((255, 255, 255), (0, 0, *SIZE))
    is_compared = rng.random() < 0.6
    heading = "各组测量结果（均值与标准差）" if is_compared else "随时间的变化"
    draw.text((90, 50), heading, sheet.ink, sans(38, bold=True))
    for n in range(6):
        y = 760 - 115 * n
        draw.line((140, y, 1120, y), fill=(222, 228, 236), width=2)
        draw.text((120, y), str(20 * n), (100, 112, 130), sans(26), anchor="rm")
    if is_compared:
        _bars(sheet)
    else:
        _curves(sheet)
    draw.line((140, 760, 1120, 760), fill=sheet.ink, width=4)
    return sheet.png()


def _bars(sheet: Sheet) -> None:
    groups = ("对照", "甲组", "乙组", "丙组", "丁组")
    for n, name in enumerate(groups):
        x, value = 215 + 190 * n, sheet.rng.randint(150, 520)
        sheet.draw.rounded_rectangle(
            (x, 760 - value, x + 110, 760), 8, fill=sheet.colour(0.25 if n == 0 else 0.6, 0.85)
        )
        spread = sheet.rng.randint(18, 50)
        sheet.draw.line((x + 55, 760 - value - spread, x + 55, 760 - value + spread), fill=sheet.ink, width=4)
        sheet.draw.text((x + 55, 800), name, (70, 82, 100), sans(28), anchor="mm")


def _curves(sheet: Sheet) -> None:
    for turn, name in ((0.0, "实验组"), (0.45, "对照组")):
        rate, top = sheet.rng.uniform(0.4, 1.1), sheet.rng.randint(300, 560)
        points = [
            (160 + 94 * n, 750 - top * (1 - math.exp(-rate * n * 0.5)) + sheet.rng.randint(-14, 14)) for n in range(11)
        ]
        tone = sheet.colour(0.7, 0.8, turn)
        sheet.draw.line(points, fill=tone, width=7, joint="curve")
        for x, y in points:
            sheet.draw.ellipse((x - 9, y - 9, x + 9, y + 9), fill=(255, 255, 255), outline=tone, width=5)
        sheet.draw.text((points[-1][0] - 10, points[-1][1] - 34), name, tone, sans(28, bold=True), anchor="rm")
    for n in range(11):
        sheet.draw.text((160 + 94 * n, 800), str(n), (70, 82, 100), sans(26), anchor="mm")


def method(title: str, discipline: str = "") -> bytes:
    """The way of the work in four boxes."""
    sheet = Sheet(f"{title} method", discipline)
    draw = sheet.draw
    sheet.image.paste((255, 255, 255), (0, 0, *SIZE))
    top = 60
    for line in lines_of(title, sans(42, bold=True), 1000, 2):
        draw.text((90, top), line, sheet.ink, sans(42, bold=True))
        top += 60
    steps = (
        ("提出问题", "观察、查阅资料"),
        ("设计方案", "变量、对照、样本"),
        ("实验记录", "原始数据、照片"),
        ("分析改进", "误差、再次试验"),
    )
    for n, (name, words) in enumerate(steps):
        x, y = 110 + 530 * (n % 2), 270 + 290 * (n // 2)
        draw.rounded_rectangle((x, y, x + 430, y + 200), 24, fill=sheet.colour(0.12 + 0.1 * n, 0.98))
        draw.ellipse((x + 30, y + 60, x + 110, y + 140), fill=sheet.colour(0.65, 0.75))
        draw.text((x + 70, y + 100), str(n + 1), (255, 255, 255), sans(42, bold=True), anchor="mm")
        draw.text((x + 140, y + 78), name, sheet.ink, sans(38, bold=True), anchor="lm")
        draw.text((x + 140, y + 132), words, (70, 82, 100), sans(28), anchor="lm")
    for line in ((560, 370, 620, 370), (560, 660, 620, 660)):
        draw.line(line, fill=sheet.ink, width=6)
    draw.line(((855, 490), (855, 515), (325, 515), (325, 545)), fill=sheet.ink, width=6, joint="curve")
    return sheet.png()
