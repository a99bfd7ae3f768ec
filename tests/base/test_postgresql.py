"""A kept connection is tried out without a question while it is in use, and with one once something may have happened to it."""

from unittest import mock

import pytest
from django.db import connection, connections
from django.db.backends.postgresql import base as django_base

from kechuang.base.models import NumberSeries
from kechuang.base.planning import planned_anew, room_to_sort

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server"),
]


@pytest.fixture
def asked():
    """How often Django's own question is put."""
    with mock.patch.object(django_base.DatabaseWrapper, "is_usable", autospec=True, return_value=True) as question:
        yield question


def test_a_connection_that_has_just_worked_is_not_asked(asked):
    connection.ensure_connection()
    connection._tried_at = 0.0

    assert connection.is_usable()
    assert connection.is_usable()

    assert asked.call_count == 1


def test_after_an_error_or_some_silence_it_is_asked(asked):
    connection.ensure_connection()
    connection.is_usable()
    connection.errors_occurred = True
    connection.is_usable()
    connection.errors_occurred = False
    before = asked.call_count
    connection._tried_at -= 6

    assert connection.is_usable()

    assert asked.call_count == before + 1


def test_a_connection_that_the_server_closed_is_noticed_at_once():
    kept = connections.create_connection("default")
    kept.ensure_connection()
    try:
        assert kept.is_usable()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [kept.connection.info.backend_pid])

        assert not kept.is_usable()
    finally:
        kept.close()


def test_what_is_planned_anew_is_never_prepared():
    def prepared() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%base_numberseries%"]
            )
            return cursor.fetchone()[0]

    with planned_anew():
        for _n in range(6):
            list(NumberSeries.objects.filter(year=2026))
    assert prepared() == 0


def test_room_to_sort_is_given_back_however_it_ends():
    def room() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW work_mem")
            return cursor.fetchone()[0]

    before = room()
    with pytest.raises(ZeroDivisionError), room_to_sort(64):
        assert room() == "64MB"
        raise ZeroDivisionError
    assert room() == before != "64MB"
