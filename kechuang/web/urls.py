"""URLs of every face, by audience."""

from django.urls import include, path

urlpatterns = [
    path("", include("kechuang.web.reviewer.urls")),
]
