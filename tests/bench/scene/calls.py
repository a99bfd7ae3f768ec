"""The three calls, each published by the actions that the pages use, at its own time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from kechuang.base import clock
from kechuang.engine.calls.actions import create_call, edit_call, publish_call, set_quotas
from kechuang.engine.calls.models import Call
from tests.bench.scene.city import City

PROGRAMME = "innovation_contest"
DAYS = {"apply": (0, 25), "endorse": (5, 30), "recommend": (10, 40), "screen": (15, 45), "review": (45, 75), "defence": (75, 85),
        "notice": (85, 95), "award": (95, 100)}  # fmt: skip
"""Days after the call begins, on which a step opens and closes."""


def published(city: City, title: str, began: datetime, places: int, *, year: int) -> Call:
    """A call of the contest whose applications opened at `began`; the law allows one a year."""
    with clock.travel(began - timedelta(hours=1)):
        call = create_call(PROGRAMME, city.org, by=city.officer, title=title, year=year)
        steps = tuple(
            replace(step, opens_at=(began + timedelta(days=DAYS[step.code][0])).isoformat(),
                    closes_at=(began + timedelta(days=DAYS[step.code][1])).isoformat())
            for step in call.plan.steps
        )  # fmt: skip
        rounds = tuple(replace(plan, load_max=90) for plan in call.plan.rounds)
        day = began.date()
        call = edit_call(call, by=city.officer, plan=replace(call.plan, steps=steps, rounds=rounds), approval_number="示范〔0000〕0 号",
                         approval_from=day - timedelta(days=30), approval_until=day + timedelta(days=330))  # fmt: skip
        call = publish_call(call, by=city.officer)
        set_quotas(call, {(district.pk, ""): places for district in city.districts}, by=city.officer)
        return call
