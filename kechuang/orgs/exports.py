"""What can be taken out as a file of personal data. Upper apps register theirs with `export_kind`; nothing leaves by another way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils.functional import Promise

from kechuang.base.tables import Column
from kechuang.orgs.actor import Actor


@dataclass(frozen=True)
class Row:
    """A line of the file and whom it is about: the line is left out where one of them has withdrawn what the file rests on."""

    values: Sequence[Any]
    people: tuple[int, ...] = ()


@dataclass
class Sheet:
    """What a kind hands over to be written: `rows` may be a generator."""

    columns: Sequence[Column]
    rows: Iterable[Row]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Paper:
    """A file of an archive: its name inside, how it is opened, and whom it is about."""

    name: str
    open: Callable[[], IO[bytes]]
    people: tuple[int, ...] = ()


@dataclass
class Archive:
    """What a kind hands over to be put together as a zip: `papers` may be a generator."""

    papers: Iterable[Paper]


@dataclass(frozen=True)
class ExportKind:
    """`permission`: needed besides export.make. `purposes`: the consents that everybody in the file must still stand by.

    `scope(actor, args)` is the path of the organisation whose second person approves, and refuses what is not the actor's;
    `make(actor, args)` gives the sheet, or the papers of an archive, with the rights of the one who asked.
    """

    name: str
    title: str | Promise
    permission: str
    purposes: tuple[str, ...]
    scope: Callable[[Actor, Mapping[str, Any]], str]
    make: Callable[[Actor, Mapping[str, Any]], Sheet | Archive]
    label: Callable[[Mapping[str, Any]], str] = lambda args: ""
    is_look: bool = False
    """Whether identifiers stand in it: then each person's being in it is recorded as a look at them."""


_kinds: dict[str, ExportKind] = {}


def export_kind(kind: ExportKind) -> ExportKind:
    _kinds[kind.name] = kind
    return kind


def kind_named(name: str) -> ExportKind | None:
    return _kinds.get(name)


def kinds_for(actor: Actor) -> list[ExportKind]:
    """What this actor may ask for."""
    return [kind for kind in _kinds.values() if actor.paths("export.make") and actor.paths(kind.permission)]
