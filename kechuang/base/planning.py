"""Where PostgreSQL's habit of planning a statement once for all values does harm."""

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


def _unprepared(execute: Any, sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
    if many:
        return execute(sql, parameters, many, context)
    database, cursor = context["connection"], context["cursor"].cursor
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        return cursor.execute(sql, parameters, prepare=False)
