"""Search in Chinese and English with what every database has: a substring of normalised text, found by pairs (base/pairs.py).

Width, case and spaces between Chinese and Latin letters make no difference.
"""

import re
import unicodedata
from collections.abc import Iterable

_GAP = re.compile(r"\s+")
_RUNS = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]+|[^\s㐀-鿿豈-﫿\U00020000-\U0003ffff]+")
MAX_WORDS = 8
MAX_LENGTH = 100


def normalise(text: str) -> str:
    """One form for what people write alike: NFKC (Ａ→A, ①→1), case folded, single spaces between Chinese and Latin runs."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_RUNS.findall(_GAP.sub(" ", folded)))


def search_words(text: str) -> list[str]:
    """The words of a query, each of which must be found: "ＡＩ红树林 监测" → ai, 红树林, 监测."""
    words = normalise(text[:MAX_LENGTH]).split(" ")
    return list(dict.fromkeys(word for word in words if word.strip("-–—_,.;:!?，。；：！？、《》“”()[]（）\"'")))[
        :MAX_WORDS
    ]


def search_text(parts: Iterable[str]) -> str:
    """What a work is found by. Parts are kept apart, so that no word is found across two of them."""
    return "\n".join(normalise(part) for part in parts if part)


ANY = "？"
"""Stands for any one character; a normalised text has the narrow sign instead."""


def pairs(text: str) -> list[str]:
    """Each pair of neighbouring characters of a normalised text once, and of Chinese characters also each two with one
    between, whatever it is; none across a gap: "红树林 ai" → 红树, 红？林, 树林, ai. What ANY hides is in no pair."""
    found: dict[str, None] = {}
    for word in text.split():
        for i, first in enumerate(word):
            if first == ANY:
                continue
            near, far = word[i + 1 : i + 2], word[i + 2 : i + 3]
            if near and near != ANY:
                found[first + near] = None
            if far and far != ANY and not first.isascii():
                found[first + ANY + far] = None
    return list(found)
