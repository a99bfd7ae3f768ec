"""Signing in with an account of elsewhere (the city's OIDC or CAS, WeCom, DingTalk): the doors, their callbacks, the first link."""

from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from requests import RequestException

from kechuang.base.errors import Refused
from kechuang.orgs.actions.links import usable_link
from kechuang.orgs.provider import CasProvider, WeComAdapter
from kechuang.orgs.signin.adapters import LINK
from kechuang.web.views import PUBLIC, Page


@dataclass(frozen=True)
class Door:
    slug: str
    name: str


def doors() -> list[Door]:
    """The providers that this installation has been given, by settings alone."""
    providers = settings.SOCIALACCOUNT_PROVIDERS
    found = [Door(app["provider_id"], app["name"]) for app in providers["openid_connect"]["APPS"]]
    if settings.CAS_SERVER:
        found.append(Door("cas", settings.CAS_NAME))
    found += [Door("wecom", _("企业微信"))] if providers["wecom"]["APPS"] else []
    found += [Door("dingtalk", _("钉钉"))] if providers["dingtalk"]["APPS"] else []
    return found


def require_door(slug: str) -> None:
    if slug not in {door.slug for door in doors()}:
        raise Http404


class Elsewhere(Page):
    """Off to the provider. By POST, so that no other site can begin it."""

    permission = PUBLIC

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        require_door(slug)
        try:
            response: HttpResponse = get_adapter().get_provider(request, slug).redirect_from_request(request)
        except RequestException:
            return told_no_answer(request)
        return response


def told_no_answer(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("统一身份认证没有通过或没有应答。请再试一次，或用登录名和密码登录。"))
    return redirect("account_login")


class Callback(Page):
    """Back from an OAuth provider: allauth checks state and code; whatever goes wrong ends at the sign-in page, in words."""

    abstract = True
    slug = ""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        slug = kwargs.get("provider_id", self.slug)
        require_door(slug)
        response: HttpResponse = OAuth2CallbackView.adapter_view(self.adapter(request, slug))(request)
        return response if 300 <= response.status_code < 400 else told_no_answer(request)

    def adapter(self, request: HttpRequest, slug: str) -> OAuth2Adapter:
        raise NotImplementedError


class OidcCallback(Callback):
    permission = PUBLIC

    def adapter(self, request: HttpRequest, slug: str) -> OAuth2Adapter:
        return OpenIDConnectOAuth2Adapter(request, slug)


class WeComCallback(Callback):
    permission = PUBLIC
    slug = "wecom"

    def adapter(self, request: HttpRequest, slug: str) -> OAuth2Adapter:
        return WeComAdapter(request)


class DingTalkCallback(Callback):
    permission = PUBLIC
    slug = "dingtalk"

    def adapter(self, request: HttpRequest, slug: str) -> OAuth2Adapter:
        return DingTalkOAuth2Adapter(request)


class CasCallback(Page):
    """Back from CAS with a ticket, which is checked from server to server."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        require_door("cas")
        state, provider = request.GET.get("state", ""), CasProvider(request)
        try:
            begun = provider.unstash_redirect_state(request, state)
            told = provider.verified(request, state, request.GET.get("ticket", ""))
        except (PermissionDenied, ProviderException):
            return told_no_answer(request)
        login = provider.sociallogin_from_response(request, told)
        login.state = begun
        response: HttpResponse = complete_social_login(request, login)
        return response


class Link(Page):
    """The first time: the office's code says whose account it is, then the provider says who is there."""

    permission = PUBLIC
    template = "account/link.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()

    def show(self, refusal: str = "", ready: bool = False) -> HttpResponse:
        return self.render(doors=doors(), refusal=refusal, ready=ready, status=422 if refusal else 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            row = usable_link(request.POST.get("code", ""))
        except Refused as refusal:
            return self.show(refusal.sentence)
        request.session[LINK] = row.pk
        return self.show(ready=True)
