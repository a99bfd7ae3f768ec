"""Ranking entries from the scores of judges who differ in severity."""

from kechuang.judging.ranking.rank import judge_severity, rank
from kechuang.judging.ranking.result import Components, RankedEntry, Ranking
from kechuang.judging.ranking.result import Severity as JudgeSeverity

__all__ = ["Components", "JudgeSeverity", "RankedEntry", "Ranking", "judge_severity", "rank"]
