"""Signing in, one's own pages, and the language. The names are those that allauth looks for."""

from django.urls import path

from kechuang.web.account import delegations, elsewhere, pictures, reminders, sign_in, views

urlpatterns = [
    path("me/", views.Me.as_view(), name="me"),
    path("me/delegations/", delegations.Delegations.as_view(), name="delegations"),
    path("me/reminders/", reminders.Reminders.as_view(), name="reminders"),
    path("calendar/<str:key>.ics", reminders.CalendarFeed.as_view(), name="calendar_feed"),
    path("inbox/", views.Inbox.as_view(), name="inbox"),
    path("inbox/<int:pk>/", views.OpenMessage.as_view(), name="message"),
    path("language/", views.SetLanguage.as_view(), name="set_language"),
    path("print/", views.SetPrint.as_view(), name="set_print"),
    path("account/sign-in/", sign_in.SignIn.as_view(), name="account_login"),
    path("account/sign-out/", sign_in.SignOut.as_view(), name="account_logout"),
    path("account/session/", sign_in.Session.as_view(), name="session"),
    path("account/inactive/", sign_in.Inactive.as_view(), name="account_inactive"),
    path("account/password/", sign_in.ChangePassword.as_view(), name="account_change_password"),
    path("account/confirm/", sign_in.ConfirmPassword.as_view(), name="account_reauthenticate"),
    path("account/second-factor/", sign_in.SecondFactor.as_view(), name="mfa_index"),
    path("account/code/", sign_in.EnterCode.as_view(), name="mfa_authenticate"),
    path("account/confirm-code/", sign_in.ConfirmCode.as_view(), name="mfa_reauthenticate"),
    path("account/second-factor/start/", sign_in.ActivateTotp.as_view(), name="mfa_activate_totp"),
    path("account/second-factor/stop/", sign_in.DeactivateTotp.as_view(), name="mfa_deactivate_totp"),
    path("account/second-factor/passkey/", sign_in.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("account/second-factor/passkey/<int:pk>/stop/", sign_in.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("account/sign-in/pictures/", pictures.PictureSignIn.as_view(), name="picture_sign_in"),
    path("account/sign-in/passkey/", sign_in.PasskeySignIn.as_view(), name="mfa_login_webauthn"),
    path("account/confirm-passkey/", sign_in.ConfirmPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("account/devices/", sign_in.Devices.as_view(), name="usersessions_list"),
    path("account/second-factor/codes/", sign_in.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("account/second-factor/codes/new/", sign_in.NewCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("account/second-factor/codes/file/", sign_in.DownloadCodes.as_view(), name="mfa_download_recovery_codes"),
    path("account/with/<slug:slug>/", elsewhere.Elsewhere.as_view(), name="elsewhere"),
    path("account/with/wecom/back/", elsewhere.WeComCallback.as_view(), name="wecom_callback"),
    path("account/with/dingtalk/back/", elsewhere.DingTalkCallback.as_view(), name="dingtalk_callback"),
    path("account/with/cas/back/", elsewhere.CasCallback.as_view(), name="cas_callback"),
    path("account/with/<slug:provider_id>/back/", elsewhere.OidcCallback.as_view(), name="openid_connect_callback"),
    path("account/link/", elsewhere.Link.as_view(), name="link"),
]
