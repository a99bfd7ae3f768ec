"""The call builder: who may open it, what its forms take, and what publishing asks for."""

import pytest
from django.urls import reverse

from kechuang.orgs.enums import Role
from tests.factories.engine import a_call
from tests.factories.orgs import a_city, an_officer

pytestmark = pytest.mark.django_db

SECTIONS = (
    "basics",
    "approval",
    "who",
    "divisions",
    "form",
    "pledges",
    "steps",
    "rubrics",
    "rounds",
    "prizes",
    "notice",
    "certificate",
)


def signed_in(client, person):
    client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def city():
    return a_city()


@pytest.fixture
def organiser(city):
    return an_officer(Role.CITY_OFFICER, city.org)


@pytest.fixture
def draft(city):
    return a_call(city, state="draft")


@pytest.fixture
def page(client, organiser):
    return signed_in(client, organiser)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens(page, draft, section):
    response = page.get(reverse("call_edit", args=[draft.slug, section]))

    assert response.status_code == 200
