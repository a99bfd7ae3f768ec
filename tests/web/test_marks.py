"""The marks of a written test on the page and from a sheet."""

from datetime import datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from kechuang.base import clock
from kechuang.engine.models import ExamMark, ReviewRound, RoundEntry
from kechuang.orgs.actions.consents import record_consent
from kechuang.programmes.tomorrow_stars.programme import TOMORROW_STARS
from tests.factories.engine import a_call, a_ground, an_application
from tests.factories.orgs import a_guardian, a_pupil, actor_for, an_officer
from tests.web.applicant_scene import signed_in

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 9, 7, 9, tzinfo=timezone.get_default_timezone())


class Scene:
    def __init__(self, candidates=3):
        self.ground = a_ground()
        self.call = a_call(self.ground, plan=TOMORROW_STARS, programme_code="tomorrow_stars")
        self.round = ReviewRound.objects.create(
            call=self.call, number=2, code="test", state="open", opened_at=clock.now()
        )
        self.pupils = [self.candidate(n) for n in range(candidates)]
        self.client = signed_in(an_officer("city_officer", self.ground.org))

    def candidate(self, number):
        pupil = a_pupil(self.ground.schools[number % 4], grade=8)
        application = an_application(self.call, pupil.pupil.school, state="in_defence", stage="junior", discipline="star", members=[pupil], person=pupil)  # fmt: skip
        RoundEntry.objects.create(round=self.round, application=application, alias=f"E-{number:04d}")
        return pupil

    def at(self, name="round_marks"):
        return reverse(name, args=[self.call.slug, "test"])


@pytest.fixture
def scene():
    with clock.travel(MONDAY):
        yield Scene()


def marks():
    return {
        mark.entry.alias: (mark.points and float(mark.points), mark.is_absent)
        for mark in ExamMark.objects.select_related("entry")
    }


def test_board_of_a_test_is_its_marks_without_names(scene):
    assert scene.client.get(scene.at("round"))["Location"] == scene.at()
    page = scene.client.get(scene.at()).content.decode()

    assert "E-0001" in page
    assert [pupil.name for pupil in scene.pupils if pupil.name in page] == []


def test_right_rows_are_saved_and_wrong_ones_come_back(scene):
    response = scene.client.post(
        scene.at(), {"points-E-0000": "88.5", "points-E-0001": "一百", "points-E-0002": "缺考"}
    )

    assert response.status_code == 422
    assert "不是数字" in response.content.decode()
    assert marks() == {"E-0000": (88.5, False), "E-0002": (None, True)}


def test_sheet_goes_out_and_comes_back_by_way_of_a_preview(scene):
    book = load_workbook(BytesIO(scene.client.get(scene.at("round_marks_sheet")).getvalue()))
    words = " ".join(str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row)
    assert "E-0002" in words
    assert [pupil.name for pupil in scene.pupils if pupil.name in words] == []

    table = "准考号,学校,组别,成绩\nE-0000,,,91\nE-0001,,,缺考\nE-0002,,,120\nE-7777,,,60\n"
    sent = scene.client.post(scene.at("round_marks_upload"), {"file": SimpleUploadedFile("成绩.csv", table.encode())})
    assert sent["Location"] == scene.at("round_marks_take")
    preview = scene.client.get(sent["Location"])
    assert ([line.number for line in preview.context["bad"]], len(preview.context["good"]), marks()) == ([4, 5], 2, {})
    back = scene.client.get(scene.at("round_marks_refused")).getvalue().decode("utf-8-sig")
    assert "超出范围" in back
    scene.client.post(sent["Location"])
    assert marks() == {"E-0000": (91.0, False), "E-0001": (None, True)}
    assert scene.client.get(scene.at("round_marks_take"))["Location"] == scene.at("round_marks_upload")


def test_list_takes_a_fixed_number_of_queries(scene):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert scene.client.get(scene.at()).status_code == 200
        return len(seen)

    queries()
    before = queries()
    for number in range(3, 7):
        scene.candidate(number)
    assert queries() == before


def test_family_reads_the_talent_file_and_is_led_to_the_consent(scene):
    pupil = a_pupil(scene.ground.schools[0], grade=5)
    guardian = a_guardian(pupil)
    page = reverse("talent_file", args=[pupil.public_id])
    client = signed_in(guardian)

    assert reverse("consent", args=[pupil.public_id, "talent"]) in client.get(page).content.decode()
    record_consent(pupil, "talent", by=actor_for(guardian))
    assert "还没有记录" in client.get(page).content.decode()
    assert signed_in(scene.pupils[0]).get(page).status_code == 404
    assert scene.client.get(reverse("talent_search")).status_code == 200
    assert (
        signed_in(an_officer("district_officer", scene.ground.districts[0])).get(reverse("talent_search")).status_code
        == 403
    )
