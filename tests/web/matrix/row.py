"""One line of the permission matrix: where a page is, who gets it, who may act there."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from tests.web.matrix.people import NOBODY
from tests.web.matrix.world import World

Place = Callable[[World], list[Any]]


def at(*parts: str) -> Place:
    """The arguments of an address: `at("call.slug", "=basics")` reads from the world what does not begin with "="."""
    return lambda world: [part[1:] if part.startswith("=") else _read(world, part) for part in parts]


def _read(world: World, path: str) -> Any:
    return reduce(getattr, path.split("."), world)


NOWHERE = at()


@dataclass(frozen=True)
class Row:
    """`see`: who gets the page by GET, or is sent on inside. `do`: whom the page lets in by POST. Everybody else is refused.

    `sends` is a form that acts. Then `do` names those for whom it does act, and a page may also refuse the others with a
    sentence: what counts is that nothing was written.
    """

    at: Place = NOWHERE
    see: Iterable[str] = NOBODY
    do: Iterable[str] = NOBODY
    sends: Mapping[str, Any] = field(default_factory=dict)
