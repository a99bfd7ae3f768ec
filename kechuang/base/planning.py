"""Where PostgreSQL's habits do harm: planning a statement once for all values, sorting on disk what has room in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def planned_anew() -> Iterator[None]:
    """Statements in here are planned for their values each time.

    PostgreSQL plans a statement that it knows once for all values. For most that saves a third of the work. For a list whose
    filters may find three rows or forty thousand it is a trap: the one plan for all took a second where a plan for this list
    takes five milliseconds.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.execute_wrapper(_unprepared):
        yield


@contextmanager
def room_to_sort(megabytes: int = 64) -> Iterator[None]:
    """Statements in here may sort and keep so much in memory; beyond 4 MB PostgreSQL would write it to files and read it again."""
    if connection.vendor != "postgresql":
        yield
        return
    _say(f"SET work_mem = '{megabytes}MB'")
    try:
        yield
    finally:
        _say("RESET work_mem")


def _say(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _unprepared(execute: Any, sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
    if many:
        return execute(sql, parameters, many, context)
    database, cursor = context["connection"], context["cursor"].cursor
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        return cursor.execute(sql, parameters, prepare=False)
