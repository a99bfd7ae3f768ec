"""How well an expert fits an entry, from field tags: exact discipline 1.0, neighbouring 0.5, stage as a factor."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kechuang.judging.arrays import Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Tags = Collection[Hashable]
EXACT, NEIGHBOUR, OTHER_STAGE = 1.0, 0.5, 0.6


def affinity(
    expert_fields: Sequence[Tags | Mapping[Hashable, float]],
    entry_fields: Sequence[Tags],
    *,
    neighbours: Mapping[Hashable, Tags] | Iterable[tuple[Hashable, Hashable]] = (),
    expert_stages: Sequence[Tags] | None = None,
    entry_stages: Sequence[Hashable] | None = None,
    exact: float = EXACT,
    neighbour: float = NEIGHBOUR,
    other_stage: float = OTHER_STAGE,
) -> "csr_array[Any, Any]":
    """A sparse experts × entries matrix; an absent pair shares no field and is not eligible.

    Expert fields may be a mapping field → strength (0–1). An entry's first field counts in full, each further one half
    as much; the best match of the expert decides per field. An expert without stages fits every stage.
    """
    from scipy import sparse  # noqa: PLC0415 -- slow import

    near = _neighbours(neighbours)
    expert_rows, entry_columns = _fields(expert_fields, near, exact, neighbour), _weights(entry_fields)
    names = {name: place for place, name in enumerate(dict.fromkeys([*_names(expert_rows), *_names(entry_columns)]))}
    left = sparse.csr_array(_coordinates(expert_rows, names), shape=(len(expert_rows), max(len(names), 1)))
    right = sparse.csr_array(_coordinates(entry_columns, names), shape=(len(entry_columns), max(len(names), 1)))
    product = (left @ right.T).tocoo()
    value = product.data
    if expert_stages is not None and entry_stages is not None:
        value = value * _stage_factor(product.row, product.col, expert_stages, entry_stages, other_stage)
    held = value > 0
    return sparse.csr_array((value[held], (product.row[held], product.col[held])), shape=product.shape)


def _neighbours(
    neighbours: Mapping[Hashable, Tags] | Iterable[tuple[Hashable, Hashable]],
) -> dict[Hashable, set[Hashable]]:
    """Neighbourhood in both directions."""
    if isinstance(neighbours, Mapping):
        pairs: Iterable[tuple[Hashable, Hashable]] = ((a, b) for a, others in neighbours.items() for b in others)
    else:
        pairs = neighbours
    near: dict[Hashable, set[Hashable]] = defaultdict(set)
    for one, other in pairs:
        near[one].add(other)
        near[other].add(one)
    return near


def _fields(
    fields: Sequence[Tags | Mapping[Hashable, float]],
    near: Mapping[Hashable, set[Hashable]],
    exact: float,
    neighbour: float,
) -> list[dict[Hashable, float]]:
    return [_reach(tags, near, exact, neighbour) for tags in fields]


def _reach(
    tags: Tags | Mapping[Hashable, float], near: Mapping[Hashable, set[Hashable]], exact: float, neighbour: float
) -> dict[Hashable, float]:
    """What an expert is worth in each field: their own and those next to them."""
    strength = dict(tags) if isinstance(tags, Mapping) else dict.fromkeys(tags, 1.0)
    reach: dict[Hashable, float] = {}
    for field, value in strength.items():
        reach[field] = max(reach.get(field, 0.0), value * exact)
        for other in near.get(field, ()):
            reach[other] = max(reach.get(other, 0.0), value * neighbour)
    return reach


def _weights(fields: Sequence[Tags]) -> list[dict[Hashable, float]]:
    """Shares of an entry's fields that add up to 1: the first one whole, each further one half."""
    weighted = []
    for tags in fields:
        raw = {field: 1.0 if place == 0 else 0.5 for place, field in enumerate(dict.fromkeys(tags))}
        total = sum(raw.values())
        weighted.append({field: value / total for field, value in raw.items()})
    return weighted


def _names(rows: Iterable[Mapping[Hashable, float]]) -> list[Hashable]:
    return [name for row in rows for name in row]


def _coordinates(
    rows: Sequence[Mapping[Hashable, float]], names: Mapping[Hashable, int]
) -> tuple[Floats, tuple[Ints, Ints]]:
    triples = [(value, place, names[name]) for place, row in enumerate(rows) for name, value in row.items()]
    table = np.array(triples, dtype=np.float64).reshape(-1, 3)
    return table[:, 0], (table[:, 1].astype(np.int64), table[:, 2].astype(np.int64))


def _stage_factor(
    row: Ints, column: Ints, expert_stages: Sequence[Tags], entry_stages: Sequence[Hashable], other_stage: float
) -> Floats:
    """1 where the expert knows the entry's stage (or named none), `other_stage` elsewhere."""
    stages = {stage: place for place, stage in enumerate(dict.fromkeys(entry_stages))}
    factor = np.full((len(expert_stages), max(len(stages), 1)), other_stage)
    for expert, known in enumerate(expert_stages):
        columns = [stages[stage] for stage in known if stage in stages] if known else list(stages.values())
        factor[expert, columns] = 1.0
    of_entry = np.array([stages[stage] for stage in entry_stages], dtype=np.int64)
    found: Floats = factor[row, of_entry[column]]
    return found
