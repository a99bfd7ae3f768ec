"""Copies of public pages: the same for everybody, never anything of a reader's own, and gone in time."""

import re
from datetime import datetime, timedelta

import pytest
from django.middleware.csrf import _does_token_match
from django.test import Client

from kechuang.base import clock
from kechuang.engine.models import Call
from kechuang.web import sharing
from tests.factories.engine import a_call
from tests.factories.orgs import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(settings, monkeypatch):
    settings.SHARED_SECONDS = 20
    moment = [1000.0]
    monkeypatch.setattr(sharing.time, "monotonic", lambda: moment[0])
    return moment


def handler() -> Client:
    """A client whose middleware, and with it the copies, is its own."""
    return Client()


def title_of(client: Client, call: Call, **headers: str) -> bool:
    return call.title.encode() in client.get(f"/calls/{call.slug}/", headers=headers).content


def tokens(page: bytes) -> list[str]:
    return [found.decode() for found in re.findall(rb"[A-Za-z0-9]{64}", page)]


def moments(page: bytes) -> list[datetime]:
    return [datetime.fromisoformat(found.decode()) for found in re.findall(rb'data-now="([^"]+)"', page)]


def test_copy_is_given_until_its_time_is_over(shared, django_assert_num_queries):
    call, client = a_call(), handler()
    first = client.get(f"/calls/{call.slug}/").content
    assert call.title.encode() in first
    Call.objects.filter(pk=call.pk).update(title="改过的标题")

    with django_assert_num_queries(0):
        assert title_of(client, call)
    shared[0] += 21

    assert not title_of(client, call)


def test_each_reader_gets_a_token_of_their_own(shared):
    call, client = a_call(), handler()
    client.get(f"/calls/{call.slug}/")
    client.cookies.clear()

    other = client.get(f"/calls/{call.slug}/")
    secret = other.cookies["csrftoken"].value

    found = tokens(other.content)
    assert found
    assert [token for token in found if not _does_token_match(token, secret)] == []


def test_countdown_begins_at_the_time_of_the_answer_not_of_the_copy(shared):
    call, client = a_call(), handler()
    address, made = f"/calls/{call.slug}/", clock.now()

    with clock.travel(made):
        first = moments(client.get(address).content)
    with clock.travel(made + timedelta(seconds=15)):
        second = moments(client.get(address).content)

    assert first
    assert first == [made] * len(first)
    assert second == [made + timedelta(seconds=15)] * len(first)


def test_headers_that_protect_stand_on_a_copy(shared):
    call, client = a_call(), handler()

    first, second = (client.get(f"/calls/{call.slug}/").headers for _turn in range(2))

    assert sorted(first.keys()) == sorted(second.keys())
    assert first["Content-Security-Policy"] == second["Content-Security-Policy"]
    assert second["X-Frame-Options"] == "SAMEORIGIN"


def test_language_theme_and_any_other_cookie_have_copies_of_their_own(shared):
    call, client = a_call(), handler()
    plain = client.get(f"/calls/{call.slug}/").content
    client.cookies["theme"] = "dark"
    dark = client.get(f"/calls/{call.slug}/").content
    english = client.get(f"/calls/{call.slug}/", headers={"Accept-Language": "en"}).content

    assert b'data-bs-theme="dark"' not in plain
    assert b'data-bs-theme="dark"' in dark
    assert b'lang="en"' in english


def test_who_is_signed_in_neither_gets_nor_makes_a_copy(shared):
    call, client = a_call(), handler()
    user = a_person().user
    client.force_login(user)
    client.get(f"/calls/{call.slug}/")
    client.logout()
    client.cookies.clear()

    assert user.username.encode() not in client.get(f"/calls/{call.slug}/").content
    client.force_login(user)
    Call.objects.filter(pk=call.pk).update(title="改过的标题")

    assert not title_of(client, call)


def test_nothing_is_kept_unless_the_settings_say_so(settings):
    settings.SHARED_SECONDS = 0
    call, client = a_call(), handler()
    assert title_of(client, call)
    Call.objects.filter(pk=call.pk).update(title="改过的标题")

    assert not title_of(client, call)
