"""Identity providers that django-allauth does not bring: CAS 3.0 and WeCom. allauth finds this module by its name."""

from __future__ import annotations

from typing import Any

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import Provider, ProviderAccount, ProviderException
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from cas import CASClient
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

# --- CAS ---------------------------------------------------------------------------------------------------------


class CasAccount(ProviderAccount):
    pass


class CasProvider(Provider):
    """CAS 3.0 through python-cas. The state of the sign-in rides in the service address, so a ticket fits this browser alone."""

    id = "cas"
    name = "CAS"
    account_class = CasAccount
    uses_apps = False
    supports_redirect = True

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        return reverse("elsewhere", args=[self.id])

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        state = self.stash_redirect_state(request, process, next_url=next_url, data=data, **kwargs)
        return HttpResponseRedirect(self.client(request, state).get_login_url())

    def client(self, request: HttpRequest, state: str) -> Any:
        service = request.build_absolute_uri(f"{reverse('cas_callback')}?{urlencode({'state': state})}")
        server = settings.CAS_SERVER.rstrip("/") + "/"
        return CASClient(
            version=3, service_url=service, server_url=server, session=get_adapter().get_requests_session()
        )

    def verified(self, request: HttpRequest, state: str, ticket: str) -> dict[str, Any]:
        """Whom the server vouches for. Refused tickets and a server that does not answer are a ProviderException."""
        try:
            user, attributes, _granting = self.client(request, state).verify_ticket(ticket)
        except (requests.RequestException, ValueError, SyntaxError, IndexError) as error:  # SyntaxError: broken XML
            raise ProviderException(str(error)) from error
        if not user:
            raise ProviderException("The CAS server did not accept the ticket.")
        return {"user": user, **(attributes or {})}

    def extract_uid(self, data: dict[str, Any]) -> str:
        return str(data["user"])


# --- WeCom -------------------------------------------------------------------------------------------------------


class WeComAccount(ProviderAccount):
    pass


class WeComClient(OAuth2Client):
    """WeCom's token belongs to the application; the code is spent when the member is asked for."""

    def get_access_token(self, code: str, pkce_code_verifier: str | None = None) -> dict[str, Any]:
        sent = {"corpid": self.consumer_key, "corpsecret": self.consumer_secret}
        return {"access_token": _answer(self.access_token_url, sent)["access_token"]}

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: dict[str, Any]) -> str:
        app = get_adapter().get_provider(self.request, WeComProvider.id).app
        sent = {
            "login_type": "CorpApp", "appid": self.consumer_key, "agentid": app.settings["agent"],
            "redirect_uri": self.callback_url, "state": self.state or "",
        }  # fmt: skip
        return f"{authorization_url}?{urlencode(sent)}"


class WeComAdapter(OAuth2Adapter):
    provider_id = "wecom"
    client_class = WeComClient

    @property
    def access_token_url(self) -> str:
        return f"{settings.WECOM_API}/cgi-bin/gettoken"

    @property
    def authorize_url(self) -> str:
        return str(settings.WECOM_LOGIN)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        sent = {"access_token": token.token, "code": request.GET["code"]}
        told = _answer(f"{settings.WECOM_API}/cgi-bin/auth/getuserinfo", sent)
        return self.get_provider().sociallogin_from_response(request, told)


def _answer(address: str, sent: dict[str, str]) -> dict[str, Any]:
    with get_adapter().get_requests_session() as session:
        response = session.get(address, params=sent)
        response.raise_for_status()
        told: dict[str, Any] = response.json()
    if told.get("errcode"):
        raise ProviderException(f"WeCom answered {told.get('errcode')}: {told.get('errmsg')}")
    return told


class WeComProvider(OAuth2Provider):
    id = "wecom"
    name = "WeCom"
    account_class = WeComAccount
    oauth2_adapter_class = WeComAdapter

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Members of the own organisation only: visitors have an openid and no userid."""
        if not data.get("userid"):
            raise ProviderException("Not a member of this WeCom organisation.")
        return str(data["userid"])


provider_classes = [CasProvider, WeComProvider]
