"""The pages of a pool: search, card, invitation, answer, confirmation, vetting, stop-list."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kechuang.base import clock
from kechuang.engine.models import GuestVisit, Stop, Vetting
from kechuang.engine.visits.actions import confirm_visit
from kechuang.programmes.guest_engineers.programme import GUEST_ENGINEERS
from tests.factories.engine import a_call, a_ground, an_actor
from tests.factories.orgs import a_partner, a_teacher, actor_for, an_officer
from tests.factories.visits import a_member, an_agreed_visit, an_engineers_application
from tests.web.applicant_scene import signed_in

pytestmark = pytest.mark.django_db
CODE = "guest_engineers"
MONDAY = datetime(2026, 9, 7, 9, tzinfo=timezone.get_default_timezone())


class Scene:
    def __init__(self):
        self.ground = a_ground()
        self.call = a_call(self.ground, plan=GUEST_ENGINEERS, programme_code=CODE, closes_at=None)
        self.officer = an_officer("city_officer", self.ground.org)
        self.employer = a_partner(self.ground.org, "enterprise")
        self.school = self.ground.schools[0]
        self.clerk, self.teacher = an_officer("school_officer", self.school), a_teacher(self.school)
        self.member = a_member(self.call, self.employer, by=actor_for(self.officer))

    def visit(self):
        return an_agreed_visit(self.member, self.school, by=self.clerk, teacher=self.teacher)


@pytest.fixture
def scene():
    with clock.travel(MONDAY):
        yield Scene()


def test_school_finds_and_invites_and_the_engineer_answers(scene):
    client = signed_in(scene.clerk)
    listing = client.get(reverse("pool", args=[CODE]), {"fields": "机器人", "areas": "南山区"}).content.decode()
    assert scene.member.person.name in listing

    page = reverse("pool_member", args=[CODE, scene.member.honour.number])
    at = (MONDAY + timedelta(days=7)).replace(hour=15)
    typed = {
        "kind": "lecture", "topic": "机器人是怎样走路的", "audience": "八年级1班", "people": "40", "place": "报告厅", "minutes": "40",
        "starts_at": f"{at:%Y-%m-%dT%H:%M}", "teacher": f"{scene.school.pk}-{scene.teacher.pk}",
    }  # fmt: skip
    refused = client.post(page, typed | {"teacher": ""})
    assert (refused.status_code, GuestVisit.objects.count()) == (422, 0)
    sent = client.post(page, typed)
    visit = GuestVisit.objects.get()
    assert sent["Location"] == reverse("guest_visit", args=[visit.public_id])

    engineer = signed_in(scene.member.person)
    assert "机器人是怎样走路的" in engineer.get(reverse("desk")).content.decode()
    engineer.post(sent["Location"], {"do": "accept", "words": "带一台样机来"})
    visit.refresh_from_db()
    assert (visit.state, visit.answer) == ("accepted", "带一台样机来")
    calendar = engineer.get(reverse("guest_visit_calendar", args=[visit.public_id]))
    assert calendar["Content-Type"].startswith("text/calendar")
    assert b"DTSTART" in calendar.content
    assert scene.teacher.name not in calendar.content.decode()


def test_after_the_visit_the_page_asks_the_second_adult_not_the_teacher(scene):
    visit = scene.visit()
    page = reverse("guest_visit", args=[visit.public_id])
    with clock.travel(visit.starts_at + timedelta(hours=1)):
        assert "等另一位教职工确认" in signed_in(scene.teacher).get(page).content.decode()
        assert signed_in(scene.teacher).post(page, {"do": "confirm"}).status_code == 422
        client = signed_in(scene.clerk)
        client.post(page, {"do": "confirm", "came": "38"})
        assert client.post(page, {"do": "rate", "rating": "9"}).status_code == 422
        client.post(page, {"do": "rate", "rating": "5", "words": "学生听得入神"})
        signed_in(scene.member.person).post(page, {"do": "report", "words": "学生准备充分"})

    visit.refresh_from_db()
    assert (visit.state, visit.second, visit.came, visit.rating, visit.report) == (
        "done",
        scene.clerk,
        38,
        5,
        "学生准备充分",
    )


def test_city_records_a_vetting_and_stops_a_person(scene):
    applicant = an_engineers_application(scene.call, scene.employer).person
    client = signed_in(scene.officer)
    listing = client.get(reverse("office_pool", args=[CODE])).content.decode()
    assert (applicant.name in listing, "待准入查询" in listing) == (True, True)
    assert "申请人等候准入查询" in client.get(reverse("desk")).content.decode()

    page = reverse("office_pool_person", args=[CODE, applicant.public_id])
    assert client.post(page, {"result": "clear", "checked_on": "2027-01-01"}).status_code == 422
    client.post(page, {"result": "clear", "checked_on": "2026-09-07"})
    assert Vetting.objects.get(person=applicant).checker == scene.officer.user
    stop = reverse("pool_stop", args=[CODE, scene.member.person.public_id])
    client.post(stop, {"stop-reason": "被投诉", "do": "stop"})
    assert Stop.objects.get().person == scene.member.person
    assert (
        "被投诉"
        in client.get(reverse("office_pool_person", args=[CODE, scene.member.person.public_id])).content.decode()
    )
    assert scene.member.person.name not in signed_in(scene.clerk).get(reverse("pool", args=[CODE])).content.decode()
    assert (
        signed_in(scene.clerk).get(reverse("pool_member", args=[CODE, scene.member.honour.number])).status_code == 404
    )


def test_engineer_keeps_the_own_card(scene):
    client = signed_in(scene.member.person)
    page = reverse("pool_card", args=[CODE])
    typed = {
        "fields": ["无人机"],
        "languages": ["英语"],
        "times": ["周末和假期"],
        "areas": ["全市"],
        "post": "总工",
        "about": "无人机编队",
    }

    assert client.post(page, typed | {"fields": []}).status_code == 422
    client.post(page, typed)
    assert client.get(page).status_code == 200
    scene.member.refresh_from_db()
    assert (scene.member.post, scene.member.words("fields")) == ("总工", ["无人机"])


def test_pages_take_a_fixed_number_of_queries(scene):
    client = signed_in(scene.clerk)
    by, engineers = actor_for(scene.officer), [scene.member]
    addresses = [reverse("pool", args=[CODE]), reverse("guest_visits")]
    an_agreed_visit(scene.member, scene.school, by=scene.clerk, teacher=scene.teacher)
    counts = [_queries(client, url) for url in addresses]
    for day in (9, 11):
        engineers.append(a_member(scene.call, scene.employer, by=by))
        an_agreed_visit(engineers[-1], scene.school, by=scene.clerk, teacher=scene.teacher, days=day)
    assert [_queries(client, url) for url in addresses] == counts
    office, listing = signed_in(scene.officer), reverse("office_pool", args=[CODE])
    before = _queries(office, listing)
    a_member(scene.call, scene.employer, by=by)
    assert _queries(office, listing) == before


def _queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_rating_shows_from_three_on(scene):
    teachers = [a_teacher(scene.school) for _n in range(2)]
    for day in (7, 14, 21):
        visit = an_agreed_visit(scene.member, scene.school, by=scene.clerk, teacher=teachers[0], days=day)
        with clock.travel(visit.starts_at + timedelta(hours=1)):
            confirm_visit(visit, by=actor_for(teachers[1]))
            signed_in(scene.clerk).post(reverse("guest_visit", args=[visit.public_id]), {"do": "rate", "rating": "4"})
        page = (
            signed_in(scene.clerk).get(reverse("pool_member", args=[CODE, scene.member.honour.number])).content.decode()
        )
        assert ("评价 4.0 分" in page) is (day == 21)


def test_teacher_of_another_school_cannot_open_the_visit(scene):
    visit = scene.visit()
    stranger = a_teacher(scene.ground.schools[1])

    assert signed_in(stranger).get(reverse("guest_visit", args=[visit.public_id])).status_code == 404
    assert an_actor("district_officer", scene.ground.districts[0]).can("visit.view", visit)
