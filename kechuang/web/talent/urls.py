"""Talent files: one's own for the family, the search for the city's officers."""

from django.urls import path

from kechuang.web.talent import files

urlpatterns = [
    path("talent/<slug:person>/", files.OwnTalentFile.as_view(), name="talent_file"),
    path("office/talent/", files.TalentSearch.as_view(), name="talent_search"),
]
