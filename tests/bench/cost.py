"""What processes cost, from /proc: CPU seconds and memory of a process and all that descend from it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Memory:
    """Megabytes: `rss` counts what processes share once for each of them, `pss` once in all."""

    rss: float
    pss: float


def family(pid: int) -> list[int]:
    """The process and its descendants."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (fields := _stat(int(entry.name))):
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, edge = [pid], [pid]
    while edge:
        edge = [child for parent in edge for child in parents.get(parent, [])]
        found += edge
    return found


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat after the name: state, parent, …; nothing once the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def cpu_seconds(pid: int) -> float:
    """User and system time of the family, those of its children that have ended included."""
    ticks = sum(sum(int(field) for field in fields[11:15]) for each in family(pid) if (fields := _stat(each)))
    return ticks / TICK


def memory(pid: int, *, with_root: bool = True) -> Memory:
    """Of the family; without the root, of what it started."""
    pids = family(pid) if with_root else family(pid)[1:]
    return Memory(sum(_rss(each) for each in pids), sum(_pss(each) for each in pids))


def _rss(pid: int) -> float:
    fields = _stat(pid)
    return int(fields[21]) * PAGE / 2**20 if fields else 0.0


def _pss(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("Pss:")), 0.0)
