"""Signing in as staff and as a pupil, lockout, passwords, the second factor, signing out."""

import os
import re
import subprocess
import sys

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from kechuang.orgs.models import User
from tests.engine.honours import make_city
from tests.web.public_scene import BACKEND, a_user, give_role

pytestmark = [pytest.mark.django_db]

PASSWORD = "Kechuang-2026-Test"
SIGN_IN = "account_login"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def staff():
    return a_user(password=PASSWORD)


def text(response) -> str:
    return response.content.decode()


def sign_in(client, username, password, **extra):
    return client.post(reverse(SIGN_IN), {"login": username, "password": password} | extra)


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def inside(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


# --- the form ----------------------------------------------------------------------------------------------------


def test_staff_sign_in_and_land_on_the_desk(client, staff):
    response = sign_in(client, staff.user.username, PASSWORD)

    assert (response.status_code, response.url) == (302, "/desk/")
    assert is_signed_in(client)


def test_pupil_signs_in_with_code_in_any_spelling_and_pin(client):
    a_user(username="ab3cd5ef", has_pin=True, password="482915")

    sign_in(client, " AB3C D5EF ", "482915")

    assert is_signed_in(client)


def test_sign_in_goes_on_to_the_page_asked_for(client, staff):
    assert sign_in(client, staff.user.username, PASSWORD, next="/me/").url == "/me/"


def test_sign_in_never_leads_off_the_platform(client, staff):
    assert sign_in(client, staff.user.username, PASSWORD, next="https://evil.example/").url == "/desk/"


@pytest.mark.parametrize(
    ("login", "password", "sentence"),
    [("", "x", "请填写登录名或学生代码"), ("x", "", "请填写密码或数字口令"), ("nobody", "x", "登录名和密码不匹配")],
)
def test_bad_sign_in_says_what_is_wrong(client, login, password, sentence):
    response = sign_in(client, login, password)

    assert response.status_code == 422
    assert sentence in text(response)
    assert not is_signed_in(client)


def test_unknown_and_known_names_are_told_the_same(client, staff):
    known, unknown = sign_in(client, staff.user.username, "wrong"), sign_in(client, "nobody", "wrong")

    def errors(page):
        return re.findall(r"<ul>.*?</ul>", text(page), re.DOTALL)[:1]

    assert errors(known) == errors(unknown) != []


def test_account_that_is_switched_off_does_not_open(client, staff):
    staff.user.is_active = False
    staff.user.save()

    response = sign_in(client, staff.user.username, PASSWORD)

    assert not is_signed_in(client)
    assert response.status_code in {302, 422}


def test_sign_in_page_has_no_city_button_without_a_provider(client):
    page = text(client.get(reverse(SIGN_IN)))

    assert "我是学生" in page and "统一身份认证" not in page
    assert reverse("guardian_join") in page


@pytest.mark.slow
def test_sign_in_page_has_the_city_button_where_a_provider_is_configured():
    provider = {
        "KECHUANG_OIDC_SERVER": "https://id.example.cn",
        "KECHUANG_OIDC_CLIENT_ID": "kechuang",
        "KECHUANG_OIDC_NAME": "市教育云登录",
    }
    look = (
        "import django; django.setup(); from django.test import Client;"
        "print(Client().get('/account/sign-in/', headers={'host': 'localhost'}).content.decode())"
    )

    page = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", look], env=os.environ | provider | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    assert "市教育云登录" in page
    assert 'action="/account/with/city/"' in page


def test_sign_in_remembers_the_language_of_the_account(client, staff):
    staff.user.language = "en"
    staff.user.save()

    response = sign_in(client, staff.user.username, PASSWORD)

    assert response.cookies["django_language"].value == "en"


# --- lockout -----------------------------------------------------------------------------------------------------


def test_five_failures_lock_and_the_page_says_how_long(client, staff):
    answers = [sign_in(client, staff.user.username, "wrong") for _n in range(5)]
    right = sign_in(client, staff.user.username.upper(), PASSWORD)

    assert [answer.status_code for answer in answers[:4]] == [422] * 4
    assert answers[4].status_code == right.status_code == 429
    assert "还有 15 分钟解锁" in text(right)
    assert not is_signed_in(client)


def test_lockout_of_one_does_not_touch_another(client, staff):
    for _n in range(5):
        sign_in(client, "somebody", "wrong")

    sign_in(client, staff.user.username, PASSWORD)

    assert is_signed_in(client)


# --- passwords ---------------------------------------------------------------------------------------------------


def change(client, new, old=PASSWORD):
    return client.post(reverse("account_change_password"), {"oldpassword": old, "password1": new, "password2": new})


def test_first_password_must_be_changed_before_anything_else(staff):
    staff.user.must_change_password = True
    staff.user.save()
    client = inside(staff.user)

    stopped = client.get(reverse("me"))
    changed = change(client, "Ein-neues-Wort-7")

    assert stopped.url == reverse("account_change_password")
    assert changed.url == reverse("me")
    assert client.get(reverse("me")).status_code == 200
    staff.user.refresh_from_db()
    assert not staff.user.must_change_password


@pytest.mark.parametrize(
    ("new", "sentence"), [("Short1!", "密码太短"), ("alllowercaseletters", "至少 3 类"), ("Kechuang-2026-Test2", "")]
)
def test_password_follows_the_policy(staff, new, sentence):
    response = change(inside(staff.user), new)

    assert (response.status_code == 422, sentence in text(response)) == (bool(sentence), True)


def test_used_password_may_not_come_back(staff):
    client = inside(staff.user)
    change(client, "Ein-neues-Wort-7")

    response = change(client, "Ein-neues-Wort-7", old="Ein-neues-Wort-7")

    assert "用过的密码不能再用" in text(response)


def test_wrong_present_password_changes_nothing(staff):
    response = change(inside(staff.user), "Ein-neues-Wort-7", old="wrong")

    assert "现在的密码不对" in text(response)
    staff.user.refresh_from_db()
    assert staff.user.check_password(PASSWORD)


def test_pupil_changes_the_pin_by_its_own_rule():
    pupil = a_user(has_pin=True, password="482915")
    client = inside(pupil.user)

    weak, good = change(client, "111111", old="482915"), change(client, "739104", old="482915")

    assert weak.status_code == 422 and "口令须为 6 位数字" in text(weak)
    assert good.status_code == 302


# --- the second factor -------------------------------------------------------------------------------------------


def confirmed(client) -> Client:
    """Past the question for the password that guards the settings of sign-in."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def test_role_that_demands_a_second_factor_must_set_it_up(settings, staff):
    settings.TOTP_ROLES = ["city_officer"]
    give_role(staff, make_city()[0], "city_officer")

    response = inside(staff.user).get(reverse("me"))

    assert response.url == reverse("mfa_activate_totp")


def test_second_factor_is_set_up_with_a_qr_code_and_recovery_codes(staff):
    client = confirmed(inside(staff.user))
    page = text(client.get(reverse("mfa_activate_totp")))
    secret = re.search(r"<code>([A-Z2-7]{16,})</code>", page)

    response = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret.group(1))}, follow=True)

    assert "data:image/svg+xml;base64," in page
    assert "请抄下来" in text(response)
    assert len(re.findall(r"<li>[a-z0-9]+</li>", text(response))) == 10
    stored = Authenticator.objects.get(user=staff.user, type="totp").data["secret"]
    assert secret.group(1) not in stored


def test_wrong_code_does_not_set_it_up(staff):
    client = confirmed(inside(staff.user))
    client.get(reverse("mfa_activate_totp"))

    response = client.post(reverse("mfa_activate_totp"), {"code": "000000"})

    assert "这个动态口令不对" in text(response)
    assert not Authenticator.objects.exists()


def test_sign_in_asks_for_the_code(client, staff):
    secret = generate_totp_secret()
    TOTP.activate(staff.user, secret)

    asked = sign_in(client, staff.user.username, PASSWORD)
    half = is_signed_in(client)
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    right = client.post(reverse("mfa_authenticate"), {"code": code_now(secret)})

    assert asked.url == reverse("mfa_authenticate")
    assert not half
    assert "这个动态口令不对" in text(wrong)
    assert right.url == "/desk/"
    assert is_signed_in(client)


def test_code_page_opens_to_nobody_without_a_password(client):
    assert client.get(reverse("mfa_authenticate")).url == reverse(SIGN_IN)


def test_second_factor_page_says_what_stands(staff):
    client = inside(staff.user)
    before = text(client.get(reverse("mfa_index")))
    TOTP.activate(staff.user, generate_totp_secret())

    assert "还没有启用" in before
    assert "已启用" in text(client.get(reverse("mfa_index")))


def test_role_that_demands_it_may_not_drop_it(settings, staff):
    settings.TOTP_ROLES = ["city_officer"]
    give_role(staff, make_city()[0], "city_officer")
    TOTP.activate(staff.user, generate_totp_secret())
    client = confirmed(inside(staff.user))

    page = text(client.get(reverse("mfa_deactivate_totp")))
    client.post(reverse("mfa_deactivate_totp"))

    assert "您的身份必须使用两步验证" in page
    assert Authenticator.objects.filter(user=staff.user, type="totp").exists()


def test_settings_of_sign_in_ask_for_the_password_again(staff):
    assert inside(staff.user).get(reverse("mfa_activate_totp")).url.startswith(reverse("account_reauthenticate"))


# --- out ---------------------------------------------------------------------------------------------------------


def test_sign_out_asks_and_then_ends_the_session(staff):
    client = inside(staff.user)
    asked = client.get(reverse("account_logout"))

    response = client.post(reverse("account_logout"))

    assert "要退出吗" in text(asked)
    assert response.url == "/"
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "name",
    ["account_change_password", "account_reauthenticate", "mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_reauthenticate",
     "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "me", "inbox"],
)  # fmt: skip
def test_own_pages_lead_strangers_to_the_sign_in(client, name):
    response = client.get(reverse(name))

    assert response.status_code == 302
    assert response.url.startswith(reverse(SIGN_IN))
