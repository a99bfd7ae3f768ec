"""Every form of a page, as a browser would send it: address, method, fields and what they stand at."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

IDLE = frozenset({"submit", "button", "image", "reset"})
CHOSEN = frozenset({"hidden", "select", "radio", "checkbox"})
"""Fields whose value the page itself has put there: an id, mostly."""


@dataclass
class Field:
    kind: str
    values: list[str] = field(default_factory=list)


@dataclass
class Form:
    page: str
    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        """The same form on another row of a list is the same form."""
        return (self.method, *sorted(self.fields))

    def filled(self) -> dict[str, Any]:
        return {name: one.values[:1] or [""] for name, one in self.fields.items() if one.kind != "file"}


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.forms, self.by_id = page, [], {}
        self.select: Field | None = None
        self.open: Form | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            action = urljoin(self.page, given.get("action") or self.page)
            self.open = Form(self.page, action, given.get("method", "get").lower())
            self.forms.append(self.open)
            if given.get("id"):
                self.by_id[given["id"]] = self.open
        elif tag == "option" and self.select is not None:
            self.select.values.append(given.get("value", ""))
        elif tag in {"input", "select", "textarea", "button"}:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form = self.by_id.get(given.get("form", "")) or self.open
        name, kind = given.get("name", ""), given.get("type", "text") if tag == "input" else tag
        if form is None or not name or (kind in IDLE and tag != "button"):
            return
        found = form.fields.setdefault(name, Field(kind))
        if "value" in given:
            found.values.append(given["value"])
        self.select = found if tag == "select" else None

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = None


def forms_in(text: str, page: str) -> list[Form]:
    reader = _Reader(page)
    reader.feed(text)
    return [form for form in reader.forms if form.fields]
