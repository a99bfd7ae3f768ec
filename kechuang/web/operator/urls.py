"""The operator's pages."""

from django.urls import path

from kechuang.web.operator import health, support, views

urlpatterns = [
    path("readyz", health.Ready.as_view(), name="readyz"),
    path("metrics", health.Metrics.as_view(), name="metrics"),
    path("operator/jobs/", views.Jobs.as_view(), name="jobs"),
    path("operator/jobs/<str:public_id>/", views.JobPage.as_view(), name="job"),
    path("operator/audit/", views.Audit.as_view(), name="audit"),
    path("operator/support/", support.Support.as_view(), name="support"),
    path("operator/holidays/", views.Holidays.as_view(), name="holidays"),
]
