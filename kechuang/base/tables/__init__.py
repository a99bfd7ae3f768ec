"""Tables in and out: what people send as Excel or CSV, and what they get back."""

from kechuang.base.tables.marking import Mark
from kechuang.base.tables.reading import Row, Table, TableRefused, in_any_language, read_table
from kechuang.base.tables.returning import annotate
from kechuang.base.tables.streaming import Stream, digest_of, stream_table
from kechuang.base.tables.writing import Column, escape_formula, stream_csv, write_csv, write_template, write_xlsx

__all__ = [
    "Column",
    "Mark",
    "Row",
    "Stream",
    "Table",
    "TableRefused",
    "annotate",
    "digest_of",
    "escape_formula",
    "in_any_language",
    "read_table",
    "stream_csv",
    "stream_table",
    "write_csv",
    "write_template",
    "write_xlsx",
]
