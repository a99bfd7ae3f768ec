"""The organiser's review pages: every one opens, for those who run the round and for nobody else."""

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from kechuang.engine.models import Assignment
from kechuang.orgs.enums import Role
from tests.factories.engine import an_attachment
from tests.factories.orgs import a_guardian, a_pupil, a_teacher, an_officer
from tests.web.matrix.rounds import MATRIX, POST_ONLY, arguments
from tests.web.review_scenes import a_defence, a_scene, signed_in

pytestmark = pytest.mark.django_db

PEOPLE = (
    "anonymous", "pupil", "teacher", "other_teacher", "guardian", "school", "other_school", "district", "other_district", "city", "expert",
    "inspector", "auditor", "operator", "security",
)  # fmt: skip


def everybody(scene):
    """One client per person of the matrix, around the city of the scene."""
    school, other = scene.city.schools[0], scene.city.schools[-1]
    pupil = a_pupil(school=school, grade=11)
    people = {
        "pupil": pupil, "teacher": a_teacher(school), "other_teacher": a_teacher(other), "guardian": a_guardian(pupil),
        "school": an_officer(Role.SCHOOL_OFFICER, school), "other_school": an_officer(Role.SCHOOL_OFFICER, other),
        "district": an_officer(Role.DISTRICT_OFFICER, scene.city.districts[0]),
        "other_district": an_officer(Role.DISTRICT_OFFICER, scene.city.districts[1]),
        "city": scene.organiser, "expert": scene.reviewers[0].person, "inspector": an_officer(Role.INSPECTOR, scene.city.org),
        "auditor": an_officer(Role.AUDITOR, scene.city.org), "operator": an_officer(Role.SYSTEM_ADMIN, scene.city.org),
        "security": an_officer(Role.SECURITY_ADMIN, scene.city.org),
    }  # fmt: skip
    for administrator in ("auditor", "operator", "security"):  # past the second factor, only the permission stands in the way
        Authenticator.objects.create(user=people[administrator].user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return {"anonymous": Client()} | {name: signed_in(person) for name, person in people.items()}


@pytest.fixture
def places():
    """A written round and a defence, and one row of each kind in them."""
    scene, defence = a_scene(entries=2), a_defence()
    mine = Assignment.objects.filter(round=scene.round, reviewer=scene.reviewers[0]).first()
    panel = defence.round.panels.get()
    rows = {
        "panel": panel.pk, "slot": panel.slots.first().pk, "alias": mine.entry.alias, "assignment": mine.pk, "expert": scene.reviewers[0].pk,
        "round": scene.round.pk, "file": an_attachment(mine.entry.application, "report").stored.public_id,
    }  # fmt: skip
    defence_args = [defence.call.slug, defence.round.code]
    return (
        scene,
        defence,
        lambda name: reverse(name, args=arguments(name, scoring=scene.args, defence=defence_args, rows=rows)),
    )


def allowed(response):
    return response.status_code == 200 or (response.status_code == 302 and not response.url.startswith("/account/"))


def refused(response):
    return response.status_code in {403, 404} or (response.status_code == 302 and response.url.startswith("/account/"))


def test_only_those_of_the_matrix_open_a_page(places):
    scene, defence, address = places
    clients, of_defence = everybody(scene), everybody(defence)
    wrong = []
    for name, who in MATRIX.items():
        if name in {"review_file", "expert_refused"}:  # no bytes behind the row, no upload under way
            continue
        url = address(name)
        people = of_defence if url.startswith(f"/office/calls/{defence.call.slug}/") else clients
        got = {person for person in PEOPLE if allowed(people[person].get(url))}
        if got != who:
            wrong.append((name, sorted(got ^ who)))

    assert wrong == []


def test_nobody_else_acts(places):
    scene, defence, address = places
    clients, of_defence = everybody(scene), everybody(defence)
    wrong = []
    for name, who in POST_ONLY.items():
        url = address(name)
        people = of_defence if url.startswith(f"/office/calls/{defence.call.slug}/") else clients
        send = "patch" if name == "score_save" else "post"
        wrong += [(name, person) for person in PEOPLE if person not in who and not refused(getattr(people[person], send)(url, {"reason": "试试"}))]
        wrong += [(name, person) for person in who if people[person].get(url).status_code != 405]

    assert wrong == []


def test_the_matrix_names_every_url_of_these_faces():
    names = {
        pattern.name
        for include in get_resolver("kechuang.web.urls").url_patterns
        if getattr(include, "urlconf_name", None) is not None
        and include.urlconf_name.__name__ in {"kechuang.web.rounds.urls", "kechuang.web.reviewer.urls"}
        for pattern in include.url_patterns
    }

    assert names == set(MATRIX) | set(POST_ONLY)


def test_a_district_neither_sees_nor_acts_on_the_city_s_round(places):
    scene, _defence, _address = places
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
