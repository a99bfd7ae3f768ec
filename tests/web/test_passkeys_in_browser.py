"""Passkeys with a real browser and its virtual authenticator (CDP), beside and instead of the one-time code."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import Page, expect

from kechuang.base.models import AuditEntry, Message
from tests.factories.orgs import PASSWORD, a_city, an_officer

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def root(live_server: Any) -> str:
    """By name: browsers give passkeys to localhost, not to a bare address."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def key(page: Page) -> str:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    page.passkeys = session  # type: ignore[attr-defined]
    made: str = session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]
    return made


def sign_in(page: Page, root: str, username: str) -> None:
    page.goto(root + reverse("account_login"))
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def test_role_demands_a_passkey_which_then_signs_in_alone(page: Page, root: str, key: str, settings: Any) -> None:
    settings.PASSKEY_ROLES, settings.TOTP_ROLES = ["city_officer"], []
    officer = an_officer("city_officer", a_city().org, can_sign_in=True)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)

    sign_in(page, root, officer.user.username)
    page.goto(root + reverse("desk"))
    expect(page.locator("body")).to_contain_text("您的角色要求用通行密钥登录")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="确认", exact=True).click()
    page.locator("[name=name]").fill("办公室电脑")
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.locator("h1")).to_have_text("备用码")
    assert Authenticator.objects.filter(user=officer.user, type="webauthn").count() == 1
    assert AuditEntry.objects.filter(action="add_second_factor").count() == 1
    assert Message.objects.filter(user=officer.user, kind="security.factor_added").exists()

    page.goto(root + reverse("desk"))
    expect(page.locator("h1")).to_have_text("工作台")
    page.context.clear_cookies()
    page.goto(root + reverse("account_login"))
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.locator("h1")).to_have_text("工作台")

    page.goto(root + reverse("mfa_index"))
    expect(page.locator("body")).to_contain_text("办公室电脑")
    page.get_by_role("link", name="删除", exact=True).click()
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="确认", exact=True).click()
    page.get_by_role("button", name="删除", exact=True).click()
    expect(page.locator("body")).to_contain_text("不能停用最后一种")
    assert Authenticator.objects.filter(user=officer.user, type="webauthn").count() == 1
    assert broken == []


def test_passkey_is_the_second_step_after_the_password(page: Page, root: str, key: str, settings: Any) -> None:
    settings.TOTP_ROLES = []
    officer = an_officer("city_officer", a_city().org, can_sign_in=True)
    sign_in(page, root, officer.user.username)
    page.goto(root + reverse("mfa_add_webauthn"))
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="确认", exact=True).click()
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.locator("h1")).to_have_text("备用码")
    page.context.clear_cookies()

    sign_in(page, root, officer.user.username)
    expect(page.locator("h1")).to_have_text("请完成第二步验证")
    page.passkeys.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})  # type: ignore[attr-defined]
    page.get_by_role("button", name="用通行密钥").click()
    expect(page.locator("h1")).to_have_text("工作台")


def test_device_that_refuses_says_so_and_nothing_opens(page: Page, root: str, key: str) -> None:
    page.goto(root + reverse("account_login"))
    page.get_by_role("button", name="用通行密钥登录").click()

    expect(page.locator("[data-passkey-said]")).to_contain_text("没有完成")
