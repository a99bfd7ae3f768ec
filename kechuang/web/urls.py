"""URLs of every face, by audience."""

from django.urls import include, path

from kechuang.web.kit_page import Components

urlpatterns = [
    path("", include("kechuang.web.api.urls")),
    path("", include("kechuang.web.applicant.urls")),
    path("", include("kechuang.web.reviewer.urls")),
    path("", include("kechuang.web.desk.urls")),
    path("", include("kechuang.web.field.urls")),
    path("", include("kechuang.web.files.urls")),
    path("", include("kechuang.web.privacy.urls")),
    path("", include("kechuang.web.guardian.urls")),
    path("", include("kechuang.web.officer.urls")),
    path("", include("kechuang.web.operator.urls")),
    path("", include("kechuang.web.cases.urls")),
    path("components/", Components.as_view(), name="components"),
    path("", include("kechuang.web.account.urls")),
    path("", include("kechuang.web.honours.urls")),
    path("", include("kechuang.web.outcomes.urls")),
    path("", include("kechuang.web.partnerships.urls")),
    path("", include("kechuang.web.public.urls")),
    path("", include("kechuang.web.rounds.urls")),
    path("", include("kechuang.web.showcase.urls")),
    path("", include("kechuang.web.similarity.urls")),
    path("", include("kechuang.web.talent.urls")),
    path("", include("kechuang.web.visits.urls")),
    path("", include("kechuang.web.tenure.urls")),
]
