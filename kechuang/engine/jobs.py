"""The job functions of the stages, where the worker looks for them."""

from kechuang.engine.applications.jobs import carry_out_bulk, discard_paper, read_papers
from kechuang.engine.awards.jobs import issue
from kechuang.engine.decisions.jobs import sensitivity
from kechuang.engine.reminders import remind
from kechuang.engine.reviews.jobs import assign, find_conflicts
from kechuang.engine.similarity.jobs import compare
from kechuang.engine.tenure.jobs import keep_terms

__all__ = [
    "assign",
    "carry_out_bulk",
    "compare",
    "discard_paper",
    "find_conflicts",
    "issue",
    "keep_terms",
    "read_papers",
    "remind",
    "sensitivity",
]
