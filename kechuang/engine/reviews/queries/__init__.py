"""Every read of the review stage, by audience: experts, officers, and the inputs of the solver."""

from kechuang.engine.reviews.queries.expert import (
    AssignmentCard,
    BlindEntry,
    SheetView,
    my_assignments,
    my_file,
    my_rounds,
    my_sheet,
)
from kechuang.engine.reviews.queries.panels import panels_of, timetable_of
from kechuang.engine.reviews.queries.pool import broken_conflicts, conflicts, invited, not_yet_invited, pool
from kechuang.engine.reviews.queries.progress import (
    division_progress,
    missing_experts,
    missing_reviews,
    reviewer_progress,
    round_progress,
    spread_alarms,
)

__all__ = [
    "AssignmentCard", "BlindEntry", "SheetView", "broken_conflicts", "conflicts", "division_progress", "invited",
    "missing_experts", "missing_reviews", "my_assignments", "my_file", "my_rounds", "my_sheet", "not_yet_invited", "panels_of",
    "pool", "reviewer_progress", "round_progress", "spread_alarms", "timetable_of",
]  # fmt: skip
