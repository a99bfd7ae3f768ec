"""The organiser's review pages: every one opens, for those who run the round and for nobody else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kechuang.orgs.enums import Role
from tests.factories.orgs import an_officer
from tests.web.review_scenes import a_defence, a_scene, signed_in

pytestmark = pytest.mark.django_db


def test_a_district_neither_sees_nor_acts_on_the_city_s_round():
    scene = a_scene(entries=2)
    stranger = signed_in(an_officer(Role.DISTRICT_OFFICER, scene.city.districts[0]))

    assert stranger.get(reverse("round", args=scene.args)).status_code == 404
    assert stranger.post(reverse("round_close", args=scene.args), {"force": "yes", "reason": "试试"}).status_code == 404
    scene.round.refresh_from_db()
    assert scene.round.state == "open"


@pytest.mark.parametrize("name", ["round", "round_invite", "conflicts", "assignments"])
def test_lists_of_a_round_ask_the_same_number_of_times(name):
    one, three = a_scene(entries=1, experts=1), a_scene(entries=3, experts=3)

    assert queries_of(one.officer(), reverse(name, args=one.args)) == queries_of(
        three.officer(), reverse(name, args=three.args)
    )


@pytest.mark.parametrize("name", ["panels", "timetable", "door_lists", "defence_board"])
def test_lists_of_a_defence_ask_the_same_number_of_times(name):
    small, large = a_defence(entries=2), a_defence(entries=8)

    assert small.round.entries.count() < large.round.entries.count()
    assert queries_of(small.officer(), reverse(name, args=small.args)) == queries_of(
        large.officer(), reverse(name, args=large.args)
    )


def test_the_pool_asks_the_same_number_of_times():
    scene = a_scene(experts=1)
    before = queries_of(scene.officer(), reverse("experts"))
    other = a_scene(experts=3)

    assert queries_of(other.officer(), reverse("experts")) == before


def queries_of(client, url):
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)
