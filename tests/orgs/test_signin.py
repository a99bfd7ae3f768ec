from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory

from kechuang.base import clock
from kechuang.base.models import AuditEntry
from kechuang.orgs.actions import issue_password, reset_pin
from kechuang.orgs.signin.addresses import client_ip
from tests.factories.orgs import (
    PASSWORD,
    PIN,
    SYSTEM,
    a_city,
    a_pupil,
    a_school,
    a_teacher,
    actor_for,
    an_officer,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.orgs.urls")]


@pytest.fixture
def city():
    return a_city()


@pytest.fixture
def teacher(city):
    return a_teacher(a_school(city.east), can_sign_in=True)


def sign_in(client: Client, username: str, password: str, **extra: str):
    return client.post("/account/login/", {"login": username, "password": password}, **extra)


def test_staff_sign_in_with_password(client, teacher):
    assert sign_in(client, teacher.user.username, PASSWORD).status_code == 302

    assert client.get("/").content.decode() == teacher.user.username


def test_user_name_is_read_in_any_case(client, teacher):
    assert sign_in(client, f" {teacher.user.username.upper()} ", PASSWORD).status_code == 302


def test_pupil_signs_in_with_code_and_pin(client, city):
    pupil = a_pupil(a_school(city.east))
    pin = reset_pin(pupil, by=SYSTEM)

    assert sign_in(client, pupil.user.username, pin).status_code == 302
    assert client.get("/").status_code == 200
    assert len(pin) == 6
    assert pin.isdigit()


def test_nobody_signs_up(client, city):
    answer = client.get("/account/signup/")

    assert "password1" not in answer.content.decode()


def test_five_failures_lock_name_and_address(client, teacher):
    for _n in range(5):
        answer = sign_in(client, teacher.user.username, "wrong")

    assert answer.status_code == 429
    assert "15 分钟" in answer.content.decode()
    assert sign_in(client, teacher.user.username, PASSWORD).status_code == 429
    assert sign_in(client, teacher.user.username.upper(), PASSWORD).status_code == 429
    assert sign_in(client, teacher.user.username, PASSWORD, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_lock_ends_after_a_quarter_of_an_hour(client, teacher, settings):
    settings.AXES_COOLOFF_TIME = timedelta(seconds=0)
    for _n in range(5):
        sign_in(client, teacher.user.username, "wrong")

    assert sign_in(client, teacher.user.username, PASSWORD).status_code == 302


def test_pupils_are_locked_as_well(client, city):
    pupil = a_pupil(a_school(city.east), can_sign_in=True)
    for _n in range(5):
        sign_in(client, pupil.user.username, "000111")

    assert sign_in(client, pupil.user.username, PIN).status_code == 429


def test_sign_in_and_failure_are_in_the_ledger(client, teacher):
    sign_in(client, teacher.user.username, "wrong", REMOTE_ADDR="10.1.2.3")
    sign_in(client, "nobody-here", "wrong")
    sign_in(client, teacher.user.username, PASSWORD)

    rows = AuditEntry.objects.filter(action__startswith="sign_in").order_by("pk")
    assert [row.action for row in rows] == ["sign_in_failed", "sign_in_failed", "sign_in"]
    assert rows[0].on_id == str(teacher.user.pk)
    assert rows[0].detail == {"ip": "10.1.2.3"}
    assert rows[1].on_id == ""


def test_administrator_must_set_up_totp(client, city):
    admin = an_officer("system_admin", city.org, can_sign_in=True)
    sign_in(client, admin.user.username, PASSWORD)

    answer = client.get("/")

    assert answer.status_code == 302
    assert answer.url == "/account/2fa/totp/activate/"
    assert client.get("/account/logout/").status_code == 200


def test_htmx_is_told_to_leave_the_page(client, city):
    admin = an_officer("auditor", city.org, can_sign_in=True)
    sign_in(client, admin.user.username, PASSWORD)

    answer = client.get("/", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/account/2fa/totp/activate/")


def test_administrator_signs_in_with_password_and_code(client, city):
    admin = an_officer("system_admin", city.org, can_sign_in=True)
    secret = generate_totp_secret()
    TOTP.activate(admin.user, secret)

    first = sign_in(client, admin.user.username, PASSWORD)
    assert first.url == "/account/2fa/authenticate/"
    assert client.get("/").content.decode() == "anonymous"

    counter = next(iter(yield_hotp_counters_from_time()))
    client.post("/account/2fa/authenticate/", {"code": format_hotp_value(hotp_value(secret, counter))})
    assert client.get("/").content.decode() == admin.user.username
    assert secret not in str(Authenticator.objects.get(user=admin.user).data)


def test_role_decides_whether_totp_is_demanded(client, city, settings):
    officer = an_officer("city_officer", city.org, can_sign_in=True)
    sign_in(client, officer.user.username, PASSWORD)
    assert client.get("/").status_code == 200

    settings.TOTP_ROLES = ["city_officer"]

    assert client.get("/").status_code == 302


def test_staff_are_signed_out_when_idle(client, teacher):
    now = clock.now()
    with clock.travel(now):
        sign_in(client, teacher.user.username, PASSWORD)
        client.get("/")
    with clock.travel(now + timedelta(minutes=29)):
        assert client.get("/").content.decode() == teacher.user.username
    with clock.travel(now + timedelta(minutes=60)):
        assert client.get("/").content.decode() == "anonymous"


def test_pupils_are_not_signed_out_when_idle(client, city):
    pupil = a_pupil(a_school(city.east), can_sign_in=True)
    now = clock.now()
    with clock.travel(now):
        sign_in(client, pupil.user.username, PIN)
        client.get("/")
    with clock.travel(now + timedelta(minutes=60)):
        assert client.get("/").content.decode() == pupil.user.username


def test_issued_password_must_be_changed(client, teacher, city):
    school = actor_for(teacher).home_org
    password = issue_password(teacher, by=SYSTEM, org=school)
    sign_in(client, teacher.user.username, password)
    assert client.get("/").url == "/account/password/change/"

    new = {"oldpassword": password, "password1": "Neues-Wort-77", "password2": "Neues-Wort-77"}
    client.post("/account/password/change/", new)

    assert client.get("/").status_code == 200


def test_old_password_must_be_changed(client, teacher):
    sign_in(client, teacher.user.username, PASSWORD)
    assert client.get("/").status_code == 200

    teacher.user.password_changed_at = clock.now() - timedelta(days=91)
    teacher.user.save()

    assert client.get("/").url == "/account/password/change/"


@pytest.mark.parametrize(
    ("password", "ok"),
    [
        ("Ab1-efghij", True),
        ("Ab1-efghi", False),
        ("abcdefghij12", False),
        ("ABCdefghijkl", False),
        ("abc-defg-h12", True),
    ],
)
def test_password_strength(teacher, password, ok):
    if ok:
        validate_password(password, teacher.user)
        return
    with pytest.raises(ValidationError):
        validate_password(password, teacher.user)


def test_administrators_need_twelve_characters(city):
    admin = an_officer("security_admin", city.org)

    with pytest.raises(ValidationError) as refusal:
        validate_password("Ab1-efghijk", admin.user)
    validate_password("Ab1-efghijkl", admin.user)

    assert refusal.value.error_list[0].code == "too_short"


@pytest.mark.parametrize(("pin", "ok"), [("482915", True), ("48291", False), ("111111", False), ("48291a", False)])
def test_pupils_have_six_digits(city, pin, ok):
    pupil = a_pupil(a_school(city.east))

    if ok:
        validate_password(pin, pupil.user)
        return
    with pytest.raises(ValidationError):
        validate_password(pin, pupil.user)


def test_last_five_passwords_do_not_come_back(teacher):
    used = [f"Wechsel-{n}-Wort" for n in range(5)]
    for password in used:
        teacher.user.set_password(password)
        teacher.user.save()

    for password in used:
        with pytest.raises(ValidationError):
            validate_password(password, teacher.user)
    validate_password(PASSWORD, teacher.user)


def test_address_is_what_the_nearest_trusted_proxy_saw(settings):
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.1.1.1, 2.2.2.2")

    settings.TRUSTED_PROXIES = 0
    assert client_ip(request) == "10.0.0.1"
    settings.TRUSTED_PROXIES = 1
    assert client_ip(request) == "2.2.2.2"


def test_ended_membership_takes_effect_at_once(client, city):
    person = an_officer("district_officer", city.east, until=date(2020, 1, 2), since=date(2020, 1, 1))

    assert actor_for(person).roles == frozenset()
