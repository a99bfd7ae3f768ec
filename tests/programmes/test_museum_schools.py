"""馆校结合基地学校: what a plan must hold, what is asked of the museum first, and what begins with the title."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from kechuang.base import clock
from kechuang.engine.honours.models import Honour
from kechuang.engine.honours.queries import progress_on
from kechuang.engine.partnerships.models import Agreement
from kechuang.engine.programme import codec
from kechuang.programmes.museum_schools.programme import MUSEUM_SCHOOLS
from kechuang.programmes.museum_schools.rules import shortfalls
from tests.programmes.driver import run

MONDAY = datetime(2026, 9, 7, 9, tzinfo=timezone.get_default_timezone())


def test_plan_needs_four_visits_and_two_lessons():
    visit, lesson = ["上学期", "实验", "五年级", "40"], ["光学", "六年级", "8"]

    assert [n for _words, n in shortfalls({})] == [4, 2]
    assert [n for _words, n in shortfalls({"visits": [visit] * 3 + [["", " ", "", ""]], "lessons": [lesson] * 2})] == [
        4
    ]
    assert shortfalls({"visits": [visit] * 4, "lessons": [lesson] * 2}) == []


def test_declaration_goes_through_its_json():
    assert codec.from_json(codec.to_json(MUSEUM_SCHOOLS)) == MUSEUM_SCHOOLS
    assert MUSEUM_SCHOOLS.partner.kinds == ("museum",)


@pytest.mark.django_db
def test_title_brings_its_agreement_and_counts_for_the_hundred():
    with clock.travel(MONDAY):
        made, awards = run(MUSEUM_SCHOOLS)

    honours = list(Honour.objects.order_by("pk"))
    agreements = [Agreement.objects.get(honour=honour) for honour in honours]
    assert len(honours) == len(awards) == len(made.entries)
    assert [one.until for one in agreements] == [honour.valid_until for honour in honours]
    assert len({one.partner_id for one in agreements}) == len(agreements)
    with clock.travel(MONDAY + timedelta(days=40)):
        assert [(one.held, one.wanted) for one in progress_on("museum_schools", clock.today())] == [(3, 100)]
