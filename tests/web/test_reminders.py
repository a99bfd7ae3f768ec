"""One's own reminders: the rhythm of letters, and the calendar that only its secret address opens."""

from datetime import timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from kechuang.orgs.actor import Actor
from kechuang.web.desk.deadlines import deadlines_of
from tests.web.officer_scene import Scene, a_scene
from tests.web.review_scenes import a_defence, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    settings.TOTP_ROLES = []


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def feed_of(scene: Scene, who: str, client) -> Calendar:
    scene.client(who).post(reverse("reminders"), {"act": "calendar"})
    user = scene.person(who).user
    user.refresh_from_db()
    response = client.get(reverse("calendar_feed", args=[user.calendar_key]))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content)


def test_the_feed_is_a_calendar_of_one_s_own_deadlines(scene, client):
    scene.entry("draft", members=[scene.person("pupil")], title="保密的题目")

    calendar = feed_of(scene, "pupil", client)

    events = list(calendar.walk("VEVENT"))
    assert [str(event["summary"]) for event in events] == [f"截止：{scene.call.title}"]
    assert str(events[0]["uid"]).startswith(f"apply-{scene.call.pk}@")
    assert events[0].decoded("dtend") == scene.call.closes_at.replace(microsecond=0)
    assert [str(alarm["action"]) for alarm in calendar.walk("VALARM")] == ["DISPLAY"]


def test_uids_stay_when_a_deadline_moves(scene, client):
    scene.entry("draft", members=[scene.person("pupil")])
    before = feed_of(scene, "pupil", client)
    scene.call.closes_at += timedelta(days=3)
    scene.call.save()

    after = feed_of(scene, "pupil", client)

    uids, ends = zip(*[(str(e["uid"]), e.decoded("dtend")) for e in (before.events[0], after.events[0])], strict=True)
    assert uids[0] == uids[1]
    assert ends[1] - ends[0] == timedelta(days=3)


def test_an_office_has_its_steps_and_nobody_s_name(scene, client):
    entry = scene.entry("submitted")

    text = feed_of(scene, "school", client).to_ical().decode()

    assert "学校审核" in text
    name = entry.members.get().person.name
    assert (name in text, entry.title in text) == (False, False)


def test_experts_see_numbers_only(client):
    scene = a_defence()
    person = scene.reviewers[0].person

    found = deadlines_of(Actor.of(person.user))

    aliases = set(scene.round.entries.values_list("alias", flat=True))
    assert {one.title for one in found if one.key.startswith("panel-")} == {f"问辩：{alias}" for alias in aliases}
    assert signed_in(person).get(reverse("reminders")).status_code == 200


def test_a_renewed_or_revoked_address_opens_nothing(scene, client):
    feed_of(scene, "teacher", client)
    user = scene.person("teacher").user
    old = user.calendar_key
    page = scene.client("teacher")

    page.post(reverse("reminders"), {"act": "calendar"})
    user.refresh_from_db()
    renewed = user.calendar_key
    answers = [client.get(reverse("calendar_feed", args=[key])).status_code for key in (old, renewed)]
    page.post(reverse("reminders"), {"act": "revoke"})

    assert answers == [404, 200]
    assert client.get(reverse("calendar_feed", args=[renewed])).status_code == 404


def test_the_rhythm_of_letters_is_one_s_own_to_choose(scene):
    user = scene.person("school").user
    user.email = "a@example.cn"
    user.save()
    client = scene.client("school")

    answers = [client.post(reverse("reminders"), {"act": "rhythm", "rhythm": value}) for value in ("daily", "never")]

    user.refresh_from_db()
    assert ([answer.status_code for answer in answers], user.mail_rhythm) == ([302, 302], "daily")


def test_a_pupil_has_no_letters_to_choose(scene):
    assert "没有登记邮箱" in scene.client("pupil").get(reverse("reminders")).content.decode()
