"""Finding names in a text however they are written: full or half width, with spaces inside, capitals, 一 or 1 or 壹.

Pure: it knows neither people nor schools, only words to look for and the text to look in.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

NUMERALS = {
    **dict(zip("〇一二三四五六七八九", "0123456789", strict=True)),
    **dict(zip("零壹贰叁肆伍陆柒捌玖", "0123456789", strict=True)),
    **dict(zip("貳叄陸", "236", strict=True)),
}
"""Each numeral for itself is enough: 十一中 and 11中 are both among a school's short forms."""
LEVELS = ("高级中学", "初级中学", "实验学校", "外国语学校", "中学", "小学", "学校")
SHORT_LEVELS = {"高级中学": ("高", "高中", "中"), "初级中学": ("中", "初中"), "中学": ("中",), "小学": ("小",),
                "实验学校": ("实验", "实验学校"), "外国语学校": ("外国语", "外校"), "学校": ()}  # fmt: skip
NOT_A_SCHOOL = "心间等的国学期年午旬秋华外部"
"""What follows 三中 where no school is meant: 三中心, 三中间."""
ORDINAL = re.compile(r"^第?([〇零一二三四五六七八九十\d]+)$")


@dataclass(frozen=True)
class Word:
    """A word to look for and what it is: member, adviser, guardian, school, group, district."""

    text: str
    kind: str


@dataclass(frozen=True)
class Found:
    """A word that stands in the text from `start` to `end`, and how it is written there."""

    word: Word
    start: int
    end: int
    written: str


def fold(text: str) -> tuple[str, list[int]]:
    """The text in one way of writing, and for each of its characters the place in the original it came from."""
    folded, places = [], []
    for place, character in enumerate(text):
        for one in unicodedata.normalize("NFKC", character).casefold():
            if not one.isspace() and unicodedata.category(one) not in {"Cf", "Cc"} and one not in "·•・-_":
                folded.append(NUMERALS.get(one, one))
                places.append(place)
    return "".join(folded), places


def spot(text: str, words: Iterable[Word]) -> list[Found]:
    """Where the words stand, longest first; a short form inside a name that was found already is not told again."""
    folded, places = fold(text)
    found: list[Found] = []
    taken: set[int] = set()
    for word in sorted(set(words), key=lambda one: (-len(one.text), one.text, one.kind)):
        for start, end in _places(folded, fold(word.text)[0]):
            if taken.isdisjoint(range(start, end)) and _is_whole(text, places, start, end):
                taken.update(range(start, end))
                first, last = places[start], places[end - 1] + 1
                found.append(Found(word, first, last, text[first:last]))
    return sorted(found, key=lambda one: one.start)


def _places(folded: str, needle: str) -> Iterator[tuple[int, int]]:
    at = folded.find(needle) if len(needle) > 1 else -1
    while at >= 0:
        end = at + len(needle)
        if not (
            len(needle) == 2 and needle[0].isdigit() and _is_chance(folded[max(0, at - 1) : at], folded[end : end + 1])
        ):
            yield at, end
        at = folded.find(needle, at + 1)


def _is_chance(before: str, after: str) -> bool:
    """三中 within 三中心 or 23中 is no short form of a school."""
    return before.isdigit() or (after != "" and after in NOT_A_SCHOOL)


def _is_whole(text: str, places: list[int], start: int, end: int) -> bool:
    """A name in Latin letters is a word of its own: Li Lei, not a part of another word."""
    first, last = places[start], places[end - 1]
    before, after = text[first - 1 : first], text[last + 1 : last + 2]
    return not ((_is_latin(text[first]) and _is_latin(before)) or (_is_latin(text[last]) and _is_latin(after)))


def _is_latin(character: str) -> bool:
    return bool(character) and character.isalpha() and ord(character) < 0x250


def school_forms(name: str, short_name: str = "", places: Iterable[str] = ()) -> set[str]:
    """How people write a school: its name without city and district, and 中学 as 中: 深圳市罗湖区第三中学 → 第三中学, 三中, 罗湖三中."""
    forms = {name, short_name}
    bare, prefixes = name, []
    left = {form for one in places for form in (one, one.rstrip("市区县"))} - {""}
    while place := max(filter(bare.startswith, left), key=len, default=""):
        bare = bare.removeprefix(place)
        prefixes.append(place.rstrip("市区县"))
    forms.add(bare)
    for form in (bare, short_name):
        for short in _shortened(form):
            forms |= {short, *(prefix + short for prefix in prefixes)}
    return {form for form in forms if len(form) > 2 or (len(form) == 2 and ORDINAL.match(form[0]))}


def _shortened(name: str) -> Iterator[str]:
    level = next((level for level in LEVELS if name.endswith(level)), None)
    if level is None:
        return
    stem = name.removesuffix(level)
    ordinal = ORDINAL.match(stem)
    stem = ordinal.group(1) if ordinal else stem
    if stem:
        yield from (stem + short for short in SHORT_LEVELS[level])
        if ordinal and ordinal.group(1) in _TEENS:
            yield from (_TEENS[ordinal.group(1)] + short for short in SHORT_LEVELS[level])


_TEENS = {f"十{numeral}" if n else "十": str(10 + n) for n, numeral in enumerate("〇一二三四五六七八九")}
