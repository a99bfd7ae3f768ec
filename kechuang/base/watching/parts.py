"""Whether the parts the platform stands on answer: database, its structure, the store of files, room, a worker."""

import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from kechuang.base import clock
from kechuang.base.ids import new_file_id
from kechuang.base.models import Heartbeat

WORKER = "worker"
SILENT_AFTER = 120
FREE_MEGABYTES = 200


def beat() -> None:
    """A worker's sign of life."""
    Heartbeat.objects.update_or_create(name=WORKER, defaults={"at": clock.now()})


def seconds_since_work() -> float:
    """Since any worker was seen; -1 when none ever was."""
    at = Heartbeat.objects.filter(name=WORKER).values_list("at", flat=True).first()
    return (clock.now() - at).total_seconds() if at else -1


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _structure() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} migrations are waiting: run kechuang migrate" if waiting else ""


def _files() -> str:
    name = default_storage.save(f"ready/{new_file_id()}", ContentFile(b"ready"))
    default_storage.delete(name)
    return ""


def _room() -> str:
    free = shutil.disk_usage(Path(settings.UPLOAD_DIR).parent).free // 1024 // 1024
    return f"only {free} MB are free for uploads" if free < FREE_MEGABYTES else ""


def _worker() -> str:
    idle = seconds_since_work()
    if 0 <= idle <= SILENT_AFTER:
        return ""
    return "no job worker was seen for a while: run kechuang work"


NEEDED: dict[str, Callable[[], str]] = {"database": _database, "migrations": _structure, "files": _files, "room": _room}
WANTED: dict[str, Callable[[], str]] = {"worker": _worker}
"""Without a worker pages still answer; letters and certificates wait."""


def examine() -> tuple[bool, dict[str, str]]:
    """(ready, part → "ok" or what is wrong). One part's failure does not hide another's."""
    found = {name: _told(check) for name, check in (NEEDED | WANTED).items()}
    return all(found[name] == "ok" for name in NEEDED), found


def _told(check: Callable[[], str]) -> str:
    try:
        return check() or "ok"
    except (DatabaseError, OSError) as error:
        return f"does not answer ({type(error).__name__})"
