"""Every read of the review stage, by audience: experts, officers, and the inputs of the solver."""

from kechuang.engine.reviews.queries.borders import BorderAdvice, next_reviews
from kechuang.engine.reviews.queries.expert import (
    AssignmentCard,
    BlindEntry,
    SheetView,
    my_assignments,
    my_file,
    my_rounds,
    my_sheet,
)
from kechuang.engine.reviews.queries.panels import districts_of, free_places_of, panels_of, timetable_of
from kechuang.engine.reviews.queries.pool import broken_conflicts, conflicts, invited, not_yet_invited, pool
from kechuang.engine.reviews.queries.progress import (
    RoundProgress,
    division_progress,
    missing_experts,
    missing_reviews,
    reviewer_progress,
    round_progress,
    spread_alarms,
)
from kechuang.engine.reviews.queries.samples import sample_entries, sample_feedback

__all__ = [
    "AssignmentCard",
    "BlindEntry",
    "BorderAdvice",
    "RoundProgress",
    "SheetView",
    "broken_conflicts",
    "conflicts",
    "districts_of",
    "division_progress",
    "free_places_of",
    "invited",
    "missing_experts",
    "missing_reviews",
    "my_assignments",
    "my_file",
    "my_rounds",
    "my_sheet",
    "next_reviews",
    "not_yet_invited",
    "panels_of",
    "pool",
    "reviewer_progress",
    "round_progress",
    "sample_entries",
    "sample_feedback",
    "spread_alarms",
    "timetable_of",
]  # fmt: skip
