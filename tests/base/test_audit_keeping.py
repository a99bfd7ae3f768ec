"""The ledger is kept and goes with the data: no duty removes a row, a backup and a dump of PostgreSQL carry the chain, a change is still named."""

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from kechuang.base import anchors, audit, clock, upkeep
from kechuang.base.backups import make_backup, restore_backup
from kechuang.base.models import AuditAnchor, AuditEntry
from tests.base.test_backups import empty
from tests.factories.orgs import a_school

pytestmark = pytest.mark.slow
SIX_MONTHS = timedelta(days=184)
"""网络安全法第二十一条: at least six months."""


def a_chain() -> AuditEntry:
    """Three rows of which the first two are chained and witnessed; returns the second."""
    audit.record("first", by=None)
    second = audit.record("second", by=None, reason="真实理由")
    audit.seal()
    anchors.drop_anchor()
    audit.record("third", by=None)
    return second


def falsify(entry: AuditEntry) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE base_auditentry SET reason = 'x' WHERE id = %s", [entry.pk])


@pytest.mark.django_db
def test_no_duty_of_the_platform_removes_a_row():
    a_chain()
    kept = set(AuditEntry.objects.values_list("pk", flat=True))

    for days in (1, SIX_MONTHS.days, 3 * 365):
        with clock.travel(clock.now() + timedelta(days=days)):
            upkeep.tick(everything=True)

    assert kept <= set(AuditEntry.objects.values_list("pk", flat=True))
    assert audit.verify().ok


@pytest.mark.django_db
def test_a_backup_carries_the_chain_with_its_witnesses(tmp_path: Path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    a_school()
    second = a_chain()
    witnesses = anchors.kept()

    make_backup(tmp_path / "backup")
    empty()
    assert AuditAnchor.objects.count() == 0
    restore_backup(tmp_path / "backup")

    assert audit.verify(witnesses).ok
    falsify(second)
    report = audit.verify(witnesses)
    assert report.first_broken is not None
    assert report.first_broken["entry_id"] == second.pk


def _tool(name: str, *words: str) -> None:
    facts = connection.settings_dict
    where = [
        "--host",
        facts["HOST"] or "localhost",
        "--port",
        str(facts["PORT"] or 5432),
        "--username",
        facts["USER"],
        facts["NAME"],
    ]
    environment = {**os.environ, "PGPASSWORD": facts["PASSWORD"]}
    subprocess.run([name, *words, *where], env=environment, check=True, capture_output=True)


@pytest.fixture
def dumped(tmp_path: Path) -> Callable[[], None]:
    """Dumps the ledger with PostgreSQL's own tools, empties it, and reads the dump back."""
    if connection.vendor != "postgresql" or not shutil.which("pg_dump") or not shutil.which("psql"):
        pytest.skip("needs PostgreSQL with its tools pg_dump and psql")

    def there_and_back() -> None:
        file = tmp_path / "ledger.sql"
        _tool("pg_dump", "--data-only", "--table=base_audit*", f"--file={file}")
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE base_auditentry, base_auditseal, base_audithead, base_auditanchor")
        assert AuditEntry.objects.count() == 0
        _tool("psql", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={file}")

    return there_and_back


@pytest.mark.django_db(transaction=True)
def test_the_chain_survives_a_dump_of_postgresql(dumped: Callable[[], None]):
    second = a_chain()

    dumped()

    assert audit.verify().ok
    falsify(second)
    assert (audit.verify().first_broken or {})["entry_id"] == second.pk
