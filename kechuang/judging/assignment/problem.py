"""From what the caller has (dense or sparse, pairs or masks) to one sparse, checked problem."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kechuang.judging.arrays import Anything, Bools, Floats, Ints, as_vector

NO_PAIRS: Ints = np.zeros((0, 2), dtype=np.int64)


@dataclass(frozen=True)
class Problem:
    """Candidate pairs (expert, entry, weight) without conflicts; `fixed` pairs are already taken out of the demand."""

    experts: int
    entries: int
    expert: Ints
    entry: Ints
    weight: Floats
    demand: Ints
    low: Ints
    high: Ints
    fixed: Ints
    fixed_weight: Floats
    kept: Bools


def pair_array(pairs: Any, shape: tuple[int, int], name: str) -> Ints:
    """(n, 2) index pairs from pairs, a boolean matrix or a sparse matrix."""
    if pairs is None:
        return NO_PAIRS
    if hasattr(pairs, "tocoo"):
        coo = pairs.tocoo()
        held = coo.data.astype(bool)
        return np.column_stack([coo.row[held], coo.col[held]]).astype(np.int64)
    array = np.asarray(pairs if not isinstance(pairs, (set, frozenset)) else sorted(pairs))
    if array.size == 0:
        return NO_PAIRS
    if array.shape == shape and (array.dtype == bool or _is_mask(array)):
        return np.argwhere(array.astype(bool)).astype(np.int64)
    return _checked_pairs(array, shape, name)


def _is_mask(array: Anything) -> bool:
    """A 0/1 matrix of the whole shape; with two entries it would read as pairs too, there only a boolean one is a mask."""
    return array.shape[1] != 2 and array.dtype.kind in "iuf" and bool(np.isin(array, (0, 1)).all())


def _checked_pairs(array: Anything, shape: tuple[int, int], name: str) -> Ints:
    if array.ndim != 2 or array.shape[1] != 2 or array.dtype == bool:
        raise ValueError(f"{name}: expected (n, 2) pairs of expert and entry, or a {shape} boolean matrix")
    pairs = array.astype(np.int64)
    if np.any(pairs < 0) or np.any(pairs >= np.array(shape)):
        raise ValueError(f"{name}: a pair lies outside {shape[0]} experts × {shape[1]} entries")
    return pairs


def candidates(affinity: Any) -> tuple[tuple[int, int], Ints, Ints, Floats]:
    """Shape and eligible pairs: not NaN in an array, present in a sparse matrix."""
    if hasattr(affinity, "tocoo"):
        coo = affinity.tocsr().tocoo()
        rows, columns, values = coo.row, coo.col, coo.data.astype(np.float64)
        held = ~np.isnan(values)
        shape = (int(coo.shape[0]), int(coo.shape[1]))
        return shape, rows[held].astype(np.int64), columns[held].astype(np.int64), values[held]
    dense = np.asarray(affinity, dtype=np.float64)
    if dense.ndim != 2:
        raise ValueError("affinity: expected a matrix of experts × entries")
    row, column = np.nonzero(~np.isnan(dense))
    return dense.shape, row.astype(np.int64), column.astype(np.int64), dense[row, column]


def build(
    affinity: Any,
    demand: Any,
    load_max: Any,
    load_min: Any,
    conflicts: Any,
    fixed: Any,
    forbidden: Any,
    keep: Any = None,
) -> Problem:
    shape, expert, entry, weight = candidates(affinity)
    if np.any(np.isinf(weight)):
        raise ValueError("affinity: infinite values are not allowed; use forbidden or conflicts")
    keys = expert * shape[1] + entry
    banned = _keys(pair_array(conflicts, shape, "conflicts"), shape)
    held = _unique(pair_array(fixed, shape, "fixed"))
    _refuse_conflicting(held, banned, shape)
    banned = np.concatenate([banned, _keys(pair_array(forbidden, shape, "forbidden"), shape), _keys(held, shape)])
    open_ = ~np.isin(keys, banned)
    wanted, low, high = (
        as_vector(demand, shape[1], "demand"),
        as_vector(load_min, shape[0], "load_min"),
        as_vector(load_max, shape[0], "load_max"),
    )
    if np.any(low > high):
        raise ValueError("load_min: above load_max for at least one expert")
    per_expert, per_entry = np.bincount(held[:, 0], minlength=shape[0]), np.bincount(held[:, 1], minlength=shape[1])
    return Problem(
        experts=shape[0],
        entries=shape[1],
        expert=expert[open_],
        entry=entry[open_],
        weight=weight[open_],
        demand=np.maximum(wanted - per_entry, 0),
        low=np.maximum(low - per_expert, 0),
        high=np.maximum(high - per_expert, 0),
        fixed=held,
        fixed_weight=_weights_of(held, keys, weight, shape),
        kept=np.isin(keys[open_], _keys(pair_array(keep, shape, "keep"), shape)),
    )


def _keys(pairs: Ints, shape: tuple[int, int]) -> Ints:
    keys: Ints = pairs[:, 0] * shape[1] + pairs[:, 1]
    return keys


def _unique(pairs: Ints) -> Ints:
    return np.unique(pairs, axis=0) if len(pairs) else pairs


def _refuse_conflicting(held: Ints, banned: Ints, shape: tuple[int, int]) -> None:
    broken = held[np.isin(_keys(held, shape), banned)]
    if len(broken):
        raise ValueError(
            f"fixed: expert {broken[0, 0]} has a conflict with entry {broken[0, 1]}; a conflict is never broken"
        )


def _weights_of(held: Ints, keys: Ints, weight: Floats, shape: tuple[int, int]) -> Floats:
    """Affinity of pairs fixed by hand; a pair fixed outside the eligible ones counts as 0."""
    if not len(held) or not len(keys):
        return np.zeros(len(held))
    order = np.argsort(keys)
    place = np.minimum(np.searchsorted(keys, _keys(held, shape), sorter=order), len(keys) - 1)
    found = keys[order][place] == _keys(held, shape)
    return np.where(found, weight[order][place], 0.0)


def integer_weights(weight: Floats) -> Ints:
    """Whole numbers in proportion to the weights: exact when they have at most six decimals, else to 1e-8 of the largest."""
    for digits in range(7):
        if _nearly_whole(weight[:FIRST] * 10.0**digits) and _nearly_whole(scaled := weight * 10.0**digits):
            return np.rint(scaled).astype(np.int64)
    top = float(np.abs(weight).max(initial=1e-300))
    return np.rint(weight / top * 1e8).astype(np.int64)


FIRST = 64
"""Weights looked at before all of them are."""


def _nearly_whole(scaled: Floats) -> bool:
    return bool(np.abs(scaled - np.rint(scaled)).max(initial=0.0) <= 1e-6)


def masks(groups: Sequence[Any], experts: int) -> list[Bools]:
    """Each group as a mask over experts, from a mask or from indices."""
    return [_mask(group, experts) for group in groups]


def _mask(group: Any, experts: int) -> Bools:
    array = np.asarray(sorted(group) if isinstance(group, (set, frozenset)) else group)
    if array.dtype == bool and array.shape == (experts,):
        return array
    mask = np.zeros(experts, dtype=bool)
    mask[array.astype(np.int64)] = True
    return mask
