"""Queries and writes of every page or every submission, compiled to SQL once per process (docs/adr/0020).

Django builds a query anew each time: joins, columns, aliases, three to ten thousand calls for a few rows, more than half of
what a short page costs. Here the queryset is written as always, but for the values that change from asking to asking:

    OWN = Prepared(lambda person, now: Task.objects.filter(person=person, due_at__lt=now).select_related("org"), NUMBER, MOMENT)
    tasks = OWN(actor.person.pk, clock.now())

The queryset is compiled twice with different examples in those places. Where the two parameter lists differ, and only there,
the values are put in later (lists too: `Several`); a queryset whose SQL itself follows from a value, that does not use one,
or that asks the clock by itself, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import AutoField, BooleanField, CharField, ForeignKey, Model, OneToOneField, QuerySet, TextField
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.sql import UpdateQuery
from django.db.transaction import TransactionManagementError

T = TypeVar("T")
M = TypeVar("M", bound=Model)
STAMP = re.compile(r"\d{4}-\d\d-\d\d")
Rows = list[Any]
Read = Callable[[Iterable[Sequence[Any]]], Rows]


@dataclass(frozen=True)
class Kind:
    """What stands in a place: `example(place, turn)` never occurs in a query by itself, `adapt` makes a value a parameter."""

    example: Callable[[int, int], Any]
    adapt: Callable[[Any], Any] = lambda value: value


def _moment(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _day(value: date) -> Any:
    return connection.ops.adapt_datefield_value(value)


NUMBER = Kind(lambda place, turn: 31_000 + 500 * turn + place)
TEXT = Kind(lambda place, turn: f"place{place}turn{turn}")
MOMENT = Kind(lambda place, turn: datetime(1970 + turn, 1, 1, tzinfo=UTC) + timedelta(days=place), _moment)
DAY = Kind(lambda place, turn: date(1970 + turn, 1, 1) + timedelta(days=place), _day)


@dataclass(frozen=True)
class Several:
    """A value that is a list, for `__in` and the like, where naming one twice changes nothing: the query is compiled for
    lists of 0, 1, 2, 4, 8 … members, and a list is filled up with its last one."""

    kind: Kind
    MOST: ClassVar[int] = 256

    @classmethod
    def filled_up(cls, values: Iterable[Any]) -> list[Any]:
        found = list(values)
        size = 1 << (len(found) - 1).bit_length() if found else 0
        if size > cls.MOST:
            raise NotPrepared(f"{len(found)} values are too many for a query that is compiled once.")
        return [*found, *found[-1:] * (size - len(found))]


class NotPrepared(TypeError):
    """A queryset that cannot be compiled once for all values."""


@dataclass(frozen=True)
class Place:
    """A parameter that is put in when the statement runs: value number `index`, inside a pattern where it has one."""

    index: int
    before: str = ""
    after: str = ""
    is_pattern: bool = False

    def filled(self, values: Sequence[Any]) -> Any:
        value = values[self.index]
        if self.is_pattern:
            return f"{self.before}{connection.ops.prep_for_like_query(value)}{self.after}"
        return value


@dataclass(frozen=True)
class Statement:
    """A compiled query: its SQL, its parameters (constants and places), and how its rows are read."""

    sql: str
    parameters: tuple[Any, ...]
    read: Read
    locks: bool

    def filled(self, kinds: Sequence[Kind], values: Sequence[Any]) -> list[Any]:
        adapted = [value if value is None else kind.adapt(value) for kind, value in zip(kinds, values, strict=True)]
        return [one.filled(adapted) if type(one) is Place else one for one in self.parameters]

    def run(self, kinds: Sequence[Kind], values: Sequence[Any], database: Any) -> Rows:
        if self.locks and database.get_autocommit():
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        with database.cursor() as cursor:
            cursor.execute(self.sql, self.filled(kinds, values))
            rows = cursor.fetchall()
        return self.read(rows) if rows else []


class Prepared(Generic[T]):
    """A named query. Called with its values it gives the rows as a list: instances with what `select_related` brings, or
    what `values` and `values_list` say. `prefetch_related` is refused: ask another prepared query."""

    def __init__(self, build: Callable[..., QuerySet[Any]], *kinds: Kind | Several, spare: int = 0) -> None:
        """`spare`: how many of the first values the query may leave unused."""
        self._build, self._spare, self._statements = build, spare, dict[str, Statement | None]()
        self._lists = {place: kind.kind for place, kind in enumerate(kinds) if isinstance(kind, Several)}
        self._kinds = tuple(kind.kind if isinstance(kind, Several) else kind for kind in kinds)
        self._sizes: dict[tuple[int, ...], Prepared[T]] = {}

    def __call__(self, *values: Any) -> list[T]:
        if self._lists:
            return self._with_lists(values)
        database = _database()
        try:
            statement = self._statements[database.vendor]
        except KeyError:
            statement = self._statements[database.vendor] = self._compiled()
        return statement.run(self._kinds, values, database) if statement else []

    def _with_lists(self, values: Sequence[Any]) -> list[T]:
        """By the query for lists of these lengths, in which each member has a place of its own."""
        parts = [Several.filled_up(value) if n in self._lists else [value] for n, value in enumerate(values)]
        sizes = tuple(map(len, parts))
        prepared = self._sizes.get(sizes)
        if prepared is None:
            kinds = [kind for kind, size in zip(self._kinds, sizes, strict=True) for _n in range(size)]
            prepared = self._sizes[sizes] = Prepared(self._of_members(sizes), *kinds, spare=self._spare)
        return prepared(*(value for part in parts for value in part))

    def _of_members(self, sizes: Sequence[int]) -> Callable[..., QuerySet[Any]]:
        def build(*members: Any) -> QuerySet[Any]:
            left = iter(members)
            parts = [list(islice(left, size)) for size in sizes]
            return self._build(*(part if n in self._lists else part[0] for n, part in enumerate(parts)))

        return build

    def first(self, *values: Any) -> T | None:
        """The first row, or nothing. The query says itself that it wants one."""
        return next(iter(self(*values)), None)

    def _compiled(self) -> Statement | None:
        """None where Django sees that there can be no row."""
        try:
            one, two = self._turn(0), self._turn(1)
        except EmptyResultSet:
            return None
        sql, parameters = _places(one[:2], two[:2], self._kinds, self._spare)
        queryset, compiler = one[2:]
        return Statement(sql, parameters, _reader(queryset, compiler), bool(queryset.query.select_for_update))

    def _turn(self, turn: int) -> tuple[str, Sequence[Any], QuerySet[Any], Any]:
        queryset = self._build(*_examples(self._kinds, turn))
        if queryset._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise NotPrepared("prefetch_related asks queries of its own.")
        compiler = queryset.query.get_compiler(connection.alias, connections[connection.alias])
        return *compiler.as_sql(), queryset, compiler


class Update:
    """UPDATE of the rows of a queryset, compiled once: `build(*values)` gives the queryset and the new values by field.

    Called with its values it gives the number of rows; with `returning`, that column of each row as it now stands.
    """

    def __init__(
        self, build: Callable[..., tuple[QuerySet[Any], dict[str, Any]]], *kinds: Kind, returning: str = ""
    ) -> None:
        self._build, self._kinds, self._returning = build, kinds, returning
        self._statements: dict[str, Statement] = {}

    def __call__(self, *values: Any) -> int:
        with self._run(values) as cursor:
            return int(cursor.rowcount)

    def returned(self, *values: Any) -> list[Any]:
        with self._run(values) as cursor:
            return [row[0] for row in cursor.fetchall()]

    @contextmanager
    def _run(self, values: Sequence[Any]) -> Iterator[Any]:
        database = _database()
        statement = self._statements.get(database.vendor)
        if statement is None:
            statement = self._statements[database.vendor] = self._compiled()
        with database.cursor() as cursor:
            cursor.execute(statement.sql, statement.filled(self._kinds, values))
            yield cursor

    def _compiled(self) -> Statement:
        sql, parameters = _places(self._turn(0), self._turn(1), self._kinds, 0)
        if self._returning:
            sql = f"{sql} RETURNING {connection.ops.quote_name(self._returning)}"
        return Statement(sql, parameters, list, locks=False)

    def _turn(self, turn: int) -> tuple[str, Sequence[Any]]:
        queryset, changes = self._build(*_examples(self._kinds, turn))
        query: Any = queryset.query.chain(UpdateQuery)
        query.add_update_values(changes)
        compiler = query.get_compiler(connection.alias, connections[connection.alias])
        sql, parameters = compiler.as_sql()
        return sql, tuple(parameters)


class Insert(Generic[M]):
    """INSERT of a few rows of one model by one statement, as `bulk_create` does it: no `save()`, no signals.

    With `unique` (fields) and `update` (fields), a row that is there already takes the new values of `update` instead.
    """

    MOST = 20

    def __init__(self, model: type[M], *, unique: Sequence[str] = (), update: Sequence[str] = ()) -> None:
        self._model, self._unique, self._update = model, unique, update
        self._fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, AutoField)]
        strange = [field.name for field in self._fields if hasattr(field, "get_placeholder") or field.has_db_default()]
        if strange or model._meta.parents:
            raise NotPrepared(f"{model.__name__} is not plain columns: {strange}")
        self._statements: dict[tuple[str, int], str] = {}

    def __call__(self, rows: Sequence[M]) -> list[M]:
        """The rows, with their keys."""
        found = list(rows)
        if not found:
            return found
        database = _database()
        if len(found) > self.MOST or not database.features.can_return_rows_from_bulk_insert:
            return self._by_django(found)
        values = [value for row in found for value in self._values(row, database)]
        with database.cursor() as cursor:
            cursor.execute(self._sql(len(found), database), values)
            keys = cursor.fetchall()
        for row, (key,) in zip(found, keys, strict=True):
            row.pk, row._state.adding, row._state.db = key, False, database.alias
        return found

    @cached_property
    def _columns(self) -> list[tuple[Any, str, type | None]]:
        """Worked out at the first use, when all models are known."""
        return [(field, field.attname, _as_it_is(field)) for field in self._fields]

    def _values(self, row: M, database: Any) -> Iterator[Any]:
        held = row.__dict__
        for field, name, kind in self._columns:
            value = held[name] if kind else None
            if kind and (value is None or type(value) is kind):
                yield value
            else:
                yield field.get_db_prep_save(field.pre_save(row, True), database)

    def _by_django(self, rows: list[M]) -> list[M]:
        manager: Any = self._model._default_manager
        if not self._unique:
            return list(manager.bulk_create(rows, batch_size=2000))
        conflict = {"update_conflicts": True, "unique_fields": self._unique, "update_fields": self._update}
        return list(manager.bulk_create(rows, batch_size=2000, **conflict))

    def _sql(self, count: int, database: Any) -> str:
        known = self._statements.get((database.vendor, count))
        if known is None:
            quote, meta = database.ops.quote_name, self._model._meta
            columns = ", ".join(quote(str(field.column)) for field in self._fields)
            row = f"({', '.join(['%s'] * len(self._fields))})"
            known = self._statements[database.vendor, count] = (
                f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES {', '.join([row] * count)}"  # noqa: S608 -- names of our own columns  # nosec
                f"{self._conflict()} RETURNING {quote(str(meta.pk.column))}"
            )
        return known

    def _conflict(self) -> str:
        if not self._unique:
            return ""
        unique, update = (
            [connection.ops.quote_name(str(self._model._meta.get_field(name).column)) for name in names]  # type: ignore[union-attr]
            for names in (self._unique, self._update)
        )
        changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in update)
        return f" ON CONFLICT ({', '.join(unique)}) DO UPDATE SET {changes}"  # nosec -- names of our own columns


def _database() -> Any:
    """The connection of this thread itself: `connection` looks for it at each word that one asks it for, in eight calls."""
    return connections[DEFAULT_DB_ALIAS]


PLAIN: dict[type, type] = {CharField: str, TextField: str, BooleanField: bool}


def _as_it_is(field: Any) -> type | None:
    """What kind of value such a field hands to either database as it stands; for None, and every other, Django is asked.

    No subclass: it may prepare its values otherwise. A foreign key is a whole number, as the key that it refers to.
    """
    if type(field) in {ForeignKey, OneToOneField}:
        return int if isinstance(field.target_field, AutoField) else None
    return PLAIN.get(type(field))


def _examples(kinds: Sequence[Kind], turn: int) -> list[Any]:
    return [kind.example(place, turn) for place, kind in enumerate(kinds)]


def _places(
    one: tuple[str, Sequence[Any]], two: tuple[str, Sequence[Any]], kinds: Sequence[Kind], spare: int
) -> tuple[str, tuple[Any, ...]]:
    """The SQL of two turns, which is one, and its parameters: constants where the turns agree, places where they differ."""
    (sql, first), (other, second) = one, two
    if sql != other or len(first) != len(second):
        raise NotPrepared(f"This SQL follows from a value: {sql}")
    examples = [kind.adapt(example) for kind, example in zip(kinds, _examples(kinds, 0), strict=True)]
    parameters = tuple(
        _constant(value) if value == again else _place(value, examples)
        for value, again in zip(first, second, strict=True)
    )
    used = {one.index for one in parameters if type(one) is Place}
    if not used.issuperset(range(spare, len(kinds))):
        raise NotPrepared(f"Not every value has a place in this SQL: {sql}")
    return sql, parameters


def _constant(parameter: Any) -> Any:
    """A parameter that is the same each time; a moment is not, whoever wrote it into the queryset."""
    if isinstance(parameter, date) or (isinstance(parameter, str) and STAMP.match(parameter)):
        raise NotPrepared(f"{parameter} would stand still: give moments and days as values.")
    return parameter


def _place(parameter: Any, examples: Sequence[Any]) -> Place:
    for index, example in enumerate(examples):
        if parameter == example:
            return Place(index)
        if isinstance(parameter, str) and isinstance(example, str) and example in parameter:
            before, _found, after = parameter.partition(example)
            return Place(index, before, after, is_pattern=True)
    raise NotPrepared(f"Where {parameter!r} of the SQL comes from is not known.")


def _reader(queryset: QuerySet[Any], compiler: Any) -> Read:
    """Reads rows as the queryset would, with all that follows from the query worked out beforehand."""
    kind: Any = queryset._iterable_class
    readers: dict[Any, Callable[[Any], Read]] = {
        ModelIterable: _instances,
        ValuesListIterable: _tuples,
        FlatValuesListIterable: _singles,
        ValuesIterable: _named,
    }
    if kind not in readers or compiler.has_extra_select:
        raise NotPrepared(f"Rows of the kind {kind.__name__} are not read here.")
    read = readers[kind](compiler)
    converters = compiler.get_converters([selected[0] for selected in compiler.select])
    if not converters:
        return read
    return lambda rows: read(compiler.apply_converters(rows, converters))


def _instances(compiler: Any) -> Read:
    information, select = compiler.klass_info, compiler.select
    model, fields = information["model"], information["select_fields"]
    start, end = fields[0], fields[-1] + 1
    names = [selected[0].target.attname for selected in select[start:end]]
    annotations = list((compiler.annotation_col_map or {}).items())
    alias = connection.alias
    populators = get_related_populators(information, select, alias)  # type: ignore[call-arg]  # the stubs are of Django 6

    def read(rows: Iterable[Sequence[Any]]) -> Rows:
        found = []
        for row in rows:
            instance = model.from_db(alias, names, row[start:end])
            for populator in populators:
                populator.populate(row, instance)
            for name, column in annotations:
                setattr(instance, name, row[column])
            found.append(instance)
        return found

    return read


def _tuples(_compiler: Any) -> Read:
    return lambda rows: [tuple(row) for row in rows]


def _singles(_compiler: Any) -> Read:
    return lambda rows: [row[0] for row in rows]


def _named(compiler: Any) -> Read:
    query = compiler.query
    names = list(query.selected or [*query.extra_select, *query.values_select, *query.annotation_select])
    return lambda rows: [dict(zip(names, row, strict=True)) for row in rows]


def keep(instance: Model, name: str, rows: Iterable[Model]) -> None:
    """Hand `rows` to a reverse relation of `instance` (`members`, say), as prefetch_related would have done: each knows it."""
    relation: Any = type(instance)._meta.get_field(name)
    found = list(rows)
    for row in found:
        relation.remote_field.set_cached_value(row, instance)
    kept = getattr(instance, name).get_queryset()
    kept._result_cache, kept._prefetch_done = found, True
    instance.__dict__.setdefault("_prefetched_objects_cache", {})[name] = kept
