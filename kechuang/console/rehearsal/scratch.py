"""A database and a file store of the rehearsal's own (ADR 0005): made before, dropped after, never the city's."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections


@contextmanager
def scratch_environment(*, keep: bool) -> Iterator[dict[str, str]]:
    """Environment variables that point a child process at a fresh, empty database and file store."""
    folder = Path(tempfile.mkdtemp(prefix="kechuang-rehearsal-"))
    database = settings.DATABASES["default"]
    is_sqlite = database["ENGINE"].endswith("sqlite3")
    name = f"kechuang_rehearsal_{uuid.uuid4().hex[:12]}"
    url = f"sqlite:///{folder / 'rehearsal.sqlite3'}" if is_sqlite else _postgresql_url(database, name)
    if not is_sqlite:
        _create_database(name)
    try:
        yield {"DATABASE_URL": url, "MEDIA_ROOT": str(folder / "files"), "KECHUANG_VAR": str(folder), "S3_BUCKET": ""}
    finally:
        if not keep:
            if not is_sqlite:
                _drop_database(name)
            shutil.rmtree(folder, ignore_errors=True)


def _postgresql_url(database: dict[str, object], name: str) -> str:
    user, password = quote(str(database.get("USER") or "")), quote(str(database.get("PASSWORD") or ""))
    login = f"{user}:{password}@" if password else f"{user}@" if user else ""
    return f"postgres://{login}{database.get('HOST') or ''}:{database.get('PORT') or 5432}/{name}"


def _create_database(name: str) -> None:
    try:
        with connections["default"]._nodb_cursor() as cursor:  # the server, whether our own database exists yet or not
            cursor.execute(f'CREATE DATABASE "{name}"')
    except Exception as error:
        raise CommandError(
            f"无法为演练建立临时数据库：{error}。请给数据库账号 CREATEDB 权限，或者不设 DATABASE_URL，在 SQLite 上演练。"
        ) from error


def _drop_database(name: str) -> None:
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
