"""The composition root of the URL tree: each face brings its own urls module."""

from django.urls import include, path

urlpatterns = [
    path("", include("kechuang.web.urls")),
]
