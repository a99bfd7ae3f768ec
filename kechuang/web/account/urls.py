"""Signing in, one's own pages, and the language. The names are those that allauth looks for."""

from django.conf import settings
from django.urls import include, path

from kechuang.web.account import reminders, sign_in, views

urlpatterns = [
    path("me/", views.Me.as_view(), name="me"),
    path("me/reminders/", reminders.Reminders.as_view(), name="reminders"),
    path("calendar/<str:key>.ics", reminders.CalendarFeed.as_view(), name="calendar_feed"),
    path("inbox/", views.Inbox.as_view(), name="inbox"),
    path("inbox/<int:pk>/", views.OpenMessage.as_view(), name="message"),
    path("language/", views.SetLanguage.as_view(), name="set_language"),
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
    path("account/second-factor/codes/", sign_in.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("account/second-factor/codes/new/", sign_in.NewCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("account/second-factor/codes/file/", sign_in.DownloadCodes.as_view(), name="mfa_download_recovery_codes"),
]

if settings.OIDC_SERVER:
    urlpatterns += [
        path("account/", include("allauth.socialaccount.providers.openid_connect.urls")),
        path("account/social/", include("allauth.socialaccount.urls")),
    ]
