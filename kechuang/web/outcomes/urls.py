"""From the ranking of a round to the showcase, and what the team learns of it."""

from django.urls import path

from kechuang.web.outcomes import (
    awards,
    ceremony,
    certificates,
    decision,
    notices,
    objections,
    ranking,
    results,
    sensitivity,
    works,
)

ROUND = "office/calls/<slug:slug>/rounds/<slug:code>/"
AWARDS = "office/calls/<slug:slug>/awards/"
CERTIFICATE = f"{AWARDS}certificates/<int:pk>/"
NOTICE = "office/notices/<str:number>/"
OBJECTION = "office/objections/<str:number>/"
WORKS = "office/calls/<slug:slug>/works/"

urlpatterns = [
    path(f"{ROUND}ranking/", ranking.Ranking.as_view(), name="ranking"),
    path(f"{ROUND}ranking/<int:pk>/replay/", ranking.RankingReplay.as_view(), name="ranking_replay"),
    path(f"{ROUND}ranking/<int:pk>.xlsx", ranking.RankingSheet.as_view(), name="ranking_sheet"),
    path(f"{ROUND}ranking/<int:pk>/sensitivity/", sensitivity.SensitivitySheet.as_view(), name="sensitivity"),
    path("reviews/rounds/<int:pk>/judges/", sensitivity.ChairJudges.as_view(), name="chair_judges"),
    path("reviews/rounds/<int:pk>/judges/<int:reviewer>/", sensitivity.ChairJudge.as_view(), name="chair_judge"),
    path(f"{ROUND}decision/", decision.DecisionPage.as_view(), name="decision"),
    path(f"{ROUND}decision/<int:pk>/finalise/", decision.DecisionFinalise.as_view(), name="decision_finalise"),
    path(f"{ROUND}decision/<int:pk>/discard/", decision.DecisionDiscard.as_view(), name="decision_discard"),
    path(f"{ROUND}decision/<int:pk>/replay/", decision.DecisionReplay.as_view(), name="decision_replay"),
    path(f"{ROUND}decision/<int:pk>/record/", decision.DecisionRecord.as_view(), name="decision_record"),
    path(f"{ROUND}decision/<int:pk>.xlsx", decision.DecisionSheet.as_view(), name="decision_sheet"),
    path("office/notices/", notices.OfficeNotices.as_view(), name="office_notices"),
    path("office/notices/draft/", notices.NoticeDraft.as_view(), name="notice_draft"),
    path(NOTICE, notices.OfficeNotice.as_view(), name="office_notice"),
    path(f"{NOTICE}preview/", notices.NoticePreview.as_view(), name="notice_preview"),
    path(f"{NOTICE}publish/", notices.NoticePublish.as_view(), name="notice_publish"),
    path(f"{NOTICE}close/", notices.NoticeClose.as_view(), name="notice_close"),
    path("office/objections/", objections.Objections.as_view(), name="objections"),
    path(OBJECTION, objections.ObjectionPage.as_view(), name="objection"),
    path(f"{OBJECTION}take/", objections.ObjectionTake.as_view(), name="objection_take"),
    path(f"{OBJECTION}letter/", objections.ObjectionLetter.as_view(), name="objection_letter"),
    path(f"{OBJECTION}evidence/<str:public_id>/", objections.EvidenceFile.as_view(), name="objection_evidence"),
    path("office/calls/<slug:slug>/ceremony/", ceremony.Ceremony.as_view(), name="ceremony"),
    path(AWARDS, awards.Awards.as_view(), name="awards"),
    path(f"{AWARDS}give/", awards.AwardGive.as_view(), name="award_give"),
    path(f"{AWARDS}progress/", awards.AwardProgress.as_view(), name="awards_progress"),
    path(f"{AWARDS}issue/", awards.CertificatesIssue.as_view(), name="certificates_issue"),
    path(f"{AWARDS}certificates.xlsx", awards.CertificatesSheet.as_view(), name="certificates_sheet"),
    path(f"{AWARDS}bundle/", awards.CertificatesBundle.as_view(), name="certificates_bundle"),
    path(CERTIFICATE, certificates.OfficeCertificate.as_view(), name="office_certificate"),
    path(f"{CERTIFICATE}pdf/", certificates.OfficeCertificatePdf.as_view(), name="office_certificate_pdf"),
    path(f"{CERTIFICATE}correct/", certificates.CertificateCorrect.as_view(), name="certificate_correct"),
    path(f"{CERTIFICATE}revoke/", certificates.AwardRevoke.as_view(), name="award_revoke"),
    path(WORKS, works.Curate.as_view(), name="curate"),
    path(f"{WORKS}<str:work>/hide/", works.WorkHide.as_view(), name="work_hide"),
    path(f"{WORKS}<str:work>/unhide/", works.WorkUnhide.as_view(), name="work_unhide"),
    path(f"{WORKS}<str:work>/feature/", works.WorkFeature.as_view(), name="work_feature"),
    path("applications/<str:public_id>/result/", results.Result.as_view(), name="result"),
    path(
        "applications/<str:public_id>/result/<int:pk>.pdf",
        results.ResultCertificate.as_view(),
        name="result_certificate",
    ),
]
