"""The array types of this package under short names."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Anything = NDArray[Any]


def tail_mean(values: Floats, share: float = 0.1) -> float:
    """Mean of the worst `share` of the values, at least one of them."""
    if not len(values):
        return 0.0
    return float(np.sort(values)[: max(1, math.ceil(len(values) * share))].mean())


def as_vector(value: Any, length: int, name: str) -> Ints:
    """One whole number for all, or one for each."""
    vector = np.asarray(value)
    if vector.ndim == 0:
        vector = np.full(length, vector)
    if vector.shape != (length,):
        raise ValueError(f"{name}: expected one number or {length} of them, got shape {vector.shape}")
    if not np.all(np.isfinite(vector)) or np.any(vector != np.floor(vector)) or np.any(vector < 0):
        raise ValueError(f"{name}: expected whole numbers, none below zero")
    return vector.astype(np.int64)


def sum_at(place: Ints, values: Any, size: int) -> Floats:
    """Sum of the values at each place (bincount, but of numbers with a point even when empty)."""
    return np.bincount(place, values, minlength=size).astype(np.float64, copy=False)
