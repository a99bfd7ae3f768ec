"""Beginning an application: whose school, when, and only one draft for a double click."""

from datetime import timedelta

import pytest
from django.urls import reverse

from kechuang.base import clock
from kechuang.engine.applications.models import Application
from tests.factories.engine import a_call, a_plan, declared
from tests.factories.orgs import SYSTEM, a_school, a_teacher, an_officer, grant_membership
from tests.web.applicant_scene import a_draft, a_scene, signed_in

pytestmark = pytest.mark.django_db


def begin(client, call, org, token="a-token-of-more-than-16"):
    return client.post(reverse("begin", args=[call.slug]), {"org": org.pk, "token": token})


def test_begin_leads_to_the_form():
    scene = a_scene()

    response = begin(signed_in(scene.pupil), scene.call, scene.school)

    application = Application.objects.get()
    assert response.url == reverse("application_edit", args=[application.public_id])
    assert [m.person for m in application.members.all()] == [scene.pupil]
    assert application.stage == "junior"


def test_double_click_makes_one_draft():
    scene = a_scene()
    client = signed_in(scene.pupil)

    first, second = (begin(client, scene.call, scene.school) for _n in range(2))

    assert first.url == second.url
    assert Application.objects.count() == 1


def test_page_gives_each_visit_its_own_token():
    scene = a_scene()
    client = signed_in(scene.pupil)
    url = reverse("begin", args=[scene.call.slug])

    tokens = {client.get(url).context["form"]["token"].value() for _n in range(2)}

    assert len(tokens) == 2


def test_school_must_be_ones_own():
    scene = a_scene()
    other = a_school(scene.city.east)

    response = begin(signed_in(scene.pupil), scene.call, other)

    assert response.status_code == 422
    assert "请在列出的学校中选择" in response.content.decode()
    assert not Application.objects.exists()


def test_teacher_of_two_schools_chooses():
    scene = a_scene()
    second = a_school(scene.city.west)
    grant_membership(scene.teacher, second, "teacher", by=SYSTEM)
    client = signed_in(scene.teacher)

    page = client.get(reverse("begin", args=[scene.call.slug]))
    begin(client, scene.call, second)

    assert {org.pk for org in page.context["orgs"]} == {scene.school.pk, second.pk}
    assert Application.objects.get().org == second


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"state": "closed"}, "已经结束"),
        ({"state": "cancelled"}, "已经取消"),
        ({"step": ("2026-01-01T00:00:00+08:00", "2026-02-01T00:00:00+08:00")}, "截止"),
        ({"step": ("2036-01-01T00:00:00+08:00", "2036-02-01T00:00:00+08:00")}, "还不能办理"),
    ],
)
def test_shut_call_says_why(facts, sentence):
    scene = a_scene(state=facts.get("state", "published"))
    if "step" in facts:
        opens, closes = facts["step"]
        steps = [
            dict(step, opens_at=opens, closes_at=closes) if step["code"] == "apply" else step
            for step in scene.call.declaration["steps"]
        ]
        type(scene.call).objects.filter(pk=scene.call.pk).update(**declared(scene.call.declaration | {"steps": steps}))
    client = signed_in(scene.pupil)

    page = client.get(reverse("begin", args=[scene.call.slug]))
    posted = begin(client, scene.call, scene.school)

    assert sentence in page.content.decode()
    assert sentence in posted.content.decode()
    assert not Application.objects.exists()


def test_call_of_another_district_is_not_ones_own():
    scene = a_scene()
    district_call = a_call(scene.city)
    type(district_call).objects.filter(pk=district_call.pk).update(org=scene.city.west)

    page = signed_in(scene.pupil).get(reverse("begin", args=[district_call.slug]))

    assert "申报范围" in page.content.decode()


def test_pupil_of_a_stage_that_is_not_asked():
    scene = a_scene()
    senior_only = a_call(scene.city, plan=a_plan(stages=("senior",)))

    page = signed_in(scene.pupil).get(reverse("begin", args=[senior_only.slug]))

    assert "学段" in page.context["shut"]


def test_draft_call_is_not_found():
    scene = a_scene()
    hidden = a_call(scene.city, state="draft", opens_at=clock.now(), closes_at=clock.now() + timedelta(days=1))

    assert signed_in(scene.pupil).get(reverse("begin", args=[hidden.slug])).status_code == 404


def test_who_may_begin():
    scene = a_scene()
    a_draft(scene)
    url = reverse("begin", args=[scene.call.slug])
    people = {
        "anonymous": None,
        "pupil": scene.pupil,
        "other_teacher": a_teacher(a_school(scene.city.west)),
        "school": an_officer("school_officer", scene.school),
        "city": an_officer("city_officer", scene.city.org),
        "expert": an_officer("expert", scene.city.org),
    }

    statuses = {who: signed_in(person).get(url).status_code for who, person in people.items()}

    assert statuses == {"anonymous": 302, "pupil": 200, "other_teacher": 200, "school": 403, "city": 403, "expert": 403}


def test_own_entries_are_shown_before_a_new_one():
    scene = a_scene()
    draft = a_draft(scene)

    page = signed_in(scene.pupil).get(reverse("begin", args=[scene.call.slug]))

    assert page.context["mine"] == [draft]
