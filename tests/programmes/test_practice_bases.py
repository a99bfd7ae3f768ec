"""实践基地: numbers of comparable rules, and who may apply."""

import pytest

from kechuang.engine.applications import actions as applying
from kechuang.engine.applications.batch import MoveRefused
from kechuang.programmes.practice_bases import rules
from kechuang.programmes.practice_bases.programme import PRACTICE_BASES
from tests.factories.engine import a_call, a_ground, an_actor
from tests.factories.orgs import a_partner
from tests.programmes.driver import ENOUGH, sample_answers


@pytest.mark.parametrize(("value", "share"), [(1000, 1.0), (999, 0.8), (500, 0.8), (150, 0.6), (149, 0.0)])
def test_area_is_banded(value, share):
    assert rules.AREA.share(value) == share


def test_thresholds_follow_the_kind():
    facts = {"area_m2": "250", "open_days": "25", "staff_count": "1", "volunteers": "5"}

    assert rules.shortfalls("research", facts) == []
    assert [least for _words, least in rules.shortfalls("production", facts)] == [30]
    assert [least for _words, least in rules.shortfalls("venue", facts)] == [300, 80]
    assert len(rules.shortfalls("venue", {})) == 4


@pytest.mark.django_db
def test_museum_below_the_threshold_is_told_each_number():
    ground = a_ground()
    call = a_call(ground, plan=PRACTICE_BASES, programme_code="practice_bases")
    museum = a_partner(ground.org, "museum")
    by = an_actor("partner_officer", museum)
    draft = applying.begin_application(call, museum, by=by)
    answers = (
        sample_answers(PRACTICE_BASES, "venue", 0.9) | ENOUGH["practice_bases"] | {"area_m2": "250", "volunteers": "2"}
    )
    draft, _errors = applying.save_answers(draft, answers, version=draft.version, by=by)

    with pytest.raises(MoveRefused, match="场地面积不少于 300 平方米；志愿者不少于 5 人"):
        applying.submit_application(draft, by=by, signs={"duty": ""})
    draft, _errors = applying.save_answers(draft, {"area_m2": "350", "volunteers": "8"}, version=draft.version, by=by)
    assert applying.submit_application(draft, by=by, signs={"duty": ""}).state == "recommended"
