"""Signing in with accounts of elsewhere, against real providers: an OIDC provider, a CAS server, WeCom's API as its manual says."""

import json
import re
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse

from kechuang.base.errors import Refused
from kechuang.base.models import AuditEntry, Message
from kechuang.orgs.actions.links import invite_link, unlink_identity
from kechuang.orgs.models import LinkCode
from tests.factories.orgs import SYSTEM, a_city, a_school, a_teacher, actor_for, an_officer
from tests.providers import cas_process
from tests.providers.process import free_port, started

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

EMAIL = "principal@example.cn"


@pytest.fixture(scope="module")
def oidc_server() -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    claims = {"sub": "idp-42", "email": EMAIL, "email_verified": True, "staff_number": "T-0042"}
    command = [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), "--user-claims", json.dumps(claims)]
    process = started(command, f"{address}/.well-known/openid-configuration")
    yield address
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def cas_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}/cas"
    folder: Path = tmp_path_factory.mktemp("cas")
    process = started([sys.executable, cas_process.__file__, str(port), str(folder)], f"{address}/login")
    yield address
    process.kill()
    process.wait()


class WeCom(BaseHTTPRequestHandler):
    """gettoken and auth/getuserinfo with the answers of WeCom's manual; code "visitor" is somebody from outside."""

    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if self.path.startswith("/cgi-bin/gettoken"):
            known = asked == {"corpid": "ww1", "corpsecret": "s3"}
            told = (
                {"errcode": 0, "access_token": "token-1"}
                if known
                else {"errcode": 40001, "errmsg": "invalid credential"}
            )
        elif asked.get("access_token") != "token-1":
            told = {"errcode": 40014, "errmsg": "invalid access_token"}
        else:
            told = (
                {"errcode": 0, "openid": "out"} if asked["code"] == "visitor" else {"errcode": 0, "userid": "linlaoshi"}
            )
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def wecom_server() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), WeCom)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def school():
    return a_school(a_city().east)


@pytest.fixture
def teacher(school):
    return a_teacher(school, email=EMAIL, staff_number="T-0042", can_sign_in=True)


def providers(**given: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": []},
        "wecom": {"APPS": []},
        "dingtalk": {"APPS": []},
    }
    for name, apps in given.items():
        found[name]["APPS"] = apps
    return found


@pytest.fixture
def oidc(settings, oidc_server):
    app = {
        "provider_id": "city",
        "name": "市教育云",
        "client_id": "kechuang",
        "secret": "x",
        "settings": {"server_url": oidc_server},
    }
    settings.SOCIALACCOUNT_PROVIDERS = providers(openid_connect=[app])


@pytest.fixture
def cas(settings, cas_server):
    settings.CAS_SERVER = cas_server


@pytest.fixture
def wecom(settings, wecom_server):
    settings.SOCIALACCOUNT_PROVIDERS = providers(
        wecom=[{"client_id": "ww1", "secret": "s3", "settings": {"agent": "1000002"}}]
    )
    settings.WECOM_API = wecom_server


def back(client: Client, address: str, **extra: Any):
    """The provider sends the browser back to us."""
    at = urlsplit(address)
    return client.get(f"{at.path}?{at.query}", follow=True, **extra)


def through_oidc(client: Client):
    away = client.post(reverse("elsewhere", args=["city"]))["Location"]
    return back(
        client, requests.post(away, data={"sub": "idp-42"}, allow_redirects=False, timeout=20).headers["Location"]
    )


def through_cas(client: Client):
    away, browser = client.post(reverse("elsewhere", args=["cas"]))["Location"], requests.Session()
    page = browser.get(away, timeout=20).text
    fields = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
    fields |= {"username": cas_process.USER, "password": cas_process.PASSWORD}
    answer = browser.post(away, data=fields, allow_redirects=False, timeout=20)
    return back(client, answer.headers["Location"])


def through_wecom(client: Client, code: str = "abc"):
    away = client.post(reverse("elsewhere", args=["wecom"]))["Location"]
    asked = parse_qs(urlsplit(away).query)
    assert (
        away.startswith("https://login.work.weixin.qq.com/")
        and asked["appid"] == ["ww1"]
        and asked["agentid"] == ["1000002"]
    )
    return back(client, f"{reverse('wecom_callback')}?code={code}&state={asked['state'][0]}")


WAYS = {"oidc": ("city", through_oidc), "cas": ("cas", through_cas), "wecom": ("wecom", through_wecom)}


def is_in(client: Client, person: Any) -> bool:
    return client.session.get("_auth_user_id") == str(person.user.pk)


