"""Judging that can be defended: assignment, ranking and timetable for any competition, without Django.

Importing this package loads numpy and nothing heavier; solvers are imported by the call that needs them.
"""

from kechuang.judging.assignment import Assignment, assign, reassign

__all__ = ["Assignment", "assign", "reassign"]
