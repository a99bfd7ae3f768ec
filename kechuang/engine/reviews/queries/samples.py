"""The common sample of a round, and what an expert's scores of it say of their severity. Nobody else's scores are shown."""

from __future__ import annotations

from kechuang import judging
from kechuang.engine.reviews.models import Assignment, Reviewer, ReviewRound


def sample_entries(round: ReviewRound) -> list[int]:
    """The entries every expert scores first: those given as samples already, else a draw by the round's seed."""
    given = set(Assignment.objects.filter(round=round, is_sample=True).values_list("entry_id", flat=True))
    if given:
        return sorted(given)
    divisions = {
        f"{pk:012d}": division for pk, division in round.entries.standing().values_list("pk", "application__division")
    }
    drawn = judging.calibration_sample(divisions, round.plan.samples, groups=divisions, seed=round.seed)
    return sorted(int(str(key)) for key in drawn)


def sample_feedback(round: ReviewRound, reviewer: Reviewer) -> judging.Feedback | None:
    """How this expert's scores lie beside the others'; None until all their samples are in and someone else's too."""
    rows = Assignment.objects.filter(round=round, is_sample=True).standing()
    own = list(rows.filter(reviewer=reviewer).values_list("state", flat=True))
    if not own or set(own) != {"submitted"}:
        return None
    scores = list(
        rows.submitted().filter(score__total__isnull=False).values_list("entry_id", "reviewer_id", "score__total")
    )
    if len({judge for _entry, judge, _total in scores}) < 2:
        return None
    entries, judges, totals = zip(*scores, strict=True)
    found = judging.calibration_feedback(entries, judges, [float(total) for total in totals])
    return next((row for row in found if row.judge == reviewer.pk), None)
