"""Chinese that is left on an English page: everything that is neither data nor marked as Chinese by its template (`lang="zh-Hans"`)."""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polib
from django.apps import apps
from django.db import models

import kechuang

CJK = re.compile(r"[㐀-鿿]")
SPOKEN = ("alt", "aria-label", "title", "placeholder", "data-label")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SILENT = {"script", "style", "textarea"}
SAID = ("base.Message", "base.Mail", "base.Job", "orgs.RosterRow", "orgs.RosterUpload")
PO = Path(kechuang.__file__).parent / "locale" / "en" / "LC_MESSAGES" / "django.po"


class _Words(HTMLParser):
    """Collects what a reader sees or hears, outside of parts that are marked as Chinese; the marks of `web/chinese.py` are taken out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        quiet = self._quiet or tag in SILENT or (tag != "html" and facts.get("lang", "") == "zh-Hans")
        if not quiet:
            self.found += [value for name, value in facts.items() if name in SPOKEN or tag == "template"]
        if tag not in VOID:
            self._open.append((tag, quiet))

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            if self._open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.found.append(data)

    @property
    def _quiet(self) -> bool:
        return bool(self._open) and self._open[-1][1]


def chinese_left(page: str, data: re.Pattern[str]) -> list[str]:
    """Pieces of a page that still have Chinese in them once data is taken out."""
    words = _Words()
    words.feed(re.sub(r"</?bdi[^>]*>", "", page))
    left = (re.sub(r"\s+", " ", data.sub("", text)).strip() for text in words.found if CJK.search(text))
    return sorted({text for text in left if CJK.search(text)})


def data_pattern(more: Iterable[str] = ()) -> re.Pattern[str]:
    """Every Chinese string that stands in the database, longest first. What the catalogue knows is no data: it must be English.

    A sentence of the catalogue that was said to somebody stays in the language it was said in; English sentences may quote Chinese.
    """
    catalogue = polib.pofile(str(PO))
    said = {text for model in SAID for text in _of(apps.get_model(model))}
    quoting = {entry.msgstr for entry in catalogue if CJK.search(entry.msgstr)}
    found = (
        {text for text in _stored() if CJK.search(text)} - {entry.msgid for entry in catalogue}
        | {text for text in [*said, *more] if CJK.search(text)}
        | quoting
    )
    pieces = found | {line.strip() for text in found for line in text.splitlines() if CJK.search(line)}
    return re.compile("|".join(re.escape(text) for text in sorted(pieces, key=len, reverse=True)) or r"(?!)")


def _stored() -> Iterator[str]:
    for model in apps.get_models():
        if model.__module__.startswith("kechuang."):
            yield from _of(model)


def _of(model: type[models.Model]) -> Iterator[str]:
    """Every text of a table, also inside JSON."""
    texts = models.CharField | models.TextField | models.JSONField
    fields = [field.name for field in model._meta.concrete_fields if isinstance(field, texts)]
    for row in model._base_manager.values_list(*fields) if fields else []:
        yield from _strings(row)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)
