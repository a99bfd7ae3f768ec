"""The job functions of the stages, where the worker looks for them."""

from kechuang.engine.awards.jobs import bundle, issue
from kechuang.engine.decisions.jobs import sensitivity
from kechuang.engine.reviews.jobs import assign, find_conflicts

__all__ = ["assign", "bundle", "find_conflicts", "issue", "sensitivity"]
