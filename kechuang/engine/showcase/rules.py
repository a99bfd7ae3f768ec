"""Search in Chinese and English with what every database has: a substring of normalised text.

A gallery holds some thousand works, where a plain scan answers in milliseconds and finds every two-character word, which
trigram indexes do not. Width, case and spaces between Chinese and Latin letters make no difference.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_GAP = re.compile(r"\s+")
_RUNS = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]+|[^\s㐀-鿿豈-﫿\U00020000-\U0003ffff]+")
MAX_WORDS = 8
MAX_LENGTH = 100
MAX_GRAMS = 16


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


def grams(text: str) -> list[str]:
    """The pieces that a mistyped query still shares with what was meant: pairs of Chinese characters, threes of Latin letters."""
    found: list[str] = []
    for word in search_words(text):
        size = 3 if word.isascii() else 2
        found += [word[i : i + size] for i in range(len(word) - size + 1)]
    return list(dict.fromkeys(found))[:MAX_GRAMS]


def enough(count: int) -> int:
    """How many of `count` pieces must be found: two in five, as one wrong character spoils two pairs or three threes."""
    return max(1, -(-2 * count // 5))


def likeness(a: str, b: str) -> float:
    """How alike two titles are: shared pairs of characters (Chinese) or shared words (Latin), 0–1."""
    left, right = _features(a), _features(b)
    return len(left & right) / len(left | right) if left and right else 0.0


@lru_cache(maxsize=4096)  # the same few hundred titles stand beside every work of their field
def _features(text: str) -> frozenset[str]:
    found: set[str] = set()
    for run in normalise(text).split(" "):
        found |= {run} if run.isascii() else {run[i : i + 2] for i in range(len(run) - 1)}
    return frozenset(feature for feature in found if len(feature) > 1)


def why_not_publish(application_state: str, members: int, missing: int) -> str:
    """Only awarded work, and only if every member's consent for 作品展示 stands (PIPL arts. 29–31)."""
    if application_state != "awarded":
        return "not_awarded"
    return "no_consent" if missing or not members else ""
