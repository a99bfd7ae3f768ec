"""What is kept how long, and how it is really deleted. Each kind of data registers a `Keeping`; `orgs.actions.retention` runs them.

Deleting goes in batches, each its own transaction: a run that was killed is simply run again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from kechuang.orgs.actor import Actor

Rows = Callable[[datetime], QuerySet[Any]]
Erase = Callable[[datetime, Actor], dict[str, int]]

EXPIRED = "保存期满"
"""The reason that the record keeps for what was deleted on time."""


@dataclass(frozen=True)
class Keeping:
    """`rows(before)` are due. `erase(before, by)` deals with one batch of them and says how many of what (nothing = done);
    without it they are simply deleted.

    `days`: how long it is kept unless an officer sets otherwise, never below `least`. `automatic`: deleted every night by itself
    from the beginning; what touches people's own records waits for an officer to switch it on.
    """

    code: str
    title: str | Promise
    basis: str | Promise
    days: int
    least: int
    automatic: bool
    rows: Rows
    erase: Erase | None = None


_keepings: dict[str, Keeping] = {}


def keeping(row: Keeping) -> Keeping:
    _keepings[row.code] = row
    return row


def keepings() -> list[Keeping]:
    return list(_keepings.values())


def keeping_named(code: str) -> Keeping | None:
    return _keepings.get(code)
