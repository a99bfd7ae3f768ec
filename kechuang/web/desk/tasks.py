"""What a desk is made of: tasks (“needs you now”), what is under way, and the order of both."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kechuang.base import clock


@dataclass
class Task:
    """One line of “needs you now”, with the one button that leads there."""

    title: str
    url: str
    label: str
    n: int = 1
    over: str = ""
    since: datetime | None = None
    until: datetime | None = None
    icon: str = "clipboard-list"
    tone: str = ""
    counts: bool = True
    lacks: tuple[str, ...] = ()
    more: int = 0

    @property
    def days(self) -> int:
        return (clock.now() - self.since).days if self.since else 0


@dataclass
class Line:
    """One line of what is under way: where it is, who has it, what comes next and until when."""

    title: str
    url: str
    over: str = ""
    state: str = ""
    holder: str = ""
    then: str = ""
    until: datetime | None = None
    done: int = 0
    total: int = 0
    unit: str = ""


def in_order(tasks: Iterable[Task]) -> list[Task]:
    """Nearest deadline first, then the longest wait; what has neither comes last."""
    far = clock.now() + timedelta(days=36_500)
    return sorted(tasks, key=lambda task: (task.until or far, task.since or far))
