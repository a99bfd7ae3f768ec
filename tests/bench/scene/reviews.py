"""The round: every entry with three experts, two thirds of whose sheets are in."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from kechuang.base import clock
from kechuang.engine.calls.models import Call
from kechuang.engine.reviews import rules
from kechuang.engine.reviews.models import Assignment, Reviewer, ReviewRound, RoundEntry, RoundReviewer, Score
from tests.bench.scene.words import COMMENT

CHUNK = 5000
PER_ENTRY = 3
LOAD = 75
"""Entries per expert: three reviews of 5,000 entries by 200 experts."""


def open_with_scores(call: Call, reviewers: list[Reviewer]) -> ReviewRound:
    now = clock.now()
    round = ReviewRound.objects.create(call=call, number=1, code="preliminary", state="open", opens_at=now - timedelta(days=9),
                                       closes_at=now + timedelta(days=20), opened_at=now - timedelta(days=9), seed=1)  # fmt: skip
    RoundReviewer.objects.bulk_create(
        [RoundReviewer(round=round, reviewer=r, declared_at=now) for r in reviewers], batch_size=CHUNK
    )
    applications = list(call.applications.order_by("pk").only("pk", "stage"))
    numbers = rules.aliases(len(applications), seed="bench")
    entries = [
        RoundEntry(round=round, application=a, alias=alias) for a, alias in zip(applications, numbers, strict=True)
    ]
    RoundEntry.objects.bulk_create(entries, batch_size=CHUNK)
    _assign(round, entries, [reviewer.pk for reviewer in reviewers])
    return round


def _assign(round: ReviewRound, entries: list[RoundEntry], reviewers: list[int]) -> None:
    """Each expert the same number, nobody twice the same entry; the first two thirds of a desk are judged."""
    draw, now = random.Random(1), clock.now() - timedelta(days=3)
    order = list(reviewers)
    draw.shuffle(order)
    seen: dict[int, int] = dict.fromkeys(order, 0)
    rows, scores = [], []
    for number, entry in enumerate(entries):
        for turn in range(PER_ENTRY):
            reviewer = order[(number * PER_ENTRY + turn) % len(order)]
            seen[reviewer] += 1
            state = "submitted" if seen[reviewer] % 3 else "draft" if seen[reviewer] % 15 == 0 else "assigned"
            rows.append(Assignment(round=round, entry=entry, reviewer_id=reviewer, state=state, assigned_at=now,
                                   submitted_at=now if state == "submitted" else None))  # fmt: skip
    Assignment.objects.bulk_create(rows, batch_size=CHUNK)
    scores.extend(_score(round, row, row.entry.application.stage, draw) for row in rows if row.state != "assigned")
    Score.objects.bulk_create(scores, batch_size=CHUNK)


def _score(round: ReviewRound, row: Assignment, stage: str, draw: random.Random) -> Score:
    rubric = round.call.plan.rubric_for(stage)
    marks: dict[str, Any] = {c.code: round_half(c.points * draw.uniform(0.45, 0.98)) for c in rubric.criteria}
    sheet = rules.clean_sheet(
        rubric, rules.ScoreSheet(marks, {gate.code: True for gate in rubric.gates}, COMMENT, COMMENT)
    )
    return Score(assignment=row, marks=dict(sheet.marks), gates=dict(sheet.gates), total=rules.total(sheet.marks), comment=sheet.comment,
                 feedback=sheet.feedback, version=4, saved_at=row.assigned_at)  # fmt: skip


def round_half(value: float) -> float:
    return int(value * 2) / 2
