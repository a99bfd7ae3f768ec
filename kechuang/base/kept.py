"""Facts that are the same for everybody and that a process may keep for a moment, as it keeps public pages (web/sharing.py)."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache

Fact = TypeVar("Fact")


def kept(name: str, make: Callable[[], Fact]) -> Fact:
    """What `make` gives, no older than SHARED_SECONDS (0: made at each asking). For counts: what may be hidden is asked for anew."""
    if not settings.SHARED_SECONDS:
        return make()
    found: Fact | None = cache.get(name)
    if found is None:
        found = make()
        cache.set(name, found, settings.SHARED_SECONDS)
    return found
