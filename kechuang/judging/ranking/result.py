"""What `rank` hands back."""

from dataclasses import asdict, dataclass
from typing import Any

from kechuang.judging.messages import Message


@dataclass(frozen=True)
class RankedEntry:
    """`low`–`high` is the 90 % interval of the estimate, `rank_low`–`rank_high` that of the rank (1 is best)."""

    entry: Any
    estimate: float
    error: float
    low: float
    high: float
    rank: int
    rank_low: int
    rank_high: int
    scores: int
    mean: float
    component: int
    tiers: tuple[float, ...] = ()


@dataclass(frozen=True)
class Severity:
    """`value` above 0 is generous, below 0 severe, in points; `error` its standard error."""

    judge: Any
    value: float
    error: float
    scores: int


@dataclass(frozen=True)
class Components:
    """Groups of the judge–entry graph; `entries` and `judges` list the members of each, largest group first."""

    count: int
    entries: tuple[tuple[Any, ...], ...]
    judges: tuple[tuple[Any, ...], ...]
    message: Message

    @property
    def sentence(self) -> str:
        return self.message.text


@dataclass(frozen=True)
class Ranking:
    """`table` is in order of rank; `method` is the one used; `variances` are of entry, judge and error."""

    table: tuple[RankedEntry, ...]
    severity: tuple[Severity, ...]
    components: Components
    method: str
    reasons: tuple[Message, ...]
    alarms: tuple[Message, ...]
    variances: dict[str, float]
    tier_names: tuple[str, ...] = ()

    def order(self) -> list[Any]:
        return [row.entry for row in self.table]

    def estimates(self) -> dict[Any, float]:
        return {row.entry: row.estimate for row in self.table}

    def as_dict(self, *, texts: bool = True) -> dict[str, Any]:
        """Plain form; without `texts` the messages are codes and parameters alone, as the platform stores them."""
        return {
            "method": self.method,
            "table": [asdict(row) for row in self.table],
            "severity": [asdict(row) for row in self.severity],
            "components": {"count": self.components.count, "message": self.components.message.as_dict(text=texts)},
            "reasons": [message.as_dict(text=texts) for message in self.reasons],
            "alarms": [message.as_dict(text=texts) for message in self.alarms],
            "variances": self.variances,
            "tier_names": list(self.tier_names),
        }
