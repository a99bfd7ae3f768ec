"""The pages of a team: who may open which, and what they show."""

import pytest
from django.urls import reverse

from kechuang.orgs.actor import Actor
from tests.factories.engine import a_call, an_application
from tests.factories.orgs import a_city, a_guardian, a_pupil, a_school, a_teacher, actor_for, an_officer
from kechuang.engine.applications.actions import add_member, begin_application

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return a_city()


@pytest.fixture
def school(city):
    return a_school(city.east)


@pytest.fixture
def call(city):
    return a_call(city)


@pytest.fixture
def pupil(school):
    return a_pupil(school, grade=8)


@pytest.fixture
def draft(call, school, pupil):
    return begin_application(call, school, by=actor_for(pupil))


def signed_in(client, person):
    client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_smoke(client, draft, pupil):
    signed_in(client, pupil)
    for name in ("application_edit", "application", "application_review", "application_preview"):
        response = client.get(reverse(name, args=[draft.public_id]))
        assert response.status_code == 200, name
    assert client.get(reverse("applications")).status_code == 200
    assert client.get(reverse("guardian")).status_code == 200
    assert client.get(reverse("consent", args=[pupil.public_id, "entering"])).status_code == 200
    assert client.get(reverse("begin", args=[draft.call.slug])).status_code == 200
    assert client.get(reverse("guardian_join")).status_code == 200
