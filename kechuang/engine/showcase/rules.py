"""Search that forgives slips, and likeness of titles. How words are read: base/searching.py."""

import re
from collections.abc import Iterable
from functools import lru_cache

from kechuang.base.searching import ANY, normalise, search_words

MAX_GRAMS = 16


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


_LATIN = re.compile(r"[a-z][a-z0-9]{3,}")
_HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]+")
SURE = 4
"""Shorter words, Latin or Chinese, are never guessed at: too many others lie one slip away."""
LONG = 7
"""Latin words of this length or more forgive two slips, shorter ones a single one."""
MOST_FORMS = 4


def latin_words(text: str) -> set[str]:
    """The Latin words of a normalised text that a mistyped word may have meant."""
    return set(_LATIN.findall(text))


def slips(a: str, b: str, most: int) -> int:
    """How many slips lie between two words: a letter too many, missing, wrong, or two neighbours swapped (optimal string
    alignment). Counts no further than `most` + 1."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    above = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            best = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
        before, above = above, row
    return min(above[-1], most + 1)


def meant_words(word: str, known: Iterable[str]) -> list[str]:
    """The known Latin words that `word` is a mistyped form of, only the nearest; empty where it is too short to tell."""
    if len(word) < SURE or not word.isascii():
        return []
    most = 2 if len(word) >= LONG else 1
    found = [(slips(word, other, most), other) for other in known if abs(len(word) - len(other)) <= most]
    nearest = min((count for count, _other in found), default=most + 1)
    return sorted(other for count, other in found if count == nearest <= most)[:MOST_FORMS]


def meant_forms(word: str) -> list[str]:
    """What may stand for a run of four or more Chinese characters with one of them wrong (ANY in its place) or two neighbours
    swapped; nothing for others."""
    if len(word) < SURE or not _HAN.fullmatch(word):
        return []
    wrong = [f"{word[:i]}{ANY}{word[i + 1 :]}" for i in range(len(word))]
    swapped = [f"{word[:i]}{word[i + 1]}{word[i]}{word[i + 2 :]}" for i in range(len(word) - 1)]
    return list(dict.fromkeys(wrong + swapped))


def pattern(forms: Iterable[str]) -> str:
    """A regular expression for any of the forms."""
    return "|".join(form.replace(ANY, r"\S") for form in forms)


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
