"""A submission during which the server is killed with -9 is wholly there or not there, and its retry makes no second one.

A real gunicorn on a database of its own (SQLite, or PostgreSQL where the suite runs on it), killed as a process group.
"""

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

import pytest
from django.conf import settings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CSRF = "k" * 32
NOTHING = {"state": "draft", "receipt_no": None, "moves": 0, "audited": 0, "numbers": 0, "live": 0, "audit_ok": True}
ONCE = {"state": "submitted", "moves": 1, "audited": 1, "numbers": 1, "live": 1, "audit_ok": True}


@contextmanager
def own_database(folder):
    """The address of an empty database, gone afterwards."""
    given = settings.DATABASES["default"]
    if given["ENGINE"].endswith("sqlite3"):
        yield f"sqlite:///{folder / 'kill.sqlite3'}"
        return
    import psycopg

    name = f"kill_{secrets.token_hex(4)}"
    server = f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT'] or 5432}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"{server}/{name}"
    finally:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def run(env: dict[str, str], *words: str) -> str:
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


class Site:
    """An application that only wants to be sent, in a database of its own, and the servers that come and go before it."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder, self.env = folder, env
        self.port = _free_port()
        made = json.loads(self.run("make"))
        self.id = made["id"]
        self.session = made["session"]

    def run(self, *words: str) -> str:
        return run(self.env, "-m", "tests.journeys.kill_scene", *words)

    def look(self) -> dict:
        return json.loads(self.run("look", self.id))

    @contextmanager
    def serving(self, stall_at: str = ""):
        mark = self.folder / f"mark-{secrets.token_hex(4)}"
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "tests.journeys.kill_server:application",
            "--bind",
            f"127.0.0.1:{self.port}",
            "--log-level",
            "error",
        ]
        server = subprocess.Popen(
            command, cwd=ROOT, env=self.env | {"STALL_AT": stall_at, "STALL_MARK": str(mark)}, start_new_session=True
        )
        try:
            _until(lambda: _answers(self.port))
            yield Server(server, mark)
        finally:
            kill(server)

    def send(self) -> http.client.HTTPConnection:
        """Post the submission and do not wait for the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": f"sessionid={self.session}; csrftoken={CSRF}", "X-CSRFToken": CSRF, "Content-Length": "0"}
        connection.request("POST", f"/applications/{self.id}/submit/", headers=headers)
        return connection

    def cut_connections(self) -> None:
        """As a restart of PostgreSQL does to everybody who is in the middle of something."""
        import psycopg

        with psycopg.connect(self.env["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def submit(self) -> tuple[int, str]:
        connection = self.send()
        answer = connection.getresponse()
        where = answer.headers.get("Location", "")
        connection.close()
        return answer.status, where


class Server:
    def __init__(self, process: subprocess.Popen, mark: Path) -> None:
        self.process, self.mark = process, mark

    def kill_at_the_mark(self) -> None:
        _until(self.mark.exists)
        kill(self.process)


def kill(process: subprocess.Popen) -> None:
    """-9 to the master and its workers: nobody gets to tidy up."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _until(happened, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    """The environment of a platform with its tables and nothing in them."""
    folder = tmp_path_factory.mktemp("kill")
    with own_database(folder) as database:
        env = os.environ | {"DATABASE_URL": database, "MEDIA_ROOT": str(folder / "files"), "KECHUANG_VAR": str(folder)}
        run(env, "manage.py", "migrate", "--verbosity=0")
        yield env


@pytest.fixture
def site(tmp_path, platform):
    return Site(tmp_path, platform)


def killed_submission(site: Site, stall_at: str) -> None:
    with site.serving(stall_at) as server:
        connection = site.send()
        server.kill_at_the_mark()
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            connection.getresponse()
        connection.close()


def once(told: dict) -> bool:
    return {name: told[name] for name in ONCE} == ONCE and bool(told["receipt_no"])


def test_killed_inside_the_transaction_nothing_is_there_and_the_retry_submits_once(site):
    killed_submission(site, "inside")
    assert site.look() == NOTHING

    with site.serving():
        status, where = site.submit()

    assert (status, where.endswith("/receipt/")) == (302, True)
    assert once(site.look())


def test_killed_before_the_answer_all_is_there_and_the_retry_makes_no_second(site):
    killed_submission(site, "answer")
    first = site.look()
    assert once(first)

    with site.serving():
        answers = [site.submit(), site.submit()]

    assert [status for status, _where in answers] == [302, 302]
    assert site.look() == first


@pytest.mark.skipif(
    settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"), reason="SQLite has no server to restart"
)
def test_database_restarted_inside_the_transaction_is_told_in_words_and_the_retry_submits_once(site):
    with site.serving("inside") as server:
        connection = site.send()
        _until(server.mark.exists)
        site.cut_connections()
        server.mark.unlink()
        answer = connection.getresponse()
        told = answer.read().decode()
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert "平台暂时连不上数据库。已经确认保存和提交的内容都在，没有丢失" in told
        assert f'action="/applications/{site.id}/submit/"' in told
        assert site.look() == NOTHING

        status, where = site.submit()

    assert (status, where.endswith("/receipt/")) == (302, True)
    assert once(site.look())


def test_killed_at_any_moment_it_is_wholly_there_or_not_there(site):
    for wait in (0.01, 0.05, 0.1):
        with site.serving() as server:
            connection = site.send()
            time.sleep(wait)
            kill(server.process)
            connection.close()
        told = site.look()
        assert told == NOTHING or once(told)

    with site.serving():
        site.submit()
    assert once(site.look())
