"""Keys of earlier rows, on disk: a city has two million of them, and memory stays flat."""

from __future__ import annotations

import hashlib
import sqlite3


class DiskSeen:
    """`setdefault` of a dict, in a temporary database that the system removes. Keys are hashed: it holds no identifier."""

    def __init__(self) -> None:
        self._store = sqlite3.connect("", isolation_level=None)
        self._store.execute("PRAGMA journal_mode = OFF")
        self._store.execute("CREATE TABLE seen (key BLOB PRIMARY KEY, number INTEGER) WITHOUT ROWID")

    def setdefault(self, key: tuple[str, ...], number: int, /) -> int:
        mark = hashlib.blake2b("\0".join(key).encode(), digest_size=16).digest()
        if self._store.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (mark, number)).rowcount:
            return number
        return self._store.execute("SELECT number FROM seen WHERE key = ?", (mark,)).fetchone()[0]

    def close(self) -> None:
        self._store.close()
