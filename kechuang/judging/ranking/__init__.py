"""Ranking entries from the scores of judges who differ in severity."""

from kechuang.judging.ranking.rank import rank
from kechuang.judging.ranking.result import Components, RankedEntry, Ranking, Severity

__all__ = ["Components", "RankedEntry", "Ranking", "Severity", "rank"]
