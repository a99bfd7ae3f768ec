"""Every address of the project, found in the URLconf itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

WRITES = ("post", "put", "patch", "delete")


@dataclass(frozen=True)
class Address:
    """One line of some urls module."""

    name: str
    pattern: str
    callback: Any

    @property
    def view(self) -> Any:
        """The class behind the callback, or the function itself."""
        return getattr(self.callback, "view_class", self.callback)

    @property
    def permission(self) -> str:
        return getattr(self.view, "permission", "")

    @property
    def methods(self) -> set[str]:
        allowed = getattr(self.view, "http_method_names", ())
        return {method for method in ("get", *WRITES) if hasattr(self.view, method) and method in allowed}


def addresses(patterns: Any = None, prefix: str = "") -> Iterator[Address]:
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        pattern = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, pattern)
        elif isinstance(entry, URLPattern):
            yield Address(entry.name or "", pattern, entry.callback)
