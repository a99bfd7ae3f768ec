"""What the worker does by itself every few seconds. Higher apps add theirs with
`@periodic` in a module `duties.py`.

Every worker process runs these, so each function must be safe to run twice at once, and quick: slow work is enqueued.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from kechuang.base import anchors, audit, messages
from kechuang.base.files import tus
from kechuang.base.watching import parts

logger = logging.getLogger("kechuang.upkeep")


@dataclass
class Duty:
    function: Callable[[], object]
    every: float
    last: float = field(default=float("-inf"))


_duties: dict[str, Duty] = {}


def periodic(name: str, *, every: float) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Register a function without arguments to run about every `every` seconds."""

    def register(function: Callable[[], object]) -> Callable[[], object]:
        _duties[name] = Duty(function, every)
        return function

    return register


def tick(*, everything: bool = False) -> list[str]:
    """Run the duties that are due; one that fails is logged and does not keep the others from running."""
    return [name for name, duty in _duties.items() if (everything or _is_due(duty)) and _fulfil(name, duty)]


def _is_due(duty: Duty) -> bool:
    return time.monotonic() - duty.last >= duty.every


def _fulfil(name: str, duty: Duty) -> bool:
    duty.last = time.monotonic()
    try:
        duty.function()
    except Exception:
        logger.exception("The periodic duty %s failed.", name)
        return False
    return True


periodic("base.seal_audit", every=5)(audit.seal)
periodic("base.beat", every=30)(parts.beat)
periodic("base.anchor_audit", every=3600)(anchors.drop_anchor)
periodic("base.purge_uploads", every=600)(tus.purge_expired)
periodic("base.send_digests", every=120)(messages.enqueue_digests)
