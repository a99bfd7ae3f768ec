"""The year change: who goes up, who leaves, and back again."""

import json
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.orgs.actions.years import leaves, promote_school, promote_year, undo_year
from kechuang.orgs.models import ClassCharge, Membership, PupilRecord
from tests.factories.orgs import SYSTEM, a_city, a_pupil, a_school, a_teacher

pytestmark = pytest.mark.django_db
AUGUST = datetime(2027, 8, 20, 9, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def _august():
    with clock.travel(AUGUST):
        yield


@pytest.fixture
def city():
    return a_city()


def grades(school):
    return sorted(PupilRecord.objects.filter(school=school, left_on=None).values_list("grade", flat=True))


@pytest.mark.parametrize(
    ("grade", "stages", "gone"),
    [
        (6, ["primary"], True), (6, ["primary", "junior"], False), (5, ["primary"], False), (9, ["primary", "junior"], True),
        (9, ["junior", "senior"], False), (12, ["senior"], True), (12, [], True), (9, [], False), (6, [], False),
    ],
)  # fmt: skip
def test_who_has_finished_a_school(grade, stages, gone):
    assert leaves(grade, stages) is gone


def test_everybody_goes_up_and_the_last_grade_leaves_once(city):
    primary, nine = a_school(city.east, kind="primary"), a_school(city.west, kind="nine_year")
    for grade in (1, 5, 6):
        a_pupil(primary, grade=grade)
        a_pupil(nine, grade=grade)

    report = promote_year(2027, by=SYSTEM)
    again = promote_year(2027, by=SYSTEM)

    assert (report.promoted, report.graduated) == (5, 1)
    assert (again.promoted, again.already) == (0, report.schools)
    assert grades(primary) == [2, 6]
    assert grades(nine) == [2, 6, 7]
    out = PupilRecord.objects.get(school=primary, left_on=AUGUST.date())
    assert not Membership.objects.current().filter(person=out.person).exists()
    assert audit.verify({}).ok


def test_a_year_change_can_be_taken_back(city):
    school = a_school(city.east, kind="primary")
    last, moved = a_pupil(school, grade=6), a_pupil(school, grade=3)
    promote_year(2027, by=SYSTEM)
    late = a_pupil(school, grade=1)
    PupilRecord.objects.filter(person=moved).update(school=a_school(city.west, kind="primary"))

    report = undo_year(2027, by=SYSTEM, school=school)

    assert report.schools == 1
    assert Membership.objects.current().get(person=last).role == "pupil"
    assert PupilRecord.objects.get(person=last).left_on is None
    assert PupilRecord.objects.get(person=late).grade == 1
    assert PupilRecord.objects.get(person=moved).grade == 4
    assert promote_school(school, 2027, by=SYSTEM) is not None


def test_a_change_of_the_small_hours_can_be_taken_back(city):
    """Before eight in Shenzhen it is still yesterday in the database."""
    with clock.travel(AUGUST.replace(hour=2)):
        primary = a_school(city.east, kind="primary")
        a_pupil(primary, grade=6)
        promote_year(2027, by=SYSTEM)
        undo_year(2027, by=SYSTEM)

    assert grades(primary) == [6]


def test_a_class_that_moved_on_is_in_nobodys_charge(city):
    here, elsewhere = a_school(city.east, kind="primary"), a_school(city.west, kind="primary")
    for school in (here, elsewhere):
        until = AUGUST.date() + timedelta(days=300)
        ClassCharge.objects.create(teacher=a_teacher(school), org=school, grade=3, class_name="1", until=until)

    promote_school(here, 2027, by=SYSTEM)

    assert [charge.org for charge in ClassCharge.objects.current()] == [elsewhere]


def test_nobody_is_promoted_before_july(city):
    with pytest.raises(Refused, match="7 月 1 日"):
        promote_year(2028, by=SYSTEM)


def test_the_command_says_what_it_did(city, capsys):
    school = a_school(city.east, kind="primary")
    a_pupil(school, grade=6)

    call_command("promote_year", 2027, school=school.code, json=True)

    assert json.loads(capsys.readouterr().out) == {"schools": 1, "promoted": 0, "graduated": 1, "already": 0}
    with pytest.raises(CommandError, match="没有代码"):
        call_command("promote_year", 2027, school="nowhere")
