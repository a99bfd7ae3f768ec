"""What a move works on, and how it ended."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kechuang.base.errors import Refused
from kechuang.engine.applications.models import Application
from kechuang.engine.calls.models import Call
from kechuang.engine.workflow.workflow import Move
from kechuang.orgs.actor import Actor


class MoveRefused(Refused):
    """A move that may not be made now; the sentence says why."""


@dataclass
class Batch:
    """What guards and effects receive: applications of one call under one move."""

    call: Call
    move: Move
    applications: list[Application]
    actor: Actor
    now: datetime
    reason: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class Outcome:
    done: list[Application] = field(default_factory=list)
    refused: list[tuple[Application, str]] = field(default_factory=list)
