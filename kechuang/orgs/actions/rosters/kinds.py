"""What a kind of roster must say about itself; pupils, teachers and schools each say it in a module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from kechuang.base.errors import Refused
from kechuang.base.tables import Column
from kechuang.orgs.actions.rosters.register import Register
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org, Person


@dataclass
class Checked:
    """A row read without an error: what it says, whom it is about, and what to mind."""

    facts: dict[str, Any]
    person: Person | None = None
    is_update: bool = False
    warnings: list[str] = field(default_factory=list)


class Seen(Protocol):
    def setdefault(self, key: tuple[str, ...], number: int, /) -> int: ...


@dataclass
class Context:
    """The roster being checked: `seen` remembers keys of earlier rows with their row number, `register` knows who is known."""

    org: Org
    by: Actor
    seen: Seen = field(default_factory=dict)  # type: ignore[assignment]
    register: Register = field(default_factory=Register)

    def earlier(self, number: int, *key: str) -> int | None:
        """The row that has used the key before; else the key now belongs to this one."""
        first = self.seen.setdefault(key, number)
        return None if first == number else first


class RowsRefused(Refused):
    """Several sentences about one row."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("".join(sentences))
        self.sentences = sentences


class Kind(Protocol):
    def columns(self, org: Org) -> list[Column]: ...
    def notes(self) -> list[str]: ...
    def check(self, row: Mapping[str, Any], number: int, context: Context) -> Checked: ...
    def take(self, checked: Checked, context: Context) -> Person | None: ...


class Gather:
    """Runs every check of a row, so that the sender reads all that is wrong with it at once."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def __call__(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Refused as refusal:
            self.sentences.append(refusal.sentence)
            return None

    def say(self, sentence: str | None) -> None:
        if sentence:
            self.sentences.append(str(sentence))

    def close(self) -> None:
        if self.sentences:
            raise RowsRefused(self.sentences)
