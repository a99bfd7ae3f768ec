"""What a rehearsal reports, and what does not add up."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any


@dataclass
class Report:
    """One object per rehearsal; `faults` are the sentences that make the exit code differ from zero."""

    file: str
    seed: int
    rows_in: int = 0
    accepted: int = 0
    refused: int = 0
    refusals: list[dict[str, Any]] = field(default_factory=list)
    endorsed: int = 0
    recommended: int = 0
    screened: int = 0
    experts: int = 0
    conflicts: int = 0
    assigned_pairs: int = 0
    conflicts_broken: int = 0
    shortfall: int = 0
    optimality: float = 0.0
    methods: dict[str, dict[str, float]] = field(default_factory=dict)
    scores: int = 0
    extra_reviews: int = 0
    ranked: int = 0
    shortlisted: int = 0
    awards: dict[str, int] = field(default_factory=dict)
    awards_digest: str = ""
    awarded: int = 0
    award_cap: float = 0.0
    certificates_issued: int = 0
    certificates_verified: int = 0
    precision_at_awards: float = 0.0
    kendall_tau: float = 0.0
    replayed: bool = False
    audit_ok: bool = False
    audit_rows: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    faults: list[str] = field(default_factory=list)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        started = perf_counter()
        try:
            yield
        finally:
            self.seconds[step] = round(self.seconds[step] + perf_counter() - started, 3)

    def check(self, holds: bool, sentence: str) -> None:
        if not holds:
            self.faults.append(sentence)

    def as_json(self) -> dict[str, Any]:
        return vars(self) | {
            "seconds": dict(self.seconds),
            "ok": not self.faults,
            "total_seconds": round(sum(self.seconds.values()), 3),
        }
