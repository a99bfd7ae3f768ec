"""How commands speak: words for people on the terminal, one JSON object for programs, progress on stderr."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


def say_json(value: dict[str, Any]) -> None:
    """One object on stdout and nothing else there."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


@contextmanager
def progress_bar(title: str, total: int | None = None) -> Iterator[Any]:
    """A bar on stderr (silent where that is no terminal); yields `advance_to(done, total=None)`."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task(title, total=total)

        def advance_to(done: int, total: int | None = None) -> None:
            bar.update(task, completed=done, **({"total": total} if total is not None else {}))

        yield advance_to
