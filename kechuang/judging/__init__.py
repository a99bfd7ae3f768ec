"""Judging that can be defended: assignment, ranking and timetable for any competition, without Django.

Importing this package loads numpy and nothing heavier; solvers are imported by the call that needs them.
"""

from kechuang.judging.affinities import affinity
from kechuang.judging.alarms import spread_alarm, suggest_experts
from kechuang.judging.assignment import Assignment, assign, reassign
from kechuang.judging.calibration import Feedback, calibration_feedback, calibration_sample
from kechuang.judging.conflicts import (
    Conflict,
    ConflictKind,
    Declared,
    EntryFacts,
    ExpertFacts,
    Tenure,
    conflict_pairs,
    find_conflicts,
)
from kechuang.judging.messages import Message
from kechuang.judging.prizes import Allotment, Ranked, TiePolicy, allot, what_if
from kechuang.judging.ranking import JudgeSeverity, Ranking, judge_severity, rank
from kechuang.judging.replay import Record, canonical_json, fingerprint, record, replays
from kechuang.judging.sensitivity import Agreement, JudgeProfile, Sensitivity, WithoutJudge, sensitivity
from kechuang.judging.spending import Advice, NextReview, next_reviews
from kechuang.judging.timetables import (
    Defence,
    HardRule,
    Panel,
    Room,
    Slot,
    Timetable,
    Weights,
    free_places,
    move_entry,
    timetable,
)

__all__ = [
    "Advice",
    "Agreement",
    "Allotment",
    "Assignment",
    "Conflict",
    "ConflictKind",
    "Declared",
    "Defence",
    "EntryFacts",
    "ExpertFacts",
    "Feedback",
    "HardRule",
    "JudgeProfile",
    "JudgeSeverity",
    "Message",
    "NextReview",
    "Panel",
    "Ranked",
    "Ranking",
    "Record",
    "Room",
    "Sensitivity",
    "Slot",
    "Tenure",
    "TiePolicy",
    "Timetable",
    "Weights",
    "WithoutJudge",
    "affinity",
    "allot",
    "assign",
    "calibration_feedback",
    "calibration_sample",
    "canonical_json",
    "conflict_pairs",
    "find_conflicts",
    "fingerprint",
    "free_places",
    "judge_severity",
    "move_entry",
    "next_reviews",
    "rank",
    "reassign",
    "record",
    "replays",
    "sensitivity",
    "spread_alarm",
    "suggest_experts",
    "timetable",
    "what_if",
]
