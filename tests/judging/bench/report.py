"""One line a bar: what was measured, what the peers reach, whether it holds."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Report:
    """Prints as it goes; `broken` collects the bars that do not hold."""

    broken: list[str] = field(default_factory=list)

    def heading(self, text: str) -> None:
        print(f"\n{text}")

    def line(self, text: str) -> None:
        print(f"      {text}", flush=True)

    def bar(self, name: str, what: str, value: str, *, bar: str, peers: str, holds: bool) -> None:
        """One bar; `peers` are the figures of other engines ("" = none known)."""
        print(f"{'ok  ' if holds else 'MISS'} {name:<4}{what:<44} {value:<36} bar {bar}", flush=True)
        if peers:
            print(f"{'':9}{'':44} peers {peers}")
        if not holds:
            self.broken.append(f"{name} {what}: {value} (bar {bar})")

    def finish(self) -> int:
        print()
        print("Every bar holds." if not self.broken else f"{len(self.broken)} bars do not hold:")
        for sentence in self.broken:
            print(f"  {sentence}")
        return min(1, len(self.broken))


def cpu_of(work: Callable[[], object]) -> tuple[object, float]:
    """Result and CPU seconds."""
    started = time.process_time()
    found = work()
    return found, time.process_time() - started


def peak_megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
