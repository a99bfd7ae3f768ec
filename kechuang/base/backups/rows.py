"""Rows of every table as lines of JSON, and back, without signals, time stamps of now, or a look into encrypted fields."""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

LEFT_OUT = frozenset({"sessions.session", "contenttypes.contenttype", "auth.permission"})
"""Sessions end with a restore; the other two are written by `migrate` itself."""
CHUNK = 1000


def kept_models() -> list[type[models.Model]]:
    """All tables that Django manages here, many-to-many ones included, by label."""
    found = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
    return sorted((m for m in found if m._meta.label_lower not in LEFT_OUT), key=lambda m: m._meta.label_lower)


def _stored(model: type[models.Model]) -> list[models.Field]:
    return [f for f in model._meta.concrete_fields if not f.generated]


def lines(model: type[models.Model]) -> Iterator[str]:
    """One JSON list a row, in the order of the primary key; the first line names the columns."""
    names = [f.attname for f in _stored(model)]
    yield _line(names)
    for row in model._base_manager.order_by("pk").values_list(*names).iterator(chunk_size=CHUNK):
        yield _line(list(row))


def _line(value: list[Any]) -> str:
    return json.dumps(value, cls=_Exact, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class _Exact(DjangoJSONEncoder):
    """Django's encoder cuts microseconds; an audit row's MAC covers them."""

    def default(self, o: Any) -> Any:
        if hasattr(o, "isoformat"):
            return o.isoformat()
        if isinstance(o, memoryview | bytes):  # small pictures; `BinaryField.to_python` reads it back
            return base64.b64encode(o).decode()
        return super().default(o)


def write_table(model: type[models.Model], path: Path) -> tuple[int, str]:
    """The number of rows and the SHA-256 of the lines."""
    digest, count = hashlib.sha256(), -1
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=5, newline="\n") as out:
        for line in lines(model):
            out.write(line + "\n")
            digest.update(line.encode() + b"\n")
            count += 1
    return count, digest.hexdigest()


def digest_of(model: type[models.Model]) -> tuple[int, str]:
    """The same two facts of the table as it stands in the database."""
    digest, count = hashlib.sha256(), -1
    for line in lines(model):
        digest.update(line.encode() + b"\n")
        count += 1
    return count, digest.hexdigest()


def read_table(model: type[models.Model], path: Path) -> int:
    """Insert the rows as they were written; returns how many."""
    with gzip.open(path, "rt", encoding="utf-8") as source:
        names = json.loads(next(source))
        known = {f.attname: f for f in _stored(model)}
        fields = [known[name] for name in names]
        count = 0
        while chunk := list(islice(source, CHUNK)):
            rows = [model(**_values(fields, json.loads(line))) for line in chunk]
            model._base_manager._insert(rows, fields=fields, using=connection.alias, raw=True)  # type: ignore[attr-defined]
            count += len(rows)
    return count


def _values(fields: list[models.Field], row: list[Any]) -> dict[str, Any]:
    pairs = zip(fields, row, strict=True)
    return {f.attname: value if value is None else f.to_python(value) for f, value in pairs}


def reset_sequences(found: list[type[models.Model]]) -> None:
    from django.core.management.color import no_style  # noqa: PLC0415 -- slow import

    statements = connection.ops.sequence_reset_sql(no_style(), found)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
