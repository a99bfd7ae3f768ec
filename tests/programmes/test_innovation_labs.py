"""“1+N”创新实验室: what a lab must have, and one lead organisation with many schools."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from kechuang.base import clock
from kechuang.engine.partnerships.queries import circles
from kechuang.programmes.innovation_labs.programme import INNOVATION_LABS
from kechuang.programmes.innovation_labs.rules import shortfalls
from tests.factories.engine import an_actor
from tests.factories.orgs import a_partner
from tests.programmes import driver

MONDAY = datetime(2026, 9, 7, 9, tzinfo=timezone.get_default_timezone())


def test_lab_needs_room_projects_and_mentors():
    whole = {"room_m2": "60", "projects": [["甲"], ["乙"]], "mentors": [["王工"]]}

    assert [n for _words, n in shortfalls({})] == [60, 2, 1]
    assert shortfalls(whole) == []
    assert [n for _words, n in shortfalls(whole | {"room_m2": "五十"})] == [60]


@pytest.mark.django_db
def test_one_lead_organisation_stands_with_many_schools(monkeypatch):
    partners = {}

    def the_same(city, kind):
        if kind not in partners:
            partners[kind] = a_partner(city, kind)
            an_actor("partner_officer", partners[kind])
        return partners[kind]

    monkeypatch.setattr(driver, "a_partner", the_same)
    with clock.travel(MONDAY):
        _made, awards = driver.run(INNOVATION_LABS)

    with clock.travel(MONDAY + timedelta(days=40)):
        found = circles("innovation_labs", clock.today())
    assert [(circle.partner, circle.holders) for circle in found] == [(partners["enterprise"], len(awards))]
