"""The honours: the dated register for everybody, and their life in the office."""

from django.urls import path

from kechuang.web.honours import office, public

ONE = "office/honours/<str:number>/"

urlpatterns = [
    path("honours/", public.Registers.as_view(), name="registers"),
    path("honours/<slug:programme>/", public.Register.as_view(), name="register"),
    path("honours/<slug:programme>/<str:number>/", public.PublicHonour.as_view(), name="honour"),
    path("office/honours/", office.OfficeHonours.as_view(), name="office_honours"),
    path(ONE, office.OfficeHonour.as_view(), name="office_honour"),
    path(f"{ONE}record/", office.HonourRecord.as_view(), name="honour_record"),
    path(f"{ONE}revoke/", office.HonourRevoke.as_view(), name="honour_revoke"),
    path(f"{ONE}pass-on/", office.HonourPassOn.as_view(), name="honour_pass_on"),
    path(f"{ONE}plaque/", office.HonourPlaque.as_view(), name="honour_plaque"),
    path(f"{ONE}renew/", office.HonourRenew.as_view(), name="honour_renew"),
]
