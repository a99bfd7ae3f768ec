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


def pairs(text: str) -> list[str]:
    """Each pair of neighbouring characters of a normalised text once, none across a gap: "红树林 ai" → 红树, 树林, ai."""
    return list(dict.fromkeys(word[i : i + 2] for word in text.split() for i in range(len(word) - 1)))
