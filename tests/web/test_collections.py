"""A person's own collection: private until opened, closed with the consent it rests on, and taken along as one signed record."""

import json

import pytest
from django.urls import reverse

from kechuang.base import clock
from kechuang.base.jobs import run_pending_jobs
from kechuang.engine.awards.actions import award_call, revoke_award
from kechuang.engine.awards.models import Certificate
from kechuang.engine.credentials.models import Collection
from kechuang.engine.credentials.verifying import verify_bytes
from kechuang.engine.erasure import hide_everything
from kechuang.orgs.actions.consents import withdraw_consent
from kechuang.orgs.actor import Actor
from kechuang.orgs.owndata import sections_of
from tests.engine.honours import DAY, answer, closed_notice, make_competition, make_guardian
from tests.web.public_scene import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.SITE_URL = "https://kechuang.example.cn"
    with clock.travel(DAY):
        yield


@pytest.fixture
def competition():
    found = make_competition(pupils=("张小三",), advisers=("赵老师",))
    award_call(closed_notice(found), by=found.officer)
    run_pending_jobs()
    return found


@pytest.fixture
def pupil(competition):
    return competition.entries[0].members.get().person


@pytest.fixture
def mother(competition, pupil):
    return make_guardian(pupil, competition.school)


@pytest.fixture
def certificate(pupil):
    return Certificate.objects.select_related("award").get(person=pupil)


def arranged(client, person, certificate, opened="yes"):
    return client.post(
        reverse("own_collection", args=[person.public_id]), {"numbers": certificate.number, "open": opened}
    )


def address(person) -> str:
    return reverse("collection", args=[Collection.objects.get(person=person).code])


def grown(pupil, years: int) -> None:
    record = pupil.pupil
    record.birth_on = record.birth_on.replace(year=DAY.year - years)
    record.save()


def test_nothing_is_seen_before_it_is_opened_and_opening_needs_the_consent(client, mother, pupil, certificate):
    family = signed_in(mother)

    refused = arranged(family, pupil, certificate)
    answer(pupil, "showcase")
    kept = arranged(family, pupil, certificate, opened="no")
    closed = client.get(address(pupil)).status_code
    arranged(family, pupil, certificate)
    page = client.get(address(pupil))

    assert refused.status_code == 422 and "作品展示" in refused.content.decode()
    assert kept.status_code == 302
    assert (closed, page.status_code) == (404, 200)
    text = page.content.decode()
    assert "张*三" in text and "张小三" not in text and certificate.number in text
    assert "noindex" in page["X-Robots-Tag"]


def test_a_withdrawn_consent_closes_it_at_once(client, mother, pupil, certificate):
    answer(pupil, "showcase")
    arranged(signed_in(mother), pupil, certificate)

    withdraw_consent(pupil, "showcase", by=mother)

    assert client.get(address(pupil)).status_code == 404


def test_under_fourteen_the_guardian_opens_it_from_then_on_the_pupil(mother, pupil, certificate):
    answer(pupil, "showcase")
    own, family = signed_in(Actor.of(pupil.user)), signed_in(mother)

    by_child = arranged(own, pupil, certificate).status_code
    grown(pupil, 15)
    by_guardian = arranged(family, pupil, certificate).status_code
    by_pupil = arranged(own, pupil, certificate).status_code
    closed = arranged(family, pupil, certificate, opened="no").status_code

    assert (by_child, by_guardian, by_pupil, closed) == (422, 422, 302, 302)
    assert not Collection.objects.get(person=pupil).is_open


def test_what_is_opened_again_has_a_new_address(client, mother, pupil, certificate):
    answer(pupil, "showcase")
    family = signed_in(mother)
    arranged(family, pupil, certificate)
    old = address(pupil)

    arranged(family, pupil, certificate, opened="no")
    arranged(family, pupil, certificate)

    assert client.get(old).status_code == 404
    assert client.get(address(pupil)).status_code == 200


def test_a_revoked_certificate_leaves_it_and_with_the_last_one_the_page_goes(
    client, competition, mother, pupil, certificate
):
    answer(pupil, "showcase")
    arranged(signed_in(mother), pupil, certificate)

    revoke_award(certificate.award, reason="抄袭属实", by=competition.officer)

    assert client.get(address(pupil)).status_code == 404


def test_a_teacher_shows_the_own_name_and_nobody_else_s_certificates(client, competition, certificate):
    teacher = competition.entries[0].advisers.get().person
    own = Certificate.objects.get(person=teacher, award=certificate.award)
    browser = signed_in(Actor.of(teacher.user))

    arranged(browser, teacher, own)
    shown = client.get(address(teacher)).content.decode()
    foreign = arranged(browser, teacher, certificate)

    assert "赵老师" in shown and own.number in shown
    assert foreign.status_code == 422, "another's certificate is not chosen, so nothing would be shown"


def test_strangers_have_no_say(competition, pupil, certificate):
    stranger = signed_in(competition.officer)

    assert arranged(stranger, pupil, certificate).status_code == 404
    assert stranger.get(reverse("learner_record", args=[pupil.public_id])).status_code == 404


def test_the_record_is_signed_whole_and_part_by_part(mother, pupil, certificate):
    reply = signed_in(mother).get(reverse("learner_record", args=[pupil.public_id]))
    record = json.loads(reply.content)
    spoilt = json.loads(reply.content)
    spoilt["credentialSubject"]["verifiableCredential"][0]["name"] = "特等奖"

    assert "ClrCredential" in record["type"]
    assert verify_bytes(reply.content).state == "valid"
    parts = record["credentialSubject"]["verifiableCredential"]
    assert [verify_bytes(json.dumps(part).encode()).certificate for part in parts] == [certificate]
    assert verify_bytes(json.dumps(spoilt).encode()).state == "tampered"
    assert "张小三" not in reply.content.decode() and "实验学校" not in reply.content.decode()


def test_the_family_takes_it_along_and_can_have_it_deleted(client, mother, pupil, certificate):
    answer(pupil, "showcase")
    arranged(signed_in(mother), pupil, certificate)
    where = address(pupil)

    told = {section.name: section.rows for section in sections_of(pupil, by=mother)}["collection"]
    hide_everything(pupil, mother)

    assert certificate.number in str(told)
    assert client.get(where).status_code == 404


def test_the_page_costs_a_fixed_number_of_queries(client, mother, pupil, certificate, django_assert_num_queries):
    answer(pupil, "showcase")
    arranged(signed_in(mother), pupil, certificate)
    where = address(pupil)
    client.get(where)

    with django_assert_num_queries(3):
        client.get(where)
