"""URLs of every face, by audience."""

from django.urls import include, path

urlpatterns = [
    path("", include("kechuang.web.account.urls")),
    path("", include("kechuang.web.public.urls")),
    path("", include("kechuang.web.reviewer.urls")),
]
