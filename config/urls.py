"""The composition root of the URL tree: each face brings its own urls module."""

from django.urls import include, path

urlpatterns = [
    path("", include("kechuang.web.urls")),
]

handler400 = "kechuang.web.errors.bad_request"
handler403 = "kechuang.web.errors.forbidden"
handler404 = "kechuang.web.errors.not_found"
handler500 = "kechuang.web.errors.server_error"
handler429 = "kechuang.web.account.waiting.over_the_limit"  # asked by django-allauth, not by Django
