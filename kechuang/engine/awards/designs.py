"""The looks of a certificate and the checked palette: what an officer chooses from, and what the template is given.

Every colour that carries words stands out from its paper by at least 4.5:1; a test computes it.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from kechuang.engine.programme.declaration import CertificateDesign

LOOKS: dict[str, Any] = {
    "gold": _("金线证书"),
    "red_gold": _("红金奖状"),
    "modern": _("现代简约"),
    "letter": _("信函式聘书"),
    "plaque": _("牌匾式荣誉"),
}
OWN_PALETTE = {"gold": "gold", "red_gold": "red", "modern": "blue", "letter": "ink", "plaque": "gold"}
OWN_ORIENTATION = {"letter": "portrait"}
"""What each look was drawn for; the officer may choose otherwise."""

PALETTES: dict[str, Any] = {
    "gold": _("金色"),
    "red": _("中国红"),
    "blue": _("鹏城蓝"),
    "green": _("松绿"),
    "purple": _("紫"),
    "ink": _("墨色"),
}
COLOURS: dict[str, dict[str, str]] = {
    "gold": {
        "accent": "#B8860B", "trim": "#D9B95B", "pale": "#F6EEDA", "deep": "#7A5800", "ink": "#16233B", "muted": "#56657B", "strong": "#A5121A",
    },
    "red": {
        "accent": "#B5121B", "trim": "#C9A227", "pale": "#FBEDE6", "deep": "#8E1016", "ink": "#2A1614", "muted": "#6B5B57", "strong": "#B5121B",
    },
    "blue": {
        "accent": "#1D5FBF", "trim": "#8FB4E8", "pale": "#EAF2FD", "deep": "#174E9E", "ink": "#16233B", "muted": "#52627A", "strong": "#174E9E",
    },
    "green": {
        "accent": "#1B7F4B", "trim": "#9CCBB0", "pale": "#E8F5EE", "deep": "#14613A", "ink": "#14261C", "muted": "#4F6357", "strong": "#14613A",
    },
    "purple": {
        "accent": "#5B3A8C", "trim": "#BBA3DD", "pale": "#F2EDFA", "deep": "#472C70", "ink": "#1F1630", "muted": "#615873", "strong": "#5B3A8C",
    },
    "ink": {
        "accent": "#334155", "trim": "#A3B0C2", "pale": "#F1F4F8", "deep": "#1F2A3A", "ink": "#16233B", "muted": "#56657B", "strong": "#1F2A3A",
    },
}  # fmt: skip
WORDED = ("deep", "ink", "muted", "strong")
"""The colours that words are set in, on white and on `pale`; titles also in `accent`, which is large."""

ORIENTATIONS: dict[str, Any] = {"landscape": _("横向"), "portrait": _("竖向")}
LANGUAGES: dict[str, Any] = {"zh": _("中文"), "en": _("英文"), "both": _("中英对照")}
NUMBER_PLACES: dict[str, Any] = {"beside": _("左下，与核验信息一起"), "corner": _("右上角")}
MOST_OF_A_TITLE = 40
"""Characters of a title, of whatever look: more than that is no title."""


def frozen(design: CertificateDesign) -> dict[str, Any]:
    """The design as it stands in a certificate's words."""
    return asdict(design)


def facts_of(words: Mapping[str, Any]) -> dict[str, Any]:
    """What the template needs of the design; words frozen before there were designs have the first look."""
    design = words.get("design") or asdict(CertificateDesign())
    return {
        "template": design["look"], "colors": COLOURS[design["palette"]], "orientation": design["orientation"],
        "number_place": design["number"],
    }  # fmt: skip


def has_qr(words: Mapping[str, Any]) -> bool:
    return bool(words.get("design", {}).get("qr", True))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours after WCAG 2.2, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
