"""The composition root of the URL tree: each face brings its own urls module."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("", include("kechuang.web.urls")),
]
