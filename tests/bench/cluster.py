"""A PostgreSQL cluster of the bench's own, so that its CPU is counted whole and it may be restarted at will."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

HOME = Path(os.environ.get("KECHUANG_BENCH_DIR", Path(tempfile.gettempdir()) / f"kechuang-bench-{os.getuid()}"))
"""Where clusters, files and collected static files of benches stand; made again when it is gone."""
DATABASES = "kechuang_bench"
SHARED_BUFFERS = "1GB"
"""A quarter of a machine with 4 GB, as its manual advises. Its own 128 MB hold neither scene of 50,000 entries nor two side by side."""


def programs() -> Path:
    """The folder of initdb and postgres; the newest version of those installed."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version)
    if not places:
        raise SystemExit("PostgreSQL's programs are needed: apt-get install -y postgresql")
    return places[-1]


def _version(place: Path) -> float:
    return float(place.parent.name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Cluster:
    """`with Cluster("web") as cluster:` starts it (its data stay for the next run) and stops it at the end.

    PostgreSQL refuses to run as root: then its processes belong to the account `postgres`. Settings are PostgreSQL's own
    but for the address and SHARED_BUFFERS; every commit reaches the disk.
    """

    name: str
    port: int = 0
    server: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        return HOME / f"cluster-{self.name}"

    def __enter__(self) -> Cluster:
        self.port = self.port or free_port()
        self._make()
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def url(self, database: str) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def _account(self) -> dict[str, str]:
        return {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}

    def _make(self) -> None:
        if (self.folder / "PG_VERSION").exists():
            return
        HOME.mkdir(parents=True, exist_ok=True)
        HOME.chmod(0o755)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        command = [
            str(programs() / "initdb"),
            "-D",
            str(self.folder),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **self._account())

    def start(self) -> None:
        """Start the server and wait until it answers; also after `crash`."""
        command = [str(programs() / "postgres"), "-D", str(self.folder), "-p", str(self.port), "-c", "listen_addresses=127.0.0.1",
                   "-c", f"unix_socket_directories={self.folder}", "-c", "log_min_messages=fatal",
                   "-c", f"shared_buffers={SHARED_BUFFERS}"]  # fmt: skip
        self.server = subprocess.Popen(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       start_new_session=True, **self._account())  # fmt: skip
        until = time.monotonic() + 60
        while not self._answers():
            if time.monotonic() > until or self.server.poll() is not None:
                raise SystemExit("The bench's PostgreSQL does not start.")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """The fast shutdown: open transactions are rolled back."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """Without a farewell; `start` recovers from the log."""
        self._end(signal.SIGQUIT)

    def _end(self, sign: signal.Signals) -> None:
        if self.server and self.server.poll() is None:
            self.server.send_signal(sign)
            self.server.wait(60)

    @property
    def pid(self) -> int:
        assert self.server
        return self.server.pid

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def has(self, database: str) -> bool:
        return bool(self.execute(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"))

    def create(self, database: str, template: str = "template1") -> None:
        """A database, empty or a copy of another one (which nobody may be using)."""
        self.drop(database)
        self.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')

    def drop(self, database: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
