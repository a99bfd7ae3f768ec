"""What the public searches, and its index: pairs of neighbouring characters, which find words of two Chinese characters, as indexes
of words or of threes do not.

On PostgreSQL the pairs of each row are in a GIN index. A search asks it which rows have all pairs of a word, and reads their texts
alone; SQLite reads every text. Both find the same rows, because the text decides.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, ClassVar

from django.db import models
from django.db.models import BooleanField, F, Func, Index, Q

from kechuang.base.searching import pairs, search_text

IN_TITLE = "^"
"""Before a pair of a title: a third character, which no other pair begins with."""
FOUND_BY = ("search_title", "search_text", "search_pairs")
"""The columns of a `Searchable`: to be deferred where rows are shown."""


class PairIndex(Index):
    """Of a text column that holds pairs, each after a space; on other databases than PostgreSQL nothing is created."""

    suffix = "gin"

    def create_sql(self, model: type[models.Model], schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        quote = schema_editor.quote_name
        if schema_editor.connection.vendor != "postgresql":
            return f"-- {self.name}"
        table, name = quote(model._meta.db_table), quote(self.name)
        columns = ", ".join(_ARRAY % quote(model._meta.get_field(field).column) for field in self.fields)  # type: ignore[union-attr]
        return f"{_FUNCTION}; CREATE INDEX {name} ON {table} USING gin ({columns}) WITH (fastupdate = off)"

    def remove_sql(self, model: type[models.Model], schema_editor: Any, **kwargs: Any) -> Any:
        return f"DROP INDEX IF EXISTS {schema_editor.quote_name(self.name)}"


_ARRAY = "kechuang_pairs(%s)"
_FUNCTION = """CREATE OR REPLACE FUNCTION kechuang_pairs(words text) RETURNS text[] LANGUAGE plpgsql
IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS 'BEGIN RETURN string_to_array(words, '' ''); END'"""
"""With its true cost. PostgreSQL takes its own string_to_array to cost next to nothing and calls it for every row of the table."""


class Searchable(models.Model):
    """Rows that are found by words. Models that keep their own `Meta` inherit this one and add to its indexes."""

    search_title = models.TextField(blank=True)
    search_text = models.TextField(blank=True)
    search_pairs = models.TextField(blank=True)

    class Meta:
        abstract = True
        indexes: ClassVar[list[Index]] = [PairIndex(fields=["search_pairs"], name="%(class)s_search_pairs")]

    def find_by(self, titles: Sequence[str], others: Iterable[str]) -> None:
        """By its titles and by the others it will be found; not saved here."""
        self.search_title = search_text(titles)
        self.search_text = search_text([*titles, *others])
        self.search_pairs = " ".join(pairs(self.search_text) + [IN_TITLE + pair for pair in pairs(self.search_title)])


def write_again(rows: models.QuerySet[Any], find_by: Callable[[Any], None], size: int = 500) -> int:
    """Save what the rows are found by, after `find_by` has worked it out for each; returns how many."""
    count, left = 0, rows.iterator(chunk_size=size)
    while batch := list(islice(left, size)):
        for row in batch:
            find_by(row)
        rows.model._default_manager.bulk_update(batch, FOUND_BY, batch_size=200)
        count += len(batch)
    return count


class _Pairs(Func):
    """Whether a row of a `Searchable` has all of the pairs; true of every row where no index could tell."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, wanted: tuple[str, ...]) -> None:
        super().__init__(F("search_pairs"))
        self.wanted = wanted

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "1 = 1", []

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, parameters = compiler.compile(self.get_source_expressions()[0])
        return f"{_ARRAY % column} @> %s::text[]", [*parameters, list(self.wanted)]


def holds(word: str) -> Q:
    """Rows whose text holds the word (as `search_words` gives it)."""
    return may_hold(word) & Q(search_text__contains=word)


def may_hold(text: str, where: str = "") -> Q:
    """Rows that have every pair of the text (IN_TITLE: of titles): all that hold it, and some that do not. Each row, where
    it has no pair."""
    found = tuple(where + pair for pair in pairs(text))
    return Q(_Pairs(found)) if found else Q()


def may_hold_one(texts: Iterable[str], where: str = "") -> Q:
    """Rows that have every pair of one of the texts at least."""
    found = [may_hold(text, where) for text in texts]
    if not all(found):
        return Q()
    one = Q()
    for condition in found:
        one |= condition
    return one
