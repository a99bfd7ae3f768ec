from django.urls import path

from kechuang.web.public.views import calls, certificates, guide, home, machines, notices, objections, works

urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("calls/", calls.Calls.as_view(), name="calls"),
    path("calls/<slug:slug>/", calls.CallLanding.as_view(), name="call"),
    path("notices/", notices.Notices.as_view(), name="notices"),
    path("notices/<str:number>/", notices.Notice.as_view(), name="notice"),
    path("notices/<str:number>/object/", objections.Object.as_view(), name="object"),
    path("objections/", objections.FollowObjection.as_view(), name="follow_objection"),
    path("objections/receipt/", objections.ObjectionReceipt.as_view(), name="objection_receipt"),
    path("works/", works.Works.as_view(), name="works"),
    path("works/<slug:slug>/", works.WorkDetail.as_view(), name="work"),
    path("verify/", certificates.Verify.as_view(), name="verify"),
    path("verify/<str:code>/", certificates.CertificatePage.as_view(), name="certificate"),
    path("verify/<str:code>/certificate.pdf", certificates.CertificatePdf.as_view(), name="certificate_pdf"),
    path("help/", guide.HelpIndex.as_view(), name="help"),
    path("help/<slug:page>/", guide.Help.as_view(), name="help"),
    path("robots.txt", machines.Robots.as_view(), name="robots"),
    path("sitemap.xml", machines.Sitemap.as_view(), name="sitemap"),
    path("healthz", machines.Health.as_view(), name="healthz"),
]
