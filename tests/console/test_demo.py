"""The demo city: everybody who comes to look finds every recognition in every state."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from kechuang.base import clock
from kechuang.console.demo import loading
from kechuang.engine.decisions.actions import replay_decision
from kechuang.engine.honours.models import Honour
from kechuang.engine.models import Application, Call, Decision, PublicNotice
from kechuang.engine.programme.registry import PROGRAMMES

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
DAY = date(2026, 9, 22)


def test_demo_city_has_every_programme_in_every_state():
    said: list[str] = []
    with clock.travel(timezone.make_aware(datetime(DAY.year, DAY.month, DAY.day, 9))):
        loading.load(DAY, tell=said.append)

        assert {code: never_seen(code) for code in PROGRAMMES} == dict.fromkeys(PROGRAMMES, frozenset())
        assert [line for line in said if "没有装入" in line] == []
        on_notice = set(
            PublicNotice.objects.filter(state="open").values_list("decision__call__programme_code", flat=True)
        )
        assert on_notice == {plan.code for plan in PROGRAMMES.values() if plan.rounds}
        held = set(Honour.objects.filter(state="revoked").values_list("programme_code", flat=True))
        assert held == {plan.code for plan in PROGRAMMES.values() if plan.honour}
        assert [str(one) for one in Decision.objects.all() if not replay_decision(one).ok] == []


def never_seen(code: str) -> frozenset[str]:
    """States of the programme's courses in which no application of the city is; a defence only where there are several rounds."""
    calls = Call.objects.filter(programme_code=code).select_related("org")
    states = frozenset[str]().union(*(call.workflow.states for call in calls))
    if len(PROGRAMMES[code].rounds) < 2:
        states -= {"in_defence"}
    return states - set(Application.objects.filter(call__in=calls).values_list("state", flat=True))
