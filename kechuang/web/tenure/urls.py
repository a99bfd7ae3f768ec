"""What holders do while an honour lasts, and the offices with them."""

from django.urls import path

from kechuang.web.tenure import checks, reports, studio, subsidies, uploads  # noqa: F401 -- registers the purpose of its uploads

ONE = "reports/<slug:public_id>/"
DRAW = "office/spot-checks/<slug:public_id>/"

urlpatterns = [
    path("reports/", reports.Reports.as_view(), name="reports"),
    path(ONE, reports.ReportPage.as_view(), name="report"),
    path(f"{ONE}edit/", reports.ReportEdit.as_view(), name="report_edit"),
    path(f"{ONE}save/", reports.ReportSave.as_view(), name="report_save"),
    path(f"{ONE}files/<slug:code>/", reports.ReportFiles.as_view(), name="report_files"),
    path("office/subsidies/", subsidies.Subsidies.as_view(), name="subsidies"),
    path("office/subsidies/sheet/", subsidies.SubsidySheet.as_view(), name="subsidy_sheet"),
    path("office/spot-checks/", checks.SpotChecks.as_view(), name="spot_checks"),
    path(DRAW, checks.SpotDraw.as_view(), name="spot_draw"),
    path(f"{DRAW}<int:pk>/", checks.SpotCheckPage.as_view(), name="spot_check"),
    path("office/honours/<str:number>/studio/", studio.HonourStudio.as_view(), name="honour_studio"),
    path("studios/<slug:public_id>/", studio.StudioInvitation.as_view(), name="studio_invitation"),
]
