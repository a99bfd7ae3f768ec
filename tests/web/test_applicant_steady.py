"""What is compiled once says the same as the queryset it was made of, for everybody and every shape of rights."""

import pytest

from kechuang.base import clock
from kechuang.engine.applications import steady
from kechuang.engine.applications.models import Application
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Membership
from kechuang.orgs.queries import missing_consents
from tests.factories.orgs import a_guardian, a_pupil, a_school, actor_for, an_officer, has_agreed
from tests.web.applicant_scene import a_draft, a_ready, a_scene, a_submitted, everybody

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.mark.parametrize("make", [a_draft, a_ready, a_submitted])
def test_everybody_sees_through_a_sight_what_they_see(make):
    scene = a_scene()
    entry = make(scene)
    people = everybody(scene)
    a_guardian(scene.pupil)
    people["guardian"] = scene.pupil.guardianships.get().guardian
    two = people["district"]
    Membership.objects.create(person=two, org=scene.city.west, role="district_officer", since=clock.today())
    actors = {name: actor_for(person) if person else Actor.anonymous() for name, person in people.items()}
    actors["system"] = Actor.system()

    for sight in (steady.TO_WRITE, steady.TO_SHOW, steady.SENT):
        for name, actor in actors.items():
            rows = Application.objects.visible_to(actor).filter(public_id=entry.public_id)
            rows = rows.filter(receipt_no__isnull=False) if sight is steady.SENT else rows
            assert sight.first(actor, entry.public_id) == rows.first(), name
            assert sight.first(actor, "ANOTHER") is None
    seen = {name for name, actor in actors.items() if steady.TO_WRITE.first(actor, entry.public_id)}
    assert {"pupil", "teacher", "guardian"} <= seen
    assert ({"school", "system"} <= seen) == (make is a_submitted)
    assert not seen & {"anonymous", "other_pupil", "other_teacher", "other_school", "other_district"}


def test_a_team_is_read_whole_and_only_its_own(django_assert_num_queries):
    scene = a_scene()
    entry = a_submitted(scene)

    locked = steady.with_team(Application.objects.get(pk=entry.pk))

    with django_assert_num_queries(0):
        assert [member.person.user for member in locked.members.all()] == [scene.pupil.user]
        assert [adviser.person for adviser in locked.advisers.all()] == [scene.teacher]
    assert sorted(steady.PAPERS(entry.pk)) == ["log", "report"]
    assert {code for code, _digest in steady.PLEDGES(entry.pk)} == {pledge.code for pledge in scene.call.plan.pledges}


def test_who_is_entered_elsewhere_is_found():
    scene = a_scene()
    first = a_submitted(scene)
    second = a_ready(scene)

    assert [row.application for row in steady.TAKEN(scene.call.pk, second.pk)] == [first]
    assert steady.TAKEN(scene.call.pk, first.pk) == []


def test_consents_of_a_team_and_of_a_school_are_judged_alike():
    school = a_school(a_scene().city.east)
    pupils = [a_pupil(school, grade=8) for _n in range(5)]
    for pupil in pupils[:2]:
        has_agreed(pupil, "entering")
    ids = [pupil.pk for pupil in pupils]

    assert missing_consents(ids, ["entering"]) == set(ids[2:])
    assert missing_consents(ids[:3], ["entering"]) == {ids[2]}
    assert missing_consents(ids[:2], ["entering"]) == set()
    assert missing_consents(ids[:2], ["entering", "media"]) == set(ids[:2])
    assert missing_consents(ids[:1], ["entering"], at=clock.now()) == set()


def test_an_account_with_and_without_memberships_is_signed_in(client):
    scene = a_scene()
    officer = an_officer("school_officer", scene.school)

    for person in (officer, scene.pupil):
        client.force_login(person.user, backend="kechuang.orgs.signin.accounts.Accounts")
        request = client.get("/desk/").wsgi_request
        assert (request.user, request.actor.person, len(request.actor.memberships)) == (person.user, person, 1)
    Membership.objects.filter(person=officer).update(ended_at=clock.now())
    client.force_login(officer.user, backend="kechuang.orgs.signin.accounts.Accounts")
    request = client.get("/desk/").wsgi_request
    assert (request.user, request.actor.person, request.actor.memberships) == (officer.user, officer, [])
    officer.user.is_active = False
    officer.user.save()
    assert client.get("/desk/").status_code == 302
