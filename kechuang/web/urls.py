"""URLs of every face, by audience."""

from django.urls import include, path

from kechuang.web.kit_page import Components

urlpatterns = [
    path("components/", Components.as_view(), name="components"),
    path("", include("kechuang.web.outcomes.urls")),
    path("", include("kechuang.web.reviewer.urls")),
]
