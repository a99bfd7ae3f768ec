"""A submission during which the server is killed with -9 is wholly there or not there, and its retry makes no second one.

A real gunicorn on a database of its own (SQLite, or PostgreSQL where the suite runs on it), killed as a process group.
"""

import http.client
import time
from pathlib import Path

import pytest
from django.conf import settings

from tests.journeys.killing import Web, answer_of, kill, until

pytestmark = pytest.mark.slow

NOTHING = {"state": "draft", "receipt_no": None, "moves": 0, "audited": 0, "numbers": 0, "live": 0, "audit_ok": True}
ONCE = {"state": "submitted", "moves": 1, "audited": 1, "numbers": 1, "live": 1, "audit_ok": True}


class Site(Web):
    """An application that only wants to be sent, in a database of its own, and the servers that come and go before it."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        super().__init__(folder, env)
        [made] = self.scene("make")
        self.id, self.session = made["id"], made["session"]

    def look(self) -> dict:
        return self.scene("look", self.id)

    def send(self) -> http.client.HTTPConnection:
        """Post the submission and do not wait for the answer."""
        return self.ask("POST", f"/applications/{self.id}/submit/", self.session)

    def cut_connections(self) -> None:
        """As a restart of PostgreSQL does to everybody who is in the middle of something."""
        import psycopg

        with psycopg.connect(self.env["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def submit(self) -> tuple[int, str]:
        answer = answer_of(self.send())
        return answer.status, answer.headers.get("Location", "")


@pytest.fixture
def site(tmp_path, platform):
    return Site(tmp_path, platform)


def killed_submission(site: Site, stall_at: str) -> None:
    site.killed(stall_at, "POST", f"/applications/{site.id}/submit/", site.session)


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
        until(server.mark.exists)
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
