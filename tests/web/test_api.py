"""The JSON interface: what its document says is what it does, it shows no more than the pages, and it counts the askings."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client, override_settings
from hypothesis import HealthCheck, Phase, settings

from config.wsgi import application
from kechuang.base import clock
from kechuang.web.api.pages import document
from tests.web.matrix.world import DAY, World

BACKEND = "kechuang.orgs.signin.accounts.Accounts"
SIGNALS = (request_started, request_finished)
SCHEMA = schemathesis.openapi.from_dict(document())
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    place = override_settings(
        MEDIA_ROOT=tmp_path_factory.mktemp("files"),
        TOTP_ROLES=[],
        RATE_LIMITS={"api": "100000/100000"},
        ALLOWED_HOSTS=["*"],
    )
    with django_db_blocker.unblock(), place, clock.travel(DAY), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@contextmanager
def one_connection() -> Iterator[None]:
    """As within a call of Django's own test client: the connection, and the transaction on it, outlives a request."""
    for signal in SIGNALS:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in SIGNALS:
            signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def cookie(world: World) -> str:
    client = Client()
    client.force_login(world.pupil.user, backend=BACKEND)
    return client.cookies["sessionid"].value


@SCHEMA.parametrize()
@settings(
    max_examples=12, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_every_operation_answers_as_the_document_says(case: Any, world: World, cookie: str):
    """Fitting and unfitting input alike: no 5xx, only statuses and bodies of the document."""
    for cookies in ({}, {"sessionid": cookie}):
        with one_connection(), transaction.atomic():
            response = case.call(app=application, cookies=cookies, base_url="http://testserver")
            transaction.set_rollback(True)
        case.validate_response(response)


def _json(address: str, key: str = "", **headers: str) -> Any:
    client = Client()
    if key:
        client.cookies["sessionid"] = key
    return client.get(address, **headers)


def test_the_document_names_what_there_is(world: World):
    paths = _json("/api/v1/openapi.json").json()["paths"]

    assert len(paths) == 8
    assert {method for operations in paths.values() for method in operations} == {"get"}


def test_public_lists_hold_what_the_pages_show(world: World):
    calls = _json("/api/v1/calls/").json()
    works = _json("/api/v1/works/").json()
    register = _json(f"/api/v1/register/?call={world.past.slug}").json()

    slugs = {item["slug"] for item in calls["items"]}
    assert world.call.slug in slugs
    assert world.hidden_call.slug not in slugs
    assert world.work.slug in {item["slug"] for item in works["items"]}
    assert register["count"] == world.past.awards.filter(state="valid").count() > 0


def test_a_hidden_work_is_in_no_answer(world: World):
    with transaction.atomic():
        type(world.work).objects.filter(pk=world.work.pk).update(hidden_at=clock.now(), hidden_reason="撤回同意")
        assert _json(f"/api/v1/works/{world.work.slug}/").status_code == 404
        assert world.work.slug not in _json("/api/v1/works/").content.decode()
        transaction.set_rollback(True)


def test_a_certificate_shows_its_holder_to_the_code_alone_and_masked(world: World):
    by_code = _json(f"/api/v1/certificates/{world.certificate.code}/").json()
    by_number = _json(f"/api/v1/certificates/{world.certificate.number}/").json()

    assert by_code["state"] == "valid"
    assert "*" in by_code["holder"]
    assert world.pupil.name not in str(by_code)
    assert by_number["holder"] == ""
    assert _json("/api/v1/certificates/NOSUCHCODE/").status_code == 404


def test_ones_own_is_ones_own(world: World, cookie: str):
    anonymous, own = _json("/api/v1/me/applications/"), _json("/api/v1/me/applications/", cookie)

    assert anonymous.status_code == 401
    assert world.sent.public_id in {item["public_id"] for item in own.json()["items"]}
    assert own["Cache-Control"] == "private, no-store"
    stranger = Client()
    stranger.force_login(world.people["other_teacher"].user, backend=BACKEND)
    assert stranger.get("/api/v1/me/applications/").json()["count"] == 0
    assert all(line["url"].startswith("http") for line in _json("/api/v1/me/deadlines/", cookie).json())


def test_a_list_costs_a_fixed_number_of_queries(world: World, django_assert_num_queries: Any):
    for address, number in (("/api/v1/calls/", 2), ("/api/v1/works/", 2), ("/api/v1/register/", 2)):
        with django_assert_num_queries(number):
            assert _json(address).status_code == 200


def test_nothing_is_written_through_it(world: World):
    for method in ("post", "put", "patch", "delete"):
        assert getattr(Client(), method)("/api/v1/calls/").status_code == 405