@pytest.mark.parametrize("way", WAYS)
def test_first_by_the_offices_code_then_alone(way, request, teacher, school, client):
    request.getfixturevalue(way)
    slug, through = WAYS[way]

    stranger = through(client)
    assert "_auth_user_id" not in client.session and not SocialAccount.objects.exists()
    assert "这个身份还没有绑定平台账号" in stranger.content.decode()

    code = invite_link(teacher, by=actor_for(an_officer("school_officer", school)), org=school)
    client.post(reverse("link"), {"code": f" {code.lower()} "})
    through(client)
    linked = SocialAccount.objects.get()
    assert is_in(client, teacher)
    assert (linked.user, linked.provider, linked.extra_data) == (teacher.user, slug, {})
    assert AuditEntry.objects.get(action="link_identity").detail == {"provider": slug}
    assert Message.objects.filter(user=teacher.user, kind="security.identity_linked").exists()

    again = Client()
    through(again)
    assert is_in(again, teacher)


def test_an_email_never_opens_an_account(oidc, teacher, client):
    through_oidc(client)

    assert "_auth_user_id" not in client.session
    assert not SocialAccount.objects.exists()


def test_a_staff_number_that_differs_is_refused(oidc, settings, teacher, school, client):
    settings.OIDC_STAFF_CLAIM = "staff_number"
    teacher.staff_number = "T-9999"
    teacher.save()
    client.post(reverse("link"), {"code": invite_link(teacher, by=SYSTEM, org=school)})

    answer = through_oidc(client)

    assert "工号不一致" in answer.content.decode() and not SocialAccount.objects.exists()
    assert "_auth_user_id" not in client.session


def test_a_ticket_fits_the_browser_that_began_alone(cas, teacher, client):
    state = parse_qs(urlsplit(client.post(reverse("elsewhere", args=["cas"]))["Location"]).query)["service"][0]
    thief = Client()

    assert "_auth_user_id" not in thief.session
    answer = back(thief, f"{state}&ticket=ST-1")
    assert "没有通过或没有应答" in answer.content.decode()
    forged = back(client, f"{state}&ticket=ST-forged")
    assert "没有通过或没有应答" in forged.content.decode() and "_auth_user_id" not in client.session


def test_who_is_no_member_of_the_organisation_stays_out(wecom, client):
    assert "没有通过或没有应答" in through_wecom(client, "visitor").content.decode()


def test_a_provider_that_does_not_answer_is_said_so(settings, client):
    app = {
        "provider_id": "city",
        "name": "市教育云",
        "client_id": "k",
        "secret": "x",
        "settings": {"server_url": "http://127.0.0.1:9"},
    }
    settings.SOCIALACCOUNT_PROVIDERS = providers(openid_connect=[app])

    answer = client.post(reverse("elsewhere", args=["city"]), follow=True)

    assert "没有通过或没有应答" in answer.content.decode()


def test_dingtalk_is_a_matter_of_settings(settings, client):
    settings.SOCIALACCOUNT_PROVIDERS = providers(dingtalk=[{"client_id": "ding1", "secret": "s"}])

    away = client.post(reverse("elsewhere", args=["dingtalk"]))["Location"]

    asked = parse_qs(urlsplit(away).query)
    assert away.startswith("https://login.dingtalk.com/oauth2/auth?") and asked["client_id"] == ["ding1"]
    assert asked["redirect_uri"] == [f"http://testserver{reverse('dingtalk_callback')}"]


def test_doors_are_those_that_are_configured(client, settings):
    page = client.get(reverse("account_login")).content.decode()
    assert "用绑定码绑定" not in page and client.post(reverse("elsewhere", args=["cas"])).status_code == 404

    settings.CAS_SERVER = "https://cas.example.cn/cas"
    page = client.get(reverse("account_login")).content.decode()
    assert "用绑定码绑定" in page and f'action="{reverse("elsewhere", args=["cas"])}"' in page


def test_code_works_once_for_a_fortnight_and_the_newest_alone(teacher, school, client):
    old = invite_link(teacher, by=SYSTEM, org=school)
    invite_link(teacher, by=SYSTEM, org=school)

    assert client.post(reverse("link"), {"code": old}).status_code == 422
    assert LinkCode.objects.count() == 1


def test_only_who_has_a_password_lets_go(teacher):
    account = SocialAccount.objects.create(user=teacher.user, provider="cas", uid="caswang")
    client = Client()
    client.force_login(teacher.user, backend="kechuang.orgs.signin.accounts.Accounts")
    client.post(reverse("usersessions_list"), {"act": "unlink", "identity": account.pk})
    assert not SocialAccount.objects.exists()

    account = SocialAccount.objects.create(user=teacher.user, provider="cas", uid="caswang")
    teacher.user.set_unusable_password()
    with pytest.raises(Refused):
        unlink_identity(teacher.user, account.pk, by=actor_for(teacher))
