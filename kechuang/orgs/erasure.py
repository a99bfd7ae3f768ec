"""Upper apps register here how they delete what they hold of a person, part by part (PIPL art. 47)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable

from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import ErasedPart
from kechuang.orgs.models import Person

Eraser = Callable[[Person, Actor], dict[str, int]]
_erasers: dict[str, list[Eraser]] = defaultdict(list)
_kept: list[Callable[[Person], bool]] = []


def on_erasure(part: str, function: Eraser) -> Eraser:
    """`function(person, by)` deletes and says how many of what; it runs in the transaction of the answer."""
    if function not in _erasers[part]:
        _erasers[part].append(function)
    return function


def keeps_name(function: Callable[[Person], bool]) -> Callable[[Person], bool]:
    """`function(person)`: whether a record that the law keeps (an award, say) still needs the name."""
    _kept.append(function)
    return function


def erase_part(person: Person, part: str, by: Actor) -> Counter[str]:
    parts = (
        [p for p in ErasedPart if p != ErasedPart.EVERYTHING] if part == ErasedPart.EVERYTHING else [ErasedPart(part)]
    )
    done: Counter[str] = Counter()
    for one in [*parts, *([ErasedPart.EVERYTHING] if part == ErasedPart.EVERYTHING else [])]:
        for function in _erasers[one]:
            done.update(function(person, by))
    return done


def name_is_kept(person: Person) -> bool:
    return any(function(person) for function in _kept)
