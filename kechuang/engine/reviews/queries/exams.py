"""What a written test gave, in the form in which a ranking takes scores."""

from decimal import Decimal
from typing import Any

from kechuang.engine.reviews.models import ExamMark, ReviewRound

OFFICE = 0
"""In the place of a reviewer: a test has none."""


def exam_scores(round: ReviewRound) -> list[list[Any]]:
    """[alias, nobody, points of a hundred, no marks by criterion, no failed gates]; who was absent has no row."""
    full = Decimal(str(round.plan.full_marks))
    rows = ExamMark.objects.filter(entry__in=round.entries.standing(), points__isnull=False).order_by("entry__alias")
    found = rows.values_list("entry__alias", "points")
    return [[alias, OFFICE, f"{points * 100 / full:.2f}", {}, []] for alias, points in found if points is not None]
