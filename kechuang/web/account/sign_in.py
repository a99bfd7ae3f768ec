"""The pages of allauth that we use, each with its declared permission like every other page."""

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.generic import TemplateView

from kechuang.web.views import PUBLIC, SIGNED_IN, Page


class SignedIn:
    """A page of allauth for whoever has signed in."""

    permission = SIGNED_IN
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc, no-any-return]


class SignIn(account.LoginView):
    permission = PUBLIC

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"oidc_url": oidc_url(), "oidc_name": oidc_name()}

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


def oidc_url() -> str:
    """The door of the city's identity provider, where one is configured."""
    return reverse("openid_connect_login", args=["city"]) if settings.OIDC_SERVER else ""


def oidc_name() -> str:
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return apps[0]["name"] if apps else ""


class SignOut(account.LogoutView):
    permission = PUBLIC


class Session(Page):
    """Who is signed in in this browser, for a page that was written on longer than its session lasted: JSON {user, csrf}."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        user = self.actor.user
        answer = JsonResponse({"user": user.pk if user else None, "csrf": get_token(request)})
        answer["Cache-Control"] = "no-store"
        return answer


class Inactive(TemplateView):
    permission = PUBLIC
    template_name = "account/account_inactive.html"


class ChangePassword(SignedIn, account.PasswordChangeView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect("me")
        return super().dispatch(request, *args, **kwargs)

    def get_default_success_url(self) -> str:
        return reverse("me")

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class ConfirmPassword(SignedIn, account.ReauthenticateView):
    pass


class SecondFactor(SignedIn, mfa.IndexView):
    pass


class EnterCode(mfa.AuthenticateView):
    """Between password and session: open to whoever has just given the right password."""

    permission = PUBLIC


class ConfirmCode(SignedIn, mfa.ReauthenticateView):
    pass


class ActivateTotp(SignedIn, totp.ActivateTOTPView):
    pass


class DeactivateTotp(SignedIn, totp.DeactivateTOTPView):
    pass


class NewCodes(SignedIn, codes.GenerateRecoveryCodesView):
    pass


class Codes(SignedIn, codes.ViewRecoveryCodesView):
    pass


class DownloadCodes(SignedIn, codes.DownloadRecoveryCodesView):
    pass
