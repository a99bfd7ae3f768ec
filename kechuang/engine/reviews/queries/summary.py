"""The figures of a round that desks show: made by the worker, read in no time, with the moment they are of."""

from typing import Any

from kechuang.base import clock
from kechuang.engine.enums import RoundState
from kechuang.engine.reviews.models import ReviewRound
from kechuang.engine.reviews.queries.progress import pending_by_reviewer, round_progress, spread_alarms


def summary_of(round: ReviewRound) -> dict[str, Any]:
    progress = round_progress(round)
    return {
        "entries": progress.entries,
        "complete": progress.complete,
        "wanted": progress.wanted,
        "submitted": progress.submitted,
        "alarms": sum(not alarm.asked for alarm in spread_alarms(round)),
        "late": len(pending_by_reviewer(round)),
    }


def refresh(round: ReviewRound) -> None:
    """Keep the summary when nothing changed, so that an idle round costs no write but its time."""
    summary = summary_of(round) | {"at": clock.now().isoformat(timespec="seconds")}
    ReviewRound.objects.filter(pk=round.pk).update(summary=summary)
    round.summary = summary


def refresh_summaries() -> None:
    rounds = (
        ReviewRound.objects.filter(state=RoundState.OPEN)
        .select_related("call")
        .defer("assignment_record", "timetable_record")
    )
    for round in rounds.order_by("pk"):
        refresh(round)
