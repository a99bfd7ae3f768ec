"""How gunicorn runs the website: everything is loaded once, before the web processes part, so that they share its memory.

`kechuang serve` names this file. What is loaded is frozen out of the garbage collector's sight: a collection would touch, and so
copy, the pages that the processes share. A process that dies is replaced by another fork at once, with nothing to load.
"""

import ctypes
import gc
import sys
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).resolve().parent.parent / "kechuang" / "web" / "templates"
M_ARENA_MAX = -8
ARENAS = 2
preload_app = True


def when_ready(server: Any) -> None:
    """The application is loaded and no process has parted yet."""
    if "config.wsgi" in sys.modules:
        _warm()
    _share_heaps()
    gc.collect()
    gc.freeze()


def pre_fork(server: Any, worker: Any) -> None:
    """A connection that two processes share would mix up their answers."""
    from django.db import connections  # noqa: PLC0415 -- app ready

    connections.close_all()


def _share_heaps() -> None:
    """The C library would give each of a process's threads a heap of its own, and each keeps the room of its largest answer."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(M_ARENA_MAX, ARENAS)


def _warm() -> None:
    """Addresses, translations and templates, which the first readers would wait for otherwise."""
    from django.conf import settings  # noqa: PLC0415 -- app ready
    from django.template import engines  # noqa: PLC0415 -- app ready
    from django.urls import get_resolver  # noqa: PLC0415 -- app ready
    from django.utils.translation import gettext, override  # noqa: PLC0415 -- app ready

    get_resolver()._populate()
    for language, _name in settings.LANGUAGES:
        with override(language):
            gettext("")
    for path in sorted(TEMPLATES.rglob("*.html")):
        engines["django"].get_template(str(path.relative_to(TEMPLATES)))
