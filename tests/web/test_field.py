"""Items scored beside the self-evaluation, and an on-site visit from the checklist to the two signatures."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kechuang.base import clock
from kechuang.engine.models import Application, ItemScore, Visit
from kechuang.engine.reviews import actions as reviews
from kechuang.orgs.actor import Actor
from kechuang.programmes.feature_schools.programme import FEATURE_SCHOOLS, RUBRIC
from tests.base import samples
from tests.factories.engine import a_call, a_ground, a_reviewer, an_application
from tests.factories.orgs import an_officer
from tests.web.applicant_scene import signed_in

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")


class Scene:
    def __init__(self):
        self.ground = a_ground()
        self.school = self.ground.schools[0]
        self.call = a_call(self.ground, plan=FEATURE_SCHOOLS, programme_code="feature_schools")
        self.clerk = an_officer("school_officer", self.school)
        self.district = an_officer("district_officer", self.ground.districts[0])

    def application(self, state, **facts):
        answers = {f"{item.code}_points": str(item.points) for item in RUBRIC.criteria}
        return an_application(
            self.call,
            self.school,
            state=state,
            stage="",
            discipline="through",
            members=[],
            filled_by=self.school,
            answers=answers,
            **facts,
        )

    def visited(self):
        self.application("screened")
        round_ = reviews.open_round(self.call, "visit", by=SYSTEM, seed=1)
        self.expert = a_reviewer(self.ground, fields=["through"], stages=[])
        reviews.create_panel(round_, name="一组", room="赴校", reviewers=[self.expert], by=SYSTEM)
        reviews.build_timetable(round_, start=clock.now() + timedelta(days=1), by=SYSTEM)
        return round_.entries.get()


@pytest.fixture
def scene():
    return Scene()


def test_district_scores_on_the_page_and_says_why_it_differs(scene):
    application = scene.application("endorsed")
    client, url = signed_in(scene.district), reverse("application_items", args=[application.public_id])
    marks = {f"points-{item.code}": f"{item.points:g}" for item in RUBRIC.criteria} | {
        f"met-{gate.code}": "on" for gate in RUBRIC.gates
    }

    assert client.get(url).context["may_verify"]
    refused = client.post(url, marks | {"points-clubs": "5"})
    assert (refused.status_code, ItemScore.objects.count()) == (422, 0)
    assert "超过 10%" in refused.context["refusal"]
    answer = client.post(url, marks | {"points-clubs": "5", "note-clubs": "只有一个社团在活动"})

    assert answer.status_code == 302
    assert client.get(url).context["totals"]["verified"] == 90
    assert not signed_in(scene.clerk).get(url).context["sees_verified"]
    Application.objects.filter(pk=application.pk).update(state="recommended")
    assert signed_in(scene.clerk).get(url).context["sees_verified"]


def test_visit_is_recorded_photographed_and_signed_by_both(scene):
    entry = scene.visited()
    expert, host, url = signed_in(scene.expert.person), signed_in(scene.clerk), reverse("visit", args=[entry.pk])
    answers = {f"answer-{item.code}": "yes" for item in entry.round.plan.checklist}
    today = {"visited_on": clock.today().isoformat(), "do": "record"}

    assert host.post(url, {"do": "sign_host"}).status_code == 422
    assert expert.post(url, answers | {"do": "record"}).status_code == 422
    assert expert.post(url, dict(list(answers.items())[1:]) | today).status_code == 302
    assert expert.post(url, {"do": "sign_panel"}).status_code == 422
    expert.post(url, answers | today | {"remark": "材料属实"})
    photo = SimpleUploadedFile("教室.jpg", samples.image("JPEG"))
    expert.post(url, {"do": "photo", "photo": photo, "caption": "创新实验室"})
    expert.post(url, {"do": "sign_panel"})
    host.post(url, {"do": "sign_host", "host_remark": "无异议"})

    visit = Visit.objects.get()
    assert (visit.is_signed, visit.host_remark, visit.panel_signed_by) == (True, "无异议", scene.expert.person.user)
    stored = visit.photos.get().stored
    assert b"".join(host.get(reverse("file", args=[stored.public_id])).streaming_content)
    stranger = signed_in(an_officer("school_officer", scene.ground.schools[1]))
    assert [stranger.get(reverse("file", args=[stored.public_id])).status_code, stranger.get(url).status_code] == [
        404,
        404,
    ]
    assert expert.post(url, answers | today).status_code == 422
    assert (
        url in signed_in(scene.clerk).get(reverse("application", args=[entry.application.public_id])).content.decode()
    )
