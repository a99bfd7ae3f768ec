"""Every address, tried by everybody (see tests/web/matrix). A new address without a row fails, and so does a view without a permission."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from kechuang.base import clock
from kechuang.base.masking import mask_name
from kechuang.engine.publicity.rules import UNNAMED
from kechuang.orgs.models import Org, Person
from kechuang.orgs.rules import PERMISSIONS
from kechuang.web.tiles import SHORT
from kechuang.web.views import PUBLIC, SIGNED_IN
from tests.web.english import chinese_left, data_pattern
from tests.web.matrix import (
    account,
    api,
    applicant,
    cases,
    files,
    guardian,
    honours,
    officer,
    operator,
    outcomes,
    privacy,
    public,
    reviewer,
    rounds,
    showcase,
    visits,
)
from tests.web.matrix.people import ANONYMOUS, EVERYBODY
from tests.web.matrix.row import Row
from tests.web.matrix.walk import Address, addresses
from tests.web.matrix.world import DAY, ROSTER_NAME, World

FACES = (
    account,
    api,
    applicant,
    cases,
    files,
    guardian,
    honours,
    officer,
    operator,
    outcomes,
    privacy,
    public,
    reviewer,
    rounds,
    showcase,
    visits,
)
ROWS: dict[str, Row] = {name: row for face in FACES for name, row in face.MATRIX.items()}
BACKEND = "kechuang.orgs.signin.accounts.Accounts"
REFUSED = frozenset({"sign-in", 401, 403, 404})
OWN_TABLES = ("django_session",)
"""What a refused request may write: its own session."""

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Made once for all rows, in a transaction that is taken back at the end; every row runs in a savepoint of its own."""
    place = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files"), TOTP_ROLES=[])
    with django_db_blocker.unblock(), place, clock.travel(DAY), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def keys(world: World) -> dict[str, str]:
    """Everybody's session, begun once."""
    found = {}
    for who, person in world.people.items():
        client = Client()
        assert person.user is not None
        client.force_login(person.user, backend=BACKEND)
        found[who] = client.cookies["sessionid"].value
    return found


@pytest.fixture(scope="module")
def data(world: World) -> re.Pattern[str]:
    """Whatever Chinese the world's people wrote."""
    people = (mask_name(person.name) for person in Person.objects.all())
    districts = (SHORT.get(org.label, org.label.removesuffix("区")) for org in Org.objects.all())
    return data_pattern([UNNAMED, ROSTER_NAME, *people, *districts])


@dataclass
class Visit:
    """What everybody gets at an address who reads English, and the Chinese that is left on the page for somebody."""

    answers: dict[str, int | str]
    left: dict[str, str]


@pytest.fixture(scope="module")
def visit(world: World, keys: dict[str, str], data: re.Pattern[str]) -> Callable[[str], Visit]:
    """Each address is walked once, whichever test asks first."""

    @cache
    def walked(name: str) -> Visit:
        found = Visit({}, {})
        for who in EVERYBODY:
            response = ask(keys.get(who), "get", reverse(name, args=ROWS[name].at(world)), language="en")
            found.answers[who] = answer(response)
            if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
                found.left |= {text: who for text in chinese_left(response.content.decode(), data)}
        return found

    return walked


def ask(key: str | None, method: str, address: str, sends: Any = None, *, language: str = "") -> HttpResponse:
    """One request in a session; whatever it writes is taken back."""
    client = Client()
    if language:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    if key:
        client.cookies["sessionid"] = key
    with transaction.atomic():
        response = getattr(client, method)(address, sends or {})
        if response.streaming:
            response.getvalue()
        transaction.set_rollback(True)
    return response


def answer(response: HttpResponse) -> int | str:
    """The status; a redirect to the sign-in page is an answer of its own."""
    if response.status_code == 302 and response["Location"].startswith(reverse("account_login")):
        return "sign-in"
    return response.status_code


def writes(queries: CaptureQueriesContext) -> list[str]:
    changes = (q["sql"] for q in queries if q["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")))
    return [sql for sql in changes if not any(f'"{table}"' in sql for table in OWN_TABLES)]


ALL = list(addresses())


