"""The pages of allauth that we use, each with its declared permission like every other page."""

from typing import Any

from allauth.account import views as account
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from kechuang.base.errors import Refused
from kechuang.orgs.actions.links import unlink_identity
from kechuang.orgs.models import User
from kechuang.orgs.signin.adapters import factors_of
from kechuang.orgs.signin.devices import sign_out, signed_in
from kechuang.web.account.elsewhere import doors
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
        return super().get_context_data(**kwargs) | {"doors": doors()}

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


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
        user = request.user
        if user.is_authenticated and (user.has_pictures or not user.has_usable_password()):
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

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = set(factors_of(self.stage.login.user).values_list("type", flat=True))
        return super().get_context_data(**kwargs) | {"has_passkey": "webauthn" in held, "has_totp": "totp" in held}


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


# --- passkeys ----------------------------------------------------------------------------------------------------


class PasskeySignIn(webauthn.LoginWebAuthnView):
    """Without a password: the challenge by GET for the script, the signed answer by POST."""

    permission = PUBLIC


class AddPasskey(SignedIn, webauthn.AddWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class RemovePasskey(SignedIn, webauthn.RemoveWebAuthnView):
    def get_success_url(self) -> str:
        return reverse("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        if not get_mfa_adapter().can_delete_authenticator(self.object):
            messages.error(self.request, _("您的身份必须使用两步验证，不能停用最后一种。"))
            return redirect("mfa_index")
        return super().form_valid(form)


class ConfirmPasskey(SignedIn, webauthn.ReauthenticateWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


# --- devices -----------------------------------------------------------------------------------------------------


class Devices(Page):
    """Where this account is signed in now; each can be signed out, or all at once."""

    permission = SIGNED_IN
    template = "account/devices.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        identities = [
            {"pk": row.pk, "name": names.get(row.provider, row.provider), "since": row.date_joined}
            for names in [{door.slug: door.name for door in doors()}]
            for row in SocialAccount.objects.filter(user=self.user)
        ]
        return self.render(devices=signed_in(self.user, request.session.session_key), identities=identities)

    def post(self, request: HttpRequest) -> HttpResponse:
        act, device = request.POST.get("act", ""), request.POST.get("device", "")
        if act == "one" and device.isdecimal():
            sign_out(self.user, by=self.actor, only=int(device))
            return self.done(_("那台设备已退出登录。"), "usersessions_list")
        if act == "unlink":
            pk = request.POST.get("identity", "")
            unlink_identity(self.user, int(pk) if pk.isdecimal() else 0, by=self.actor)
            return self.done(_("已解除绑定。"), "usersessions_list")
        if act == "others":
            sign_out(self.user, by=self.actor, but=request.session.session_key)
            return self.done(_("除这台设备以外，都已退出登录。"), "usersessions_list")
        if act == "everywhere":
            sign_out(self.user, by=self.actor)
            logout(request)
            return self.done(_("所有设备都已退出登录，请重新登录。"), "account_login")
        raise Refused(_("没有这项操作，请刷新页面后再试。"))

    @property
    def user(self) -> User:
        user = self.actor.user
        assert user is not None
        return user
