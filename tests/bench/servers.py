"""Two web processes as production runs them: the product's own server command and settings, behind (what looks like) a proxy."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.serve import Processes
from tests.bench.cluster import HOME, free_port
from tests.bench.http import Connection

ROOT = Path(__file__).resolve().parents[2]
WEB_PROCESSES = 2


def production(database_url: str, name: str) -> dict[str, str]:
    """The environment of a production process that works on this database. Keys are those of the data, so they stay."""
    folder = HOME / f"var-{name}"
    return {
        **{key: value for key, value in os.environ.items() if key not in {"DEBUG", "DJANGO_SETTINGS_MODULE"}},
        "DATABASE_URL": database_url, "KECHUANG_VAR": str(folder), "KECHUANG_PRODUCTION": "1", "KECHUANG_DEMO": "0",
        "SECRET_KEY": "bench-only-secret-key-" + "0" * 40, "AUDIT_KEY": "bench-only-audit-key-" + "1" * 40,
        "INDEX_KEY": "bench-only-index-key-" + "2" * 40, "FIELD_KEYS": "k1=bench-only-field-key-" + "3" * 40,
        "RATE_LIMITS": ",".join(f"{what}=100000000/100000000" for what in ("search", "verify", "codes", "export", "api")),
        "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver", "SITE_URL": "https://127.0.0.1", "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1",
    }  # fmt: skip


def python(environment: Mapping[str, str], *words: str, silent: bool = False) -> str:
    """Run a Python program of this environment to its end; its standard output."""
    errors = subprocess.DEVNULL if silent else None
    return subprocess.run(
        [sys.executable, *words],
        env=dict(environment),
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    ).stdout


def collect_static(environment: Mapping[str, str]) -> None:
    python(environment, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")


@dataclass
class Servers:
    """`with Servers(environment) as servers:` waits until `servers.port` answers. `application` may name a bench's own."""

    environment: Mapping[str, str]
    application: str = ""
    healthy: str = "/healthz"
    processes: int = WEB_PROCESSES
    port: int = 0
    master: subprocess.Popen[bytes] | None = None
    _log: Path = field(default_factory=lambda: HOME / f"servers-{secrets.token_hex(4)}.log")

    def __enter__(self) -> Servers:
        self.port = self.port or free_port()
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def command(self) -> list[str]:
        """What `kechuang serve` starts, with another application where one is named."""
        command = Processes("127.0.0.1", self.port, self.processes, 0).web_command
        return [
            self.application if self.application and word == "config.wsgi:application" else word for word in command
        ]

    def start(self) -> None:
        HOME.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self.master = subprocess.Popen(
                self.command(), env=dict(self.environment), cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + 60
        while not self._answers():
            if self.master.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"The servers do not start:\n{self._log.read_text()[-2000:]}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return Connection("127.0.0.1", self.port, timeout=5).get(self.healthy).status == 200
        except OSError:
            return False

    @property
    def pid(self) -> int:
        assert self.master
        return self.master.pid

    def workers(self) -> list[int]:
        """The web processes, without their master."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def stop(self) -> None:
        if self.master and self.master.poll() is None:
            self.master.send_signal(signal.SIGTERM)
            try:
                self.master.wait(30)
            except subprocess.TimeoutExpired:
                self.master.kill()
                self.master.wait()
        self._log.unlink(missing_ok=True)
