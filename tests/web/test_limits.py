"""How often one person and one address may ask for what can be guessed at, searched through, or is dear."""

import base64

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from kechuang.base.throttle import Limit, spend
from tests.factories.orgs import PASSWORD, a_city, a_pupil, a_school, an_officer
from tests.web.applicant_scene import a_draft, a_scene, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BACKEND = "kechuang.orgs.signin.accounts.Accounts"
LIMITS = {"verify": "2/3", "codes": "2/3", "search": "2/3", "export": "1/9", "api": "2/3"}


@pytest.fixture(autouse=True)
def limits(settings, monkeypatch):
    """Small limits, an empty count, and a minute that does not end in the middle of a test."""
    settings.RATE_LIMITS = LIMITS
    monkeypatch.setattr("kechuang.base.throttle.time.time", lambda: 1_800_000_015.0)
    cache.clear()
    yield
    cache.clear()


def statuses(client, address, times=4, **options):
    return [client.get(address, **options).status_code for _n in range(times)]


@pytest.mark.parametrize(
    "address",
    [
        "/verify/",
        "/verify/NOSUCH/",
        "/objections/",
        "/guardian/join/",
        "/works/?q=水",
        "/api/v1/calls/",
        "/api/v1/openapi.json",
    ],
)
def test_an_address_waits_after_its_limit(client, address):
    assert 429 not in statuses(client, address, 3)

    response = client.get(address)

    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 60


def test_the_page_says_in_plain_words_when_to_come_again(client):
    statuses(client, "/verify/", 3)

    page, part = client.get("/verify/"), client.get("/verify/", headers={"HX-Request": "true"})

    seconds = page["Retry-After"]
    assert f"请 {seconds} 秒后再试" in page.content.decode()
    assert "没有被锁定" in page.content.decode()
    assert part.content.decode().startswith("操作太频繁")
    assert client.get("/works/").status_code == 200


def test_browsing_without_a_search_is_not_counted(client):
    assert statuses(client, "/works/", 6) == [200] * 6


def test_an_address_behind_a_proxy_is_the_one_the_trusted_proxy_saw(client, settings):
    """A forged header opens no fresh count; another reader behind the same proxy has a count of their own."""
    settings.TRUSTED_PROXIES = 1

    def came(address):
        return {"headers": {"X-Forwarded-For": address}}

    forged = [client.get("/verify/", **came(f"10.9.9.{n}, 203.0.113.7")).status_code for n in range(4)]

    assert forged == [200, 200, 200, 429]
    assert statuses(client, "/verify/", 1, **came("203.0.113.8")) == [200]


def test_a_person_has_a_limit_of_their_own_and_leaves_the_others_theirs():
    city = a_city()
    pupils = [a_pupil(a_school(city.east)) for _n in range(2)]
    clients = []
    for pupil in pupils:
        clients.append(Client(REMOTE_ADDR=f"203.0.113.{len(clients)}"))
        clients[-1].force_login(pupil.user, backend=BACKEND)

    assert statuses(clients[0], "/api/v1/me/deadlines/", 3) == [200, 200, 429]
    assert statuses(clients[1], "/api/v1/me/deadlines/", 1) == [200]


def test_an_export_is_counted_for_each_officer():
    city = a_city()
    client = Client()
    client.force_login(an_officer("city_officer", city.org).user, backend=BACKEND)

    first, second = (client.get(reverse("expert_sheet")) for _n in range(2))

    assert (first.status_code, second.status_code) == (302, 429)  # the first is led to ask a second person


def test_a_minute_later_the_count_is_new(monkeypatch):
    assert [spend("a", "b", 1) for _n in range(2)] == [0, 45]

    monkeypatch.setattr("kechuang.base.throttle.time.time", lambda: 1_800_000_061.0)

    assert spend("a", "b", 1) == 0


def test_a_limit_is_two_numbers():
    assert Limit.of("60/600") == Limit(60, 600)
    with pytest.raises(ValueError):
        Limit.of("60")


# --- the limits of signing in ------------------------------------------------------------------------------------


def wrong(client, name="nobody", password="wrong", **where):
    return client.post(reverse("account_login"), {"login": name, "password": password}, **where)


def told_to_wait(response, words, seconds):
    assert response.status_code == 429
    assert seconds[0] <= int(response["Retry-After"]) <= seconds[1]
    assert words in response.content.decode()


@pytest.fixture
def allauth_limits(settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip", "login_failed": "3/5m/key", "change_password": "2/10m/user"}


def test_sign_in_by_an_address_waits_until_its_oldest_try_is_a_minute_old(client, allauth_limits, monkeypatch):
    statuses = [wrong(client, f"nobody-{n}").status_code for n in range(2)]
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: 1_800_000_025.0)

    told = wrong(client, "nobody-3")

    assert statuses == [422, 422]
    told_to_wait(told, f"请 {told['Retry-After']} 秒后再试", (50, 50))


def test_failures_of_a_name_from_many_addresses_wait_in_minutes(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/5m/key"}
    for n in range(3):
        wrong(client, REMOTE_ADDR=f"203.0.113.{n}")

    told_to_wait(wrong(client, REMOTE_ADDR="203.0.113.9"), "请 5 分钟后再试", (300, 300))


def test_five_failures_at_one_address_wait_a_quarter_of_an_hour(client):
    for _n in range(5):
        answer = wrong(client)

    told_to_wait(answer, "还有 15 分钟解锁", (840, 900))


def test_changing_the_password_too_often_waits(allauth_limits):
    client = Client()
    client.force_login(an_officer("city_officer", a_city().org, can_sign_in=True).user, backend=BACKEND)
    facts = {"oldpassword": "wrong", "password1": "Ein-neues-Wort-7", "password2": "Ein-neues-Wort-7"}

    answers = [client.post(reverse("account_change_password"), facts) for _n in range(3)]

    assert [answer.status_code for answer in answers[:2]] == [422, 422]
    told_to_wait(answers[2], "请 10 分钟后再试", (600, 600))


def test_codes_of_the_second_factor_are_tried_a_few_times_only(settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/5m/key"}
    user = an_officer("city_officer", a_city().org, can_sign_in=True).user
    TOTP.activate(user, generate_totp_secret())
    client = Client()
    wrong(client, user.username, PASSWORD)

    answers = [client.post(reverse("mfa_authenticate"), {"code": "000000"}) for _n in range(4)]

    assert [answer.status_code for answer in answers[:3]] == [200] * 3
    told_to_wait(answers[3], "请 5 分钟后再试", (300, 300))


def test_passkeys_are_tried_as_often_as_an_address_may(client, settings):
    settings.MFA_RATE_LIMITS = {"webauthn_login": "2/m/ip"}

    answers = [client.post(reverse("mfa_login_webauthn"), {"credential": "{}"}) for _n in range(3)]

    told_to_wait(answers[2], "秒后再试", (1, 60))


def test_uploads_without_end_are_told_to_come_again(monkeypatch):
    monkeypatch.setattr("kechuang.base.files.tus.MAX_OPEN", 0)
    scene = a_scene()
    draft = a_draft(scene)
    purpose = base64.b64encode(f"application:{draft.public_id}:report".encode()).decode()
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "9", "Upload-Metadata": f"purpose {purpose}"}

    answer = signed_in(scene.pupil).post(reverse("uploads"), headers=headers)

    told_to_wait(answer, "等它们完成", (60, 60))
