"""Every write of the review stage, by name."""

from kechuang.engine.reviews.actions.assigning import (
    Assigned,
    add_extra_reviewer,
    add_extra_reviewers,
    assign_reviewers,
    give_next_reviews,
    replay_assignment,
)
from kechuang.engine.reviews.actions.by_hand import add_assignment, void_assignment
from kechuang.engine.reviews.actions.conflicts import (
    add_conflict,
    declare_affiliations,
    declare_conflict,
    find_conflicts,
    withdraw_conflict,
)
from kechuang.engine.reviews.actions.enrolling import Enrolment, Newcomer, enrol_experts
from kechuang.engine.reviews.actions.panels import create_panel, delete_panel, update_panel
from kechuang.engine.reviews.actions.pool import (
    NewReviewer,
    Post,
    add_reviewer,
    add_reviewers,
    retire_reviewer,
    update_reviewer,
)
from kechuang.engine.reviews.actions.rounds import (
    close_round,
    invite_reviewers,
    open_round,
    remind_reviewers,
    reopen_round,
    set_round_times,
    uninvite_reviewer,
)
from kechuang.engine.reviews.actions.scoring import recuse, reopen_score, save_score, submit_score, submit_scores
from kechuang.engine.reviews.actions.timetabling import Built, Hours, build_timetable, move_slot, replay_timetable
from kechuang.engine.reviews.rules import ScoreSheet

__all__ = [
    "Assigned", "Built", "Enrolment", "Hours", "NewReviewer", "Newcomer", "Post", "ScoreSheet", "add_assignment", "add_conflict", "add_extra_reviewer", "add_extra_reviewers",
    "add_reviewer", "add_reviewers", "assign_reviewers", "build_timetable", "close_round", "create_panel", "declare_affiliations",
    "declare_conflict", "delete_panel", "enrol_experts", "find_conflicts", "give_next_reviews", "invite_reviewers", "move_slot", "open_round", "recuse",
    "remind_reviewers", "reopen_round", "reopen_score", "replay_assignment", "replay_timetable", "retire_reviewer", "save_score", "set_round_times",
    "submit_score", "submit_scores", "uninvite_reviewer", "update_panel", "update_reviewer", "void_assignment",
    "withdraw_conflict",
]  # fmt: skip
