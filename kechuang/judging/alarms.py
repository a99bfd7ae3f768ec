"""Entries whose judges differ too much, and who to ask as an extra expert."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kechuang.judging.messages import Message, say


@dataclass(frozen=True)
class SpreadAlarm:
    """`add` lists the experts to ask, best fit first."""

    entry: Hashable
    spread: float
    lowest: Hashable
    highest: Hashable
    add: tuple[Hashable, ...]
    message: Message


Suggest = Callable[[Hashable], Sequence[Hashable]]


def spread_alarm(
    scores: Mapping[Hashable, Mapping[Hashable, float | None]] | Iterable[tuple[Hashable, Hashable, float | None]],
    threshold: float,
    *,
    suggest: Suggest | None = None,
    most: int = 3,
) -> list[SpreadAlarm]:
    """Alarms for entries whose highest and lowest score differ by more than the threshold, widest first.

    `scores` maps entry → judge → score, or is a list of (entry, judge, score). `suggest(entry)` names eligible experts
    in order of preference (see `suggest_experts`); those who already judged the entry are left out.
    """
    found = []
    for entry, given in _by_entry(scores).items():
        if len(given) > 1 and max(given.values()) - min(given.values()) > threshold:
            found.append(_alarm(entry, given, threshold, list(suggest(entry)) if suggest else None, most))
    return sorted(found, key=lambda alarm: (-alarm.spread, str(alarm.entry)))


def _by_entry(
    scores: Mapping[Hashable, Mapping[Hashable, float | None]] | Iterable[tuple[Hashable, Hashable, float | None]],
) -> dict[Hashable, dict[Hashable, float]]:
    """Given scores only: None and NaN are scores not given yet."""
    if isinstance(scores, Mapping):
        rows: Iterable[tuple[Hashable, Hashable, float | None]] = (
            (entry, judge, score) for entry, given in scores.items() for judge, score in given.items()
        )
    else:
        rows = scores
    table: dict[Hashable, dict[Hashable, float]] = {}
    for entry, judge, score in rows:
        if score is not None and score == score:
            table.setdefault(entry, {})[judge] = float(score)
    return table


def _alarm(
    entry: Hashable, given: Mapping[Hashable, float], threshold: float, choice: list[Hashable] | None, most: int
) -> SpreadAlarm:
    lowest, highest = min(given, key=lambda j: (given[j], str(j))), max(given, key=lambda j: (given[j], str(j)))
    spread = given[highest] - given[lowest]
    add = tuple(expert for expert in choice or () if expert not in given)[:most]
    code = "alarm.nobody" if choice is not None and not add else "alarm.spread"
    return SpreadAlarm(entry, spread, lowest, highest, add, say(code, entry=entry, spread=spread, threshold=threshold))


def suggest_experts(
    affinity: Mapping[tuple[Hashable, Hashable], float],
    *,
    loads: Mapping[Hashable, int],
    load_max: int,
    conflicts: Iterable[tuple[Hashable, Hashable]] = (),
    severity: Mapping[Hashable, float] | None = None,
) -> Suggest:
    """A `suggest` for `spread_alarm`: eligible, free of conflict, with room; best fit first, then least loaded, then mildest bias."""
    banned, bias = set(conflicts), severity or {}
    by_entry: dict[Hashable, list[tuple[float, int, float, str, Hashable]]] = {}
    for (expert, entry), weight in affinity.items():
        if (expert, entry) not in banned and loads.get(expert, 0) < load_max:
            order = (-weight, loads.get(expert, 0), abs(bias.get(expert, 0.0)), str(expert), expert)
            by_entry.setdefault(entry, []).append(order)
    ranked = {entry: [row[-1] for row in sorted(rows, key=lambda row: row[:-1])] for entry, rows in by_entry.items()}
    return lambda entry: ranked.get(entry, [])
