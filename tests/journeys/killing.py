"""Processes that are killed with -9, on a database of their own."""

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

ROOT = Path(__file__).parents[2]
CSRF = "k" * 32


@contextmanager
def own_database(folder, options=""):
    """The address of an empty database, gone afterwards."""
    given = settings.DATABASES["default"]
    if given["ENGINE"].endswith("sqlite3"):
        yield f"sqlite:///{folder / 'kill.sqlite3'}"
        return
    import psycopg

    name = f"kill_{secrets.token_hex(4)}"
    server = f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT'] or 5432}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"{options}')
    try:
        yield f"{server}/{name}"
    finally:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def run(env: dict[str, str], *words: str) -> str:
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def kill(process: subprocess.Popen) -> None:
    """-9 to the master and its workers: nobody gets to tidy up."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(happened, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


class Web:
    """The servers that come and go before one database, and what somebody asks of them."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder, self.env = folder, env
        self.port = 0

    def scene(self, *words: str) -> Any:
        return json.loads(run(self.env, "-m", "tests.journeys.kill_scene", *words))

    @contextmanager
    def serving(self, stall_at: str = "", workers: int = 1):
        """A new server on a port of its own: one that was killed may still answer for a moment on the old one."""
        mark, self.port = self.folder / f"mark-{secrets.token_hex(4)}", free_port()
        command = [
            sys.executable, "-m", "gunicorn", "tests.journeys.kill_server:application", "--bind", f"127.0.0.1:{self.port}",
            "--workers", str(workers), "--log-level", "error",
        ]  # fmt: skip
        stalling = {"STALL_AT": stall_at, "STALL_MARK": str(mark)}
        server = subprocess.Popen(command, cwd=ROOT, env=self.env | stalling, start_new_session=True)
        try:
            until(lambda: answers(self.port))
            yield Server(server, mark)
        finally:
            kill(server)

    def ask(
        self, method: str, path: str, session: str, body: bytes = b"", **headers: str
    ) -> http.client.HTTPConnection:
        """Send it and do not wait for the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookies = {"Cookie": f"sessionid={session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}
        connection.request(method, path, body, headers=cookies | {"Content-Length": str(len(body))} | headers)
        return connection

    def killed(self, stall_at: str, method: str, path: str, session: str, body: bytes = b"", **headers: str) -> None:
        """The same, and the server is killed where it stalls: nobody gets an answer."""
        with self.serving(stall_at) as server:
            connection = self.ask(method, path, session, body, **headers)
            server.kill_at_the_mark()
            try:
                connection.getresponse()
            except (http.client.RemoteDisconnected, ConnectionError):
                connection.close()
            else:
                raise AssertionError("it answered")


class Server:
    def __init__(self, process: subprocess.Popen, mark: Path) -> None:
        self.process, self.mark = process, mark

    def kill_at_the_mark(self) -> None:
        until(self.mark.exists)
        kill(self.process)


def answer_of(connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
    answer = connection.getresponse()
    answer.text = answer.read().decode()  # type: ignore[attr-defined]
    connection.close()
    return answer
