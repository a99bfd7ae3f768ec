"""URLs of every face, by audience."""

from django.urls import include, path

urlpatterns = [
    path("", include("kechuang.web.applicant.urls")),
    path("", include("kechuang.web.files.urls")),
    path("", include("kechuang.web.guardian.urls")),
    path("", include("kechuang.web.officer.urls")),
    path("", include("kechuang.web.operator.urls")),
    path("", include("kechuang.web.reviewer.urls")),
    path("", include("kechuang.web.rounds.urls")),
]
