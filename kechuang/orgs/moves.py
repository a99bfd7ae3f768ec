"""Upper apps register here what goes along when pupils change school: drafts, say. Consents, honours and bonds hang on the person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org


@dataclass(frozen=True)
class Moved:
    """Who left which school for which; the same school twice is somebody who comes back to it."""

    person: int
    old: Org
    new: Org


OnMove = Callable[[Sequence[Moved], Actor], None]
_hooks: list[OnMove] = []


def on_move(function: OnMove) -> OnMove:
    """`function(moves, by)` runs inside the move's transaction, once the records stand at the new school."""
    if function not in _hooks:
        _hooks.append(function)
    return function


def run_move_hooks(moves: Sequence[Moved], by: Actor) -> None:
    for function in _hooks:
        function(moves, by)
