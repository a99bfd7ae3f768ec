"""Judging that can be defended: assignment, ranking and timetable for any competition, without Django.

Importing this package loads nothing; each name brings its module when it is first asked for (PEP 562), so that a web process that
only reads a message or a conflict does not hold numpy and its memory. Solvers are imported by the call that needs them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    from kechuang.judging.influence import Agreement, JudgeProfile, Sensitivity, WithoutJudge, sensitivity
    from kechuang.judging.messages import Message
    from kechuang.judging.prizes import Allotment, Ranked, TiePolicy, allot, what_if
    from kechuang.judging.ranking import JudgeSeverity, Ranking, judge_severity, rank
    from kechuang.judging.replay import Record, canonical_json, fingerprint, record, replays
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

_HOMES = {
    "affinities": ("affinity",),
    "alarms": (
        "spread_alarm",
        "suggest_experts",
    ),
    "assignment": (
        "Assignment",
        "assign",
        "reassign",
    ),
    "calibration": (
        "Feedback",
        "calibration_feedback",
        "calibration_sample",
    ),
    "conflicts": (
        "Conflict",
        "ConflictKind",
        "Declared",
        "EntryFacts",
        "ExpertFacts",
        "Tenure",
        "conflict_pairs",
        "find_conflicts",
    ),
    "messages": ("Message",),
    "prizes": (
        "Allotment",
        "Ranked",
        "TiePolicy",
        "allot",
        "what_if",
    ),
    "ranking": (
        "JudgeSeverity",
        "Ranking",
        "judge_severity",
        "rank",
    ),
    "replay": (
        "Record",
        "canonical_json",
        "fingerprint",
        "record",
        "replays",
    ),
    "influence": (
        "Agreement",
        "JudgeProfile",
        "Sensitivity",
        "WithoutJudge",
        "sensitivity",
    ),
    "spending": (
        "Advice",
        "NextReview",
        "next_reviews",
    ),
    "timetables": (
        "Defence",
        "HardRule",
        "Panel",
        "Room",
        "Slot",
        "Timetable",
        "Weights",
        "free_places",
        "move_entry",
        "timetable",
    ),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
