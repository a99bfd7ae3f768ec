"""The register as people read it, and the office that keeps it."""

import json
from datetime import date, datetime

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kechuang.base import clock
from kechuang.engine.applications import actions as applying
from kechuang.engine.applications.perform import perform
from kechuang.engine.models import Application, Honour
from tests.factories.engine import a_call, a_ground, a_title_plan
from tests.factories.orgs import actor_for, an_officer
from tests.web.applicant_scene import signed_in

pytestmark = pytest.mark.django_db
CODE = "innovation_contest"
NEW_YEAR = datetime(2023, 1, 1, tzinfo=timezone.get_default_timezone())


class Scene:
    def __init__(self):
        self.ground = a_ground()
        self.call = a_call(self.ground, plan=a_title_plan(), closes_at=None, opens_at=NEW_YEAR)
        self.city = an_officer("city_officer", self.ground.org)
        self.district = an_officer("district_officer", self.ground.districts[0])
        self.school = self.ground.schools[0]
        self.clerk = an_officer("school_officer", self.school)
        by = actor_for(self.clerk)
        draft = applying.begin_application(self.call, self.school, by=by)
        draft, _errors = applying.save_answers(
            draft, {"abstract": "概况", "plan": "规划"}, version=draft.version, by=by
        )
        perform(applying.submit_application(draft, by=by), "grant", by=actor_for(self.city), prize="district")
        self.honour = Honour.objects.get()


@pytest.fixture
def scene():
    with clock.travel(date(2024, 3, 1)):
        made = Scene()
    with clock.travel(date(2025, 5, 1)):
        yield made


def test_register_answers_for_the_day_asked(scene):
    page = Client().get(reverse("register", args=[CODE]), {"on": "2024-12-31"})
    before = Client().get(reverse("register", args=[CODE]), {"on": "2024-02-29"})
    wrong = Client().get(reverse("register", args=[CODE]), {"on": "昨天"})

    assert [one.holder for one in page.context["held"]] == [scene.school.name]
    assert before.context["held"] == []
    assert (wrong.status_code, Client().get(reverse("register", args=["nothing"])).status_code) == (422, 404)


def test_district_orders_rectification_on_the_page(scene):
    client, url = signed_in(scene.district), reverse("office_honour", args=[scene.honour.number])
    facts = {"record-kind": "rectify", "record-reason": "每周科创课没有开足", "record-due_on": "2025-09-01"}

    assert (
        client.post(reverse("honour_record", args=[scene.honour.number]), {**facts, "record-due_on": ""}).status_code
        == 422
    )
    answer = client.post(reverse("honour_record", args=[scene.honour.number]), facts)

    assert (answer.status_code, answer.url) == (302, url)
    assert client.get(url).context["honour"].state == "rectifying"
    assert client.get(reverse("office_honours")).context["waiting"]["overdue"] == 0
    with clock.travel(date(2025, 9, 2)):
        assert signed_in(scene.district).get(reverse("office_honours")).context["waiting"]["overdue"] == 1
    assert "每周科创课没有开足" in Client().get(reverse("honour", args=[CODE, scene.honour.number])).content.decode()


def test_revoked_title_stays_on_the_open_page_with_its_reason(scene):
    client = signed_in(scene.city)
    client.post(reverse("honour_plaque", args=[scene.honour.number]), {"do": "make"})
    plaque = scene.honour.plaques.get()
    client.post(reverse("honour_plaque", args=[scene.honour.number]), {"do": f"hand:{plaque.pk}", "receiver": "陈校长"})

    answer = client.post(reverse("honour_revoke", args=[scene.honour.number]), {"revoke-reason": "自评材料造假"})

    page = Client().get(reverse("register", args=[CODE]))
    assert answer.status_code == 302
    assert [(one.state, one.reason) for one in page.context["ended"]] == [("revoked", "自评材料造假")]
    assert client.get(reverse("office_honours")).context["waiting"]["plaques"] == 1


def test_school_renews_from_its_old_file(scene):
    answer = signed_in(scene.clerk).post(reverse("honour_renew", args=[scene.honour.number]), {"call": scene.call.slug})

    draft = Application.objects.get(state="draft")
    assert answer.url == reverse("application_edit", args=[draft.public_id])
    assert draft.answers == {"plan": "规划"}
    assert signed_in(scene.clerk).get(answer.url).status_code == 200


def test_command_says_who_held_what(scene, capsys):
    call_command("honours", "register", CODE, "--on", "2024-12-31", "--json")

    said = json.loads(capsys.readouterr().out)
    assert (said["on"], said["held"], [one["holder"] for one in said["entries"]]) == (
        "2024-12-31",
        1,
        [scene.school.name],
    )
    assert said["targets"][0]["denominator"] == 4
    with pytest.raises(CommandError, match="没有授予称号的项目"):
        call_command("honours", "register", "nothing")
    with pytest.raises(CommandError, match="不是日期"):
        call_command("honours", "register", CODE, "--on", "昨天")


def test_list_of_the_office_costs_the_same_with_more_rows(scene, django_assert_num_queries):
    client = signed_in(scene.city)
    client.get(reverse("office_honours"))
    for number in range(3):
        Honour.objects.create(
            programme_code=CODE, call=scene.call, number=f"X{number}", org=scene.ground.schools[1], work=f"社团{number}", level="city",
            title="市级示范校", created_at=clock.now(),
        )  # fmt: skip

    with django_assert_num_queries(9):
        client.get(reverse("office_honours"))
