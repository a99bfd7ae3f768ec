from django.urls import path

from kechuang.web.similarity import views

urlpatterns = [
    path("office/calls/<slug:slug>/similarity/", views.Reports.as_view(), name="similarity"),
    path("applications/<str:public_id>/similarity/", views.Report.as_view(), name="application_similarity"),
]
