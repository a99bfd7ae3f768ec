"""Prize rules that look at the honours an applicant holds."""

from datetime import timedelta

from kechuang.base import clock
from kechuang.engine.applications.models import Application
from kechuang.engine.calls.models import Call
from kechuang.engine.honours.queries import folded
from kechuang.engine.programme.registry import prize_rule

A_YEAR = timedelta(days=365)


@prize_rule("lower_title_for_a_year")
def lower_title_for_a_year(call: Call, prize: str, ids: list[int]) -> set[int]:
    """Domain §3.6: the city's title takes the district's title for a year at least. Held back is whoever lacks it."""
    plan, today = call.plan.honour, clock.today()
    if plan is None:
        return set()
    orgs = dict(Application.objects.filter(pk__in=ids).values_list("pk", "org_id"))
    ripe = {
        now.org
        for _honour, now in folded(call.programme_code, today)
        if now.is_held and now.since <= today - A_YEAR and plan.height(now.level) >= max(1, plan.height(prize) - 1)
    }
    return {pk for pk, org in orgs.items() if org not in ripe}
