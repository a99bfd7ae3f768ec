"""Declaration ↔ JSON. One codec for the registry, the browser's builder and the frozen copy in a call."""

import hashlib
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from cattrs import Converter

from kechuang.engine.programme.declaration import Programme

_converter = Converter(forbid_extra_keys=True)
_by_digest: dict[str, Programme] = {}
KEPT = 64


def to_json(programme: Programme) -> dict[str, Any]:
    """The JSON of a declaration, with every number in its declared type, so that one declaration has one digest."""
    plain = json.loads(canonical(_converter.unstructure(programme)))
    data: dict[str, Any] = json.loads(canonical(_converter.unstructure(_converter.structure(plain, Programme))))
    return data


def from_json(data: dict[str, Any]) -> Programme:
    """The declaration in `data`; raises cattrs' exceptions where a key is unknown or a value has the wrong shape."""
    return _cached(canonical(data))


def of_digest(identity: str, data: Callable[[], dict[str, Any]]) -> Programme:
    """The declaration whose digest is known: `data` is asked for only where it has not been read in this process."""
    found = _by_digest.get(identity)
    if found is None:
        found = _by_digest[identity] = from_json(data())
        for oldest in list(_by_digest)[:-KEPT]:
            _by_digest.pop(oldest, None)
    return found


@lru_cache(maxsize=64)
def _cached(text: str) -> Programme:
    programme: Programme = _converter.structure(json.loads(text), Programme)
    return programme


def canonical(value: Any) -> str:
    """One text for one value: sorted keys, no spaces, Chinese as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value: Any) -> str:
    """SHA-256 of the canonical text, hexadecimal: the identity of a declaration, of inputs and of results."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
