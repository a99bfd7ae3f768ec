"""Partners and agreements."""

from django.urls import path

from kechuang.web.partnerships import views

urlpatterns = [
    path("partnerships/<slug:public_id>/", views.PartnershipPage.as_view(), name="partnership"),
    path("agreements/<str:number>/", views.AgreementPage.as_view(), name="agreement"),
    path("partners/<str:code>/", views.PartnerCircle.as_view(), name="partner_circle"),
]
