from django.urls import path

from kechuang.web.applicant import uploads  # noqa: F401 -- registers the purpose of its uploads
from kechuang.web.applicant.views import begin, defence, editing, reading, submitting

ONE = "applications/<slug:public_id>/"

urlpatterns = [
    path("calls/<slug:slug>/apply/", begin.Begin.as_view(), name="begin"),
    path("applications/", reading.OwnApplications.as_view(), name="applications"),
    path(ONE, reading.ApplicationPage.as_view(), name="application"),
    path(f"{ONE}edit/", editing.ApplicationEdit.as_view(), name="application_edit"),
    path(f"{ONE}save/", editing.ApplicationSave.as_view(), name="application_save"),
    path(f"{ONE}progress/", editing.ApplicationProgress.as_view(), name="application_progress"),
    path(f"{ONE}no-name/", editing.ApplicationNoName.as_view(), name="application_no_name"),
    path(f"{ONE}people/", editing.ApplicationPeople.as_view(), name="application_people"),
    path(f"{ONE}disciplines/", editing.ApplicationDisciplines.as_view(), name="application_disciplines"),
    path(f"{ONE}files/<slug:code>/", editing.ApplicationFiles.as_view(), name="application_files"),
    path(f"{ONE}posters/<int:pk>/", editing.ApplicationPoster.as_view(), name="application_poster"),
    path(f"{ONE}preview/", submitting.ApplicationPreview.as_view(), name="application_preview"),
    path(f"{ONE}review/", submitting.ApplicationReview.as_view(), name="application_review"),
    path(f"{ONE}submit/", submitting.ApplicationSubmit.as_view(), name="application_submit"),
    path(f"{ONE}receipt/", submitting.ApplicationSent.as_view(), name="application_sent"),
    path(f"{ONE}receipt.pdf", submitting.ApplicationReceipt.as_view(), name="application_receipt"),
    path(f"{ONE}defence/", defence.DefenceSlip.as_view(), name="defence_slip"),
    path(f"{ONE}defence.ics", defence.DefenceCalendar.as_view(), name="defence_calendar"),
    path(f"{ONE}moves/<slug:move>/", reading.ApplicationMove.as_view(), name="application_move"),
]
