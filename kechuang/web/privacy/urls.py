from django.urls import path

from kechuang.web.privacy import audit_pack, office, own, retention, texts

urlpatterns = [
    path("guardian/<slug:person>/seen/", own.Seen.as_view(), name="own_seen"),
    path("guardian/<slug:person>/data.zip", own.Copy.as_view(), name="own_copy"),
    path("guardian/<slug:person>/requests/", own.OwnRequests.as_view(), name="own_requests"),
    path("office/privacy/", office.Hub.as_view(), name="privacy"),
    path("office/exports/", office.Exports.as_view(), name="exports"),
    path("office/exports/new/", office.ExportNew.as_view(), name="export_new"),
    path("office/exports/<slug:public_id>/", office.ExportDetail.as_view(), name="export"),
    path("office/exports/<slug:public_id>/file/", office.ExportFile.as_view(), name="export_file"),
    path("office/requests/", office.Requests.as_view(), name="requests"),
    path("office/requests/<slug:number>/", office.RequestPage.as_view(), name="request"),
    path("office/retention/", retention.Retention.as_view(), name="retention"),
    path("office/retention/<int:pk>/", retention.RetentionReport.as_view(), name="retention_run"),
    path("office/minors-audit/", audit_pack.AuditPack.as_view(), name="audit_pack"),
    path("office/minors-audit/<int:year>.<slug:kind>", audit_pack.AuditPackFile.as_view(), name="audit_pack_file"),
    path("office/consent-texts/", texts.Texts.as_view(), name="consent_texts"),
    path("office/consent-texts/<slug:purpose>/", texts.TextPage.as_view(), name="consent_text"),
    path("office/seen/", office.SeenLookup.as_view(), name="seen_lookup"),
]
