"""Spot checks: a sample that anybody can draw again, and what was found."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.models import Message
from kechuang.engine.applications import actions as applying
from kechuang.engine.applications.perform import perform
from kechuang.engine.honours.actions import revoke_honour
from kechuang.engine.honours.models import Honour
from kechuang.engine.programme.declaration import CheckItem, SpotCheckPlan
from kechuang.engine.programme.validation import problems
from kechuang.engine.tenure.actions.checks import draw_sample, record_check
from kechuang.engine.tenure.models import SpotCheck
from kechuang.engine.tenure.queries.checks import checks_seen, done_at, draws_seen, pool_of
from kechuang.engine.tenure.rules import Holder, draw
from tests.factories.engine import TITLES, a_call, a_ground, a_title_plan, an_actor

CODE = "a_check"
CHECKS = SpotCheckPlan((CheckItem("open", "开放"), CheckItem("safe", "安全")))
DAY = date(2026, 3, 2)
pools = st.lists(
    st.builds(Holder, st.integers(0, 500).map(str), st.sampled_from("甲乙丙")), max_size=60, unique_by=lambda one: one.number
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pools, st.floats(0.01, 1), st.integers(0, 2**53 - 1), st.randoms())
def test_sample_is_the_same_again_and_takes_its_share_of_every_layer(pool, share, seed, chance):
    shuffled = list(pool)
    chance.shuffle(shuffled)

    found = draw(pool, share, seed)

    assert found == draw(shuffled, share, seed)
    for layer in {one.layer for one in pool}:
        numbers = {one.number for one in pool if one.layer == layer}
        drawn = numbers & set(found)
        assert max(1, share * len(numbers) - 1e-6) <= len(drawn) < share * len(numbers) + 1 or len(drawn) == 1
    assert len(set(found)) == len(found)


class Scene:
    """Four schools of two districts, each with a district's title."""

    def __init__(self):
        self.ground = a_ground()
        plan = a_title_plan(honour=replace(TITLES, spot_checks=CHECKS))
        self.call = a_call(self.ground, plan=plan, programme_code=CODE, closes_at=None)
        self.city = an_actor("city_officer", self.ground.org)
        self.district = an_actor("district_officer", self.ground.districts[0])
        self.clerks = [self.grant(school) for school in self.ground.schools]

    def grant(self, school):
        by = an_actor("school_officer", school)
        begun = applying.begin_application(self.call, school, by=by)
        begun, _e = applying.save_answers(begun, {"abstract": "概况", "plan": "规划"}, version=begun.version, by=by)
        perform(applying.submit_application(begun, by=by), "grant", by=self.city, prize="district")
        return by

    def sample(self, share=0.5, **facts):
        return draw_sample(CODE, self.ground.org, share=share, by=self.city, **{"seed": 7} | facts)


@pytest.fixture
def scene():
    with clock.travel(DAY):
        yield Scene()


def good(**facts):
    found = {"open": {"answer": "yes"}, "safe": {"answer": "partly", "note": "缺一个标识"}}
    return {"visited_on": DAY, "found": found, "result": "good"} | facts


@pytest.mark.django_db
def test_draw_keeps_what_draws_it_again(scene):
    row = scene.sample()

    drawn = list(row.checks.values_list("honour__number", flat=True))
    assert (len(drawn), len(row.pool), row.again) == (2, 4, drawn)
    assert {check.honour.org.parent for check in row.checks.all()} == set(scene.ground.districts[:2])
    revoke_honour(row.checks.first().honour, reason="停办", by=scene.city)
    row.refresh_from_db()
    assert row.again == drawn
    assert len(pool_of(CODE, scene.ground.org)) == 3
    assert scene.sample(seed=None).seed != scene.sample(seed=None).seed


@pytest.mark.django_db
def test_district_draws_of_its_own_schools_alone(scene):
    row = draw_sample(CODE, scene.ground.districts[0], share=1, seed=1, by=scene.district)

    assert {check.honour.org for check in row.checks.all()} == set(scene.ground.schools[:2])
    with pytest.raises(PermissionDenied):
        draw_sample(CODE, scene.ground.org, share=1, by=scene.district)
    with pytest.raises(PermissionDenied):
        draw_sample(CODE, scene.ground.schools[0], share=1, by=scene.clerks[0])
    assert [list(draws_seen(who)) for who in (scene.district, scene.city)] == [[row], [row]]
    assert checks_seen(an_actor("district_officer", scene.ground.districts[1])).count() == 0
    with pytest.raises(Refused, match="没有有效的称号"):
        draw_sample(CODE, scene.ground.districts[2], share=1, by=scene.city)
    with pytest.raises(Refused, match="没有抽查清单"):
        draw_sample("nothing", scene.ground.org, share=1, by=scene.city)
    with pytest.raises(Refused, match="抽查比例"):
        scene.sample(share=0)


@pytest.mark.django_db
def test_check_is_recorded_line_by_line_and_the_holder_is_told(scene):
    check = scene.sample(1).checks.get(honour__org=scene.ground.schools[0])

    for wrong, words in (
        ({"found": {"open": {"answer": "yes"}}}, "请逐项填写"),
        ({"found": {"open": {"answer": "yes"}, "safe": {"answer": "maybe"}}}, "请逐项填写"),
        ({"result": ""}, "请选择检查结论"),
        ({"result": "bad"}, "请写明发现的问题"),
        ({"visited_on": DAY + timedelta(days=1)}, "检查日期"),
        ({"visited_on": DAY - timedelta(days=1)}, "检查日期"),
    ):
        with pytest.raises(Refused, match=words):
            record_check(check, **good(**wrong), by=scene.city)
    with pytest.raises(PermissionDenied):
        record_check(check, **good(), by=scene.clerks[0])
    record_check(check, **good(result="bad", remark="没有开放"), by=scene.district)

    assert done_at(check.honour)[0].remark == "没有开放"
    assert Message.objects.filter(user=scene.clerks[0].user, kind="honour.checked").count() == 1
    assert (draws_seen(scene.city).get().done, draws_seen(scene.city).get().bad) == (1, 1)
    assert Honour.objects.get(pk=check.honour_id).state == "valid"


@pytest.mark.django_db
def test_lists_cost_the_same_for_more_checks(scene, django_assert_num_queries):
    for share in (0.5, 1):
        scene.sample(share)
        with django_assert_num_queries(2):
            [str(draw.org) for draw in draws_seen(scene.city)]
            [str(check.honour) + check.honour.org.parent.name for check in checks_seen(scene.city)]
    assert SpotCheck.objects.count() == 6


def test_nonsense_checklist_is_refused():
    def said(checks):
        return [text % params for text, params in problems(a_title_plan(honour=replace(TITLES, spot_checks=checks)))]

    assert said(CHECKS) == []
    assert said(replace(CHECKS, share=0)) == ["抽查比例应大于 0 且不超过 100%。"]
    assert said(SpotCheckPlan(())) == ["抽查清单至少要有一项，代码不能重复。"]
    assert said(SpotCheckPlan((CheckItem("a", "甲"), CheckItem("a", "乙")))) == ["抽查清单至少要有一项，代码不能重复。"]
