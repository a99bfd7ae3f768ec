"""Where paper meets the place: the items of a self-evaluation and the record of an on-site visit."""

from django.urls import path

from kechuang.web.field import items, visits

urlpatterns = [
    path("applications/<slug:public_id>/items/", items.ApplicationItems.as_view(), name="application_items"),
    path("visits/<int:pk>/", visits.VisitPage.as_view(), name="visit"),
]
