"""Prize tiers from a ranking.

Counting, per division of n entries:
- winners are at most floor(cap × n): never above the published share;
- tiers are cut cumulatively: the first t tiers hold at most floor((ratio₁ + … + ratioₜ) × winners) entries, so that no
  higher prize is given more often than published; the last tier holds what is left (all winners if ratios add up to 1);
  `rounding="nearest"` rounds these cuts half up instead, so that a small division may still have a first prize;
- shares are exact fractions of their decimals: 0.6 × 10 is 6.

Ties: entries equal in score are told apart by the published chain of criteria; entries equal in all of it share a rank
("1, 2, 2, 4"). A tied group across a border goes as a whole to the lower tier (`down`) or to the higher one (`up`);
the cap on all winners is never passed, so at that border the group goes without a prize under either rule.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby
from typing import Any

from kechuang.judging.messages import Message, say

DEFAULT_RATIOS: dict[str, float] = {"一等奖": 0.15, "二等奖": 0.35, "三等奖": 0.50}
DEFAULT_CAP = 0.60


@dataclass(frozen=True)
class TiePolicy:
    """`chain` names the criteria compared in turn (higher wins; a leading "-" turns it round); `border` is down or up."""

    chain: tuple[str, ...] = ()
    border: str = "down"
    digits: int = 6

    def __post_init__(self) -> None:
        if self.border not in ("down", "up"):
            raise ValueError(f"border: expected 'down' or 'up', got {self.border!r}")

    def key(self, entry: "Ranked") -> tuple[float, ...]:
        """Smaller is better; scores equal to `digits` decimals are tied."""
        return (-self._number(entry.score), *(self._criterion(entry, name) for name in self.chain))

    def _criterion(self, entry: "Ranked", name: str) -> float:
        bare = name.removeprefix("-")
        value = self._number(entry.criteria.get(bare, float("-inf")))
        return value if name.startswith("-") else -value

    def _number(self, value: float) -> float:
        return round(value, self.digits) + 0.0


@dataclass(frozen=True)
class Ranked:
    """One entry with its score and the criteria the tie chain may ask for."""

    entry: Hashable
    score: float
    division: Hashable = ""
    criteria: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Placing:
    """`tier` is None without a prize; `tied` counts the entries sharing the rank."""

    entry: Hashable
    division: Hashable
    rank: int
    tier: str | None
    tied: int


@dataclass(frozen=True)
class DivisionCount:
    """What was allowed and what was given; `limits` are cumulative by tier."""

    entries: int
    cap: int
    limits: Mapping[str, int]
    given: Mapping[str, int]


@dataclass(frozen=True)
class Allotment:
    placings: tuple[Placing, ...]
    divisions: Mapping[Hashable, DivisionCount]
    messages: tuple[Message, ...]

    def tier_of(self) -> dict[Hashable, str | None]:
        return {placing.entry: placing.tier for placing in self.placings}


def allot(
    ranked: Iterable[Ranked],
    ratios: Mapping[str, float] | None = None,
    cap: float = DEFAULT_CAP,
    tie_policy: TiePolicy | None = None,
    *,
    entries_of: Mapping[Hashable, int] | None = None,
    whole: int | None = None,
    rounding: str = "down",
) -> Allotment:
    """Ranks and tiers per division.

    `entries_of` gives the number of entries the cap refers to where it is not the number ranked (entries screened out
    before the review count, say). `whole` limits the winners of each division to a number on top of the cap.
    """
    tiers, policy = dict(DEFAULT_RATIOS if ratios is None else ratios), tie_policy or TiePolicy()
    check_ratios(tiers, cap)
    by_division: dict[Hashable, list[Ranked]] = defaultdict(list)
    for entry in ranked:
        _check_score(entry)
        by_division[entry.division].append(entry)
    placings, counts, messages = [], {}, []
    for division in sorted(by_division, key=str):
        rows = by_division[division]
        size = (entries_of or {}).get(division, len(rows))
        winners = min(floor_share(cap, size), whole if whole is not None else size)
        placed, said = _allot_division(rows, (limits := tier_limits(tiers, winners, rounding)), winners, policy)
        counts[division] = _count(placed, size, winners, limits)
        placings += placed
        messages += [say("prizes.cap", cap=winners, entries=size, share=cap), *said]
    return Allotment(tuple(placings), counts, tuple(messages))


def check_ratios(ratios: Mapping[str, float], cap: float) -> None:
    if not ratios or any(ratio < 0 for ratio in ratios.values()) or sum(map(exact, ratios.values())) > 1:
        raise ValueError("ratios: expected at least one tier, none below 0, together at most 1 of all winners")
    if not 0 <= cap <= 1:
        raise ValueError(f"cap: expected a share of the entries between 0 and 1, got {cap}")


def _check_score(entry: Ranked) -> None:
    if entry.score != entry.score:
        raise ValueError(f"entry {entry.entry!r} has no score; leave it out or give it one")


def exact(share: float) -> Fraction:
    """The decimal as written: 0.15 is 15/100, not its nearest binary number."""
    return Fraction(str(share))


def floor_share(share: float, count: int) -> int:
    return int(exact(share) * count)


def tier_limits(ratios: Mapping[str, float], winners: int, rounding: str = "down") -> dict[str, int]:
    """At most so many entries up to and including each tier."""
    if rounding not in ("down", "nearest"):
        raise ValueError(f"rounding: expected 'down' or 'nearest', got {rounding!r}")
    limits, total = {}, Fraction(0)
    for tier, ratio in ratios.items():
        total += exact(ratio)
        limits[tier] = int(total * winners + (Fraction(1, 2) if rounding == "nearest" else 0))
    return limits


def _allot_division(
    rows: Sequence[Ranked], limits: Mapping[str, int], winners: int, policy: TiePolicy
) -> tuple[list[Placing], list[Message]]:
    ordered = sorted(rows, key=lambda row: (*policy.key(row), str(row.entry)))
    placed: list[Placing] = []
    messages: list[Message] = []
    for _, members in groupby(ordered, key=policy.key):
        group, rank = list(members), len(placed) + 1
        last = len(placed) + len(group)
        tier = tier_of_group(rank, last, limits, winners, policy.border)
        messages += _tie_messages(rank, last, tier, limits, winners)
        placed += [Placing(row.entry, row.division, rank, tier, len(group)) for row in group]
    return placed, messages


def tier_of_group(first: int, last: int, limits: Mapping[str, int], winners: int, border: str) -> str | None:
    """The tier of a tied group on the places first…last."""
    if last > winners:
        return None
    place = last if border == "down" else first
    return next((tier for tier, limit in limits.items() if place <= limit), None)


def _tie_messages(first: int, last: int, tier: str | None, limits: Mapping[str, int], winners: int) -> list[Message]:
    if first == last:
        return []
    said = [say("prizes.tie_shared", rank=first, count=last - first + 1)]
    crossed = next((name for name, limit in limits.items() if first <= min(limit, winners) < last), None)
    if crossed is not None:
        count = last - first + 1
        over = say("prizes.tie_over_to", tier=crossed, count=count, outcome=tier)
        said.append(over if tier else say("prizes.tie_over_none", tier=crossed, count=count))
    return said


def _count(placed: Sequence[Placing], size: int, winners: int, limits: Mapping[str, int]) -> DivisionCount:
    given = {tier: sum(placing.tier == tier for placing in placed) for tier in limits}
    return DivisionCount(size, winners, limits, given)


@dataclass(frozen=True)
class Change:
    entry: Hashable
    before: str | None
    after: str | None


def what_if(before: Allotment, after: Allotment) -> list[Change]:
    """Entries whose tier differs between two allotments: under other ratios, caps, tie rules or without one judge."""
    now = after.tier_of()
    changed = [Change(p.entry, p.tier, now.get(p.entry)) for p in before.placings if p.tier != now.get(p.entry)]
    return sorted(changed, key=lambda change: str(change.entry))


def as_rows(allotment: Allotment) -> list[dict[str, Any]]:
    return [
        {"entry": p.entry, "division": p.division, "rank": p.rank, "tier": p.tier or "", "tied": p.tied}
        for p in allotment.placings
    ]