def test_every_address_has_a_name_and_a_row_and_every_row_an_address():
    assert [address.pattern for address in ALL if not address.name] == []
    assert {address.name for address in ALL} == set(ROWS)
    assert sum(len(face.MATRIX) for face in FACES) == len(ROWS)


@pytest.mark.parametrize("address", ALL, ids=lambda address: address.pattern)
def test_every_view_declares_a_permission(address: Address):
    assert address.permission in {PUBLIC, SIGNED_IN} | PERMISSIONS


def test_the_world_has_everybody(world: World):
    assert {*world.people, ANONYMOUS} == EVERYBODY


@pytest.mark.parametrize("name", [a.name for a in ALL if "get" in a.methods])
def test_page_opens_to_exactly_whom_the_matrix_names(visit: Callable[[str], Visit], name: str):
    row, answers = ROWS[name], visit(name).answers

    assert {who for who, got in answers.items() if got not in REFUSED} == set(row.see), answers
    assert {got for who, got in answers.items() if who in row.see} <= {200, 302}, answers
    if ANONYMOUS not in row.see:
        assert answers[ANONYMOUS] in {"sign-in", 401, 404}


@pytest.mark.parametrize(
    "name", [a.name for a in ALL if "get" in a.methods and ROWS[a.name].see and a.name != "components"]
)
def test_page_is_english_to_those_who_read_english(visit: Callable[[str], Visit], name: str):
    """To each kind of reader: nothing in Chinese but what people wrote and what is marked as Chinese (the page of components shows samples)."""
    assert visit(name).left == {}


@pytest.mark.parametrize("name", [a.name for a in ALL if "post" in a.methods])
def test_page_acts_for_exactly_whom_the_matrix_names(world: World, keys: dict[str, str], name: str):
    row = ROWS[name]
    address, sends = reverse(name, args=row.at(world)), {k: _value(world, v) for k, v in row.sends.items()}

    done = set()
    for who in EVERYBODY:
        with CaptureQueriesContext(connection) as queries:
            got = answer(ask(keys.get(who), "post", address, sends))
        assert got in REFUSED or int(got) < 500
        if got in REFUSED or (sends and not writes(queries)):
            assert writes(queries) == []
        else:
            done.add(who)

    assert done == set(row.do)


def _value(world: World, value: Any) -> Any:
    return value(world) if callable(value) else value


@pytest.mark.parametrize("name", [a.name for a in ALL if not {"get", "post"} & a.methods])
def test_other_methods_are_refused_to_those_outside(world: World, keys: dict[str, str], name: str):
    """Addresses for scripts alone (autosave, parts of uploads)."""
    row, address = ROWS[name], next(a for a in ALL if a.name == name)
    method = next(m for m in ("patch", "put", "delete") if m in address.methods)

    answers = {who: answer(ask(keys.get(who), method, reverse(name, args=row.at(world)))) for who in EVERYBODY}

    assert {who for who, got in answers.items() if got not in REFUSED} == set(row.do), answers


# --- files that leave without a second person ----------------------------------------------------------------------

SHEETS = ("office_sheet", "office_csv", "quota_sheet", "ranking_sheet", "decision_sheet")


def words_in(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return content.decode("utf-8-sig")
    book = load_workbook(BytesIO(content), read_only=True)
    return " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


@pytest.mark.parametrize("name", SHEETS)
def test_no_file_that_leaves_at_once_names_a_person(world, keys, name):
    """Officers' lists go by public id; whatever names people is an ExportRequest (ADR 0018)."""
    columns = {"col": ["team", "advisers"]}
    shown = ask(keys["city"], "get", reverse("office_applications", args=[world.call.slug]), columns)
    client = Client()
    client.cookies["sessionid"] = keys["city"]
    with transaction.atomic():
        words = words_in(client.get(reverse(name, args=ROWS[name].at(world)), columns).getvalue())
        transaction.set_rollback(True)

    assert len(words) > 40
    assert world.pupil.name in shown.content.decode()
    assert [person.name for person in Person.objects.all() if person.name in words] == []
    if name in {"office_sheet", "office_csv"}:
        assert (world.pupil.public_id in words, world.teacher.public_id in words) == (True, True)
