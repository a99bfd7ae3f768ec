"""What a reader gets out of an answer: text of pages, headers, and the words inside sheets, papers and archives."""

import io
import zipfile
from typing import Any

from kechuang.base.files.reading import pdf_words
from kechuang.base.tables.reading import read_table


def words_in(response: Any) -> str:
    """Everything legible in a response: headers, page, table, PDF, archive."""
    body = response.getvalue() if response.streaming else response.content
    head = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{head}\n{text_of(body, response.headers.get('Content-Type', ''))}"


def text_of(body: bytes, kind: str = "") -> str:
    if body.startswith(b"%PDF-"):
        return "\n".join(words.text.replace("\r\n", "").replace("\n", "") for words in pdf_words(body))
    if body.startswith(b"PK\x03\x04"):
        return _archive(body)
    return body.decode("utf-8", "replace") if _is_text(kind) else ""


def _archive(body: bytes) -> str:
    """Sheets as XML, so that hidden columns, comments and properties are read too; members of other archives by their kind."""
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return "\n".join(f"{name}\n{_member(packed.read(name), name)}" for name in packed.namelist())


def _member(body: bytes, name: str) -> str:
    return body.decode("utf-8", "replace") if name.endswith((".xml", ".rels", ".csv", ".txt")) else text_of(body)


def _is_text(kind: str) -> bool:
    return any(word in kind for word in ("text", "json", "xml", "javascript", "calendar"))


def rows_of(body: bytes) -> list[list[str]]:
    return [list(map(str, row.values.values())) for row in read_table(body).rows]
