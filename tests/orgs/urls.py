"""The account pages and one page that needs sign-in, so that sign-in is tested without any face."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.actor.label)


urlpatterns = [
    path("", home, name="home"),
    path("account/print/", home, name="set_print"),  # the frame of every page offers larger print
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("account/3rdparty/", include("allauth.socialaccount.urls")),
]
