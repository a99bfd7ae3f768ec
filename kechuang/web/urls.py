"""URLs of every face, by audience."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("kechuang.web.applicant.urls")),
    path("", include("kechuang.web.files.urls")),
]
