"""Which expert reviews which entry: exact, fair, without a broken conflict, and with every shortfall named."""

from kechuang.judging.assignment.result import Assignment
from kechuang.judging.assignment.solve import assign, reassign

__all__ = ["Assignment", "assign", "reassign"]
