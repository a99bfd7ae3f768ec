"""How texts are compared: fingerprints to find who shares anything, then letter by letter. Pure; nothing here grows with the square of the entries.

Letters are what stands between punctuation and spaces, width and case apart. Of every run of `K` letters a hash is taken, and of every
`WINDOW` neighbouring hashes the smallest is kept (winnowing: Schleimer, Wilkerson, Aiken, SIGMOD 2003). Two texts that share a passage
of K + WINDOW - 1 letters share at least one kept hash, those that share K + 2·WINDOW - 1 at least two.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

K, WINDOW = 12, 13
LEAST, LEAST_LATIN = 24, 60
"""Shorter passages are turns of phrase. Latin letters say less each."""
SHARED_PRINTS = 2
COMMON = 40
"""What stands in more entries than this (the form's own words, a quoted standard) tells nothing about any two of them."""
PARTNERS = 8
Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class Letters:
    """The letters of a text, and where each stands in it."""

    text: str
    places: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.text)


def letters_of(text: str) -> Letters:
    plain = unicodedata.normalize("NFKC", text).casefold()
    if len(plain) == len(text):  # as nearly always: each character stands where it stood
        kept = [place for place, character in enumerate(plain) if character.isalnum()]
        return Letters("".join([plain[place] for place in kept]), tuple(kept))
    return _one_by_one(text)


def _one_by_one(text: str) -> Letters:
    """Where a character becomes several (㎡ → m2), each of them stands at its place."""
    found, places = [], []
    for place, character in enumerate(text):
        plain = character if character.isascii() else unicodedata.normalize("NFKC", character)
        for one in plain.casefold():
            if one.isalnum():
                found.append(one)
                places.append(place)
    return Letters("".join(found), tuple(places))


def _hashes(letters: str) -> Hashes:
    """One hash for each run of K letters: a polynomial modulo 2⁶⁴, stirred so that neighbours fall apart."""
    codes = np.frombuffer(letters.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if len(codes) < K:
        return np.empty(0, dtype=np.uint64)
    found = np.zeros(len(codes) - K + 1, dtype=np.uint64)
    for n in range(K):
        found = found * np.uint64(0x9E3779B97F4A7C15) + codes[n : len(codes) - K + 1 + n]
    found ^= found >> np.uint64(31)
    found *= np.uint64(0xBF58476D1CE4E5B9)
    found ^= found >> np.uint64(29)
    return found


def kept_prints(kept: Any) -> Hashes:
    """Prints as the database keeps them (bytes or a view of them)."""
    return np.frombuffer(bytes(kept), dtype=np.uint64)


def prints_of(letters: str) -> Hashes:
    """The kept hashes, each once, in order."""
    found = _hashes(letters)
    if len(found) <= WINDOW:
        return np.unique(found[found.argmin() :][:1]) if len(found) else found
    windows = np.lib.stride_tricks.sliding_window_view(found, WINDOW)
    return np.unique(windows.min(axis=1))


def partners(prints: Sequence[Hashes], of: Sequence[int]) -> dict[int, list[int]]:
    """For each text of `of` (places in `prints`) the texts that share most with it, the most first: a sort and a count."""
    if not prints:
        return {}
    owners = np.repeat(np.arange(len(prints), dtype=np.int64), [len(one) for one in prints])
    hashes = np.concatenate(prints)
    order = np.argsort(hashes, kind="stable")
    hashes, owners = hashes[order], owners[order]
    starts = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1])))
    sizes = np.diff(np.concatenate((starts, [len(hashes)])))
    kept = np.repeat((sizes > 1) & (sizes <= COMMON), sizes)
    hashes, owners = hashes[kept], owners[kept]
    return _counted(_pairs(hashes, owners, len(prints)), len(prints), set(of))


def _pairs(hashes: Hashes, owners: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Every two owners of one hash as a single number, a·count + b with a < b."""
    found = []
    for step in range(1, COMMON):
        same = hashes[:-step] == hashes[step:]
        if not same.any():
            break
        one, other = owners[:-step][same], owners[step:][same]
        found.append(np.minimum(one, other) * count + np.maximum(one, other))
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def _counted(pairs: NDArray[np.int64], count: int, wanted: set[int]) -> dict[int, list[int]]:
    keys, shared = np.unique(pairs, return_counts=True)
    strong = shared >= SHARED_PRINTS
    rows: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for key, n in zip(keys[strong].tolist(), shared[strong].tolist(), strict=True):
        one, other = divmod(key, count)
        rows[one].append((-n, other))
        rows[other].append((-n, one))
    return {place: [other for _n, other in sorted(row)[:PARTNERS]] for place, row in rows.items() if place in wanted}


@dataclass(frozen=True)
class Passage:
    """A passage that stands in both texts, as places in their letters."""

    start: int
    end: int
    other: int

    def __len__(self) -> int:
        return self.end - self.start


def passages(text: str, other: str) -> list[Passage]:
    """The passages of `text` (letters) that stand in `other`, from left to right, each as long as it can be."""
    mine, theirs = _hashes(text), _hashes(other)
    places: dict[int, list[int]] = defaultdict(list)
    both = np.isin(theirs, mine)
    for place in np.flatnonzero(both).tolist():
        places[int(theirs[place])].append(place)
    found: list[Passage] = []
    at = 0
    for start in np.flatnonzero(np.isin(mine, theirs)).tolist():
        if start < at:
            continue
        length, there = max((_alike(text, start, other, place), -place) for place in places[int(mine[start])][:16])
        passage = Passage(start, start + length, -there)
        if length >= _least(text[passage.start : passage.end]):
            found.append(passage)
            at = passage.end
    return found


def _alike(text: str, start: int, other: str, place: int) -> int:
    length, most = 0, min(len(text) - start, len(other) - place)
    while length < most and text[start + length] == other[place + length]:
        length += 1
    return length


def _least(passage: str) -> int:
    return LEAST_LATIN if sum(map(str.isascii, passage)) * 2 > len(passage) else LEAST


def share_covered(length: int, found: Sequence[Passage]) -> float:
    """The share of a text of `length` letters that stands in any of these passages."""
    covered, at = 0, 0
    for passage in sorted(found, key=lambda one: (one.start, one.end)):
        covered += max(0, passage.end - max(at, passage.start))
        at = max(at, passage.end)
    return covered / length if length else 0.0
