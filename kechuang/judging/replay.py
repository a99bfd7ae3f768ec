"""Stored inputs and results as canonical bytes, so that a decision can be replayed and compared byte for byte."""

import dataclasses
import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Any

import numpy as np

DIGITS = 10  # significant digits kept: solvers agree to more than that on every machine


def plain(value: Any) -> Any:
    """Only dicts, lists, strings, numbers, booleans and None, each in one spelling."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {_key(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (set, frozenset)):
        return sorted((plain(item) for item in value), key=repr)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return _scalar(value)


def _key(key: Any) -> str:
    return ":".join(map(str, key)) if isinstance(key, tuple) else str(_scalar(key))


def _scalar(value: Any) -> Any:
    if isinstance(value, Enum):
        return _scalar(value.value)
    if isinstance(value, np.generic):
        return _scalar(value.item())
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, (date, Fraction)):
        return str(value)
    if value is None or isinstance(value, (str, int, bool)):
        return value
    raise TypeError(f"cannot be stored for replay: {type(value).__name__}")


def _float(value: float) -> float | int | str | None:
    if math.isnan(value):
        return None
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    rounded = float(f"{value:.{DIGITS}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 2**53 else rounded


def canonical_json(value: Any) -> bytes:
    """The same bytes for the same content, whatever the order of keys."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def fingerprint(value: Any) -> str:
    return hashlib.sha256(canonical_json(value)).hexdigest()


@dataclass(frozen=True)
class Record:
    """One computed result with all it came from; store `inputs`, `outputs` and both fingerprints."""

    method: str
    inputs: Any
    outputs: Any
    versions: Mapping[str, str]

    @property
    def input_fingerprint(self) -> str:
        return fingerprint({"method": self.method, "inputs": self.inputs})

    @property
    def output_fingerprint(self) -> str:
        return fingerprint(self.outputs)

    def as_dict(self) -> dict[str, Any]:
        marks = {"input_sha256": self.input_fingerprint, "output_sha256": self.output_fingerprint}
        stored: dict[str, Any] = plain(self)
        return {**stored, **marks}


def record(method: str, function: Callable[..., Any], inputs: Mapping[str, Any]) -> Record:
    """Run `function(**inputs)` on the stored form of the inputs, so that a replay runs on the very same ones."""
    stored = json.loads(canonical_json(inputs))
    outputs = json.loads(canonical_json(function(**stored)))
    return Record(method, stored, outputs, {"numpy": np.__version__})


def replays(stored: Record, function: Callable[..., Any]) -> bool:
    """Whether the inputs still give the same bytes."""
    return canonical_json(record(stored.method, function, stored.inputs).outputs) == canonical_json(stored.outputs)
