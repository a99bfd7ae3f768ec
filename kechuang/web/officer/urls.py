"""The offices' pages: calls and their builder, lists, quotas, people, rosters and organisations."""

from django.urls import path

from kechuang.web.officer import calls, classes, looks, orgs, people, quotas, rosters, slips, transfers
from kechuang.web.officer.builder import views as builder
from kechuang.web.officer.queue import acts, compare, saved
from kechuang.web.officer.queue import views as queue

CALL = "office/calls/<slug:slug>/"

urlpatterns = [
    path("office/calls/", calls.OfficeCalls.as_view(), name="office_calls"),
    path("office/calls/new/", calls.CallNew.as_view(), name="call_new"),
    path(CALL, calls.OfficeCall.as_view(), name="office_call"),
    path(f"{CALL}clone/", calls.CallClone.as_view(), name="call_clone"),
    path(f"{CALL}preview/", calls.CallPreview.as_view(), name="call_preview"),
    path(f"{CALL}publish/", calls.CallPublish.as_view(), name="call_publish"),
    path(f"{CALL}extend/", calls.CallExtend.as_view(), name="call_extend"),
    path(f"{CALL}close/", calls.CallClose.as_view(), name="call_close"),
    path(f"{CALL}cancel/", calls.CallCancel.as_view(), name="call_cancel"),
    path(f"{CALL}edit/certificate/preview/", builder.CertificatePreview.as_view(), name="call_certificate_preview"),
    path(f"{CALL}edit/<slug:section>/", builder.CallEdit.as_view(), name="call_edit"),
    path(f"{CALL}edit/<slug:kind>/<slug:holder>/<slug:code>/", builder.CallItem.as_view(), name="call_item"),
    path(
        f"{CALL}edit/<slug:kind>/<slug:holder>/<slug:code>/order/",
        builder.CallItemOrder.as_view(),
        name="call_item_order",
    ),
    path(f"{CALL}quotas/", quotas.Quotas.as_view(), name="quotas"),
    path(f"{CALL}quotas/sheet/", quotas.QuotaSheet.as_view(), name="quota_sheet"),
    path(f"{CALL}applications/", queue.OfficeApplications.as_view(), name="office_applications"),
    path(f"{CALL}applications/move/", acts.OfficeMove.as_view(), name="office_move"),
    path(f"{CALL}applications/acts/", acts.OfficeActs.as_view(), name="office_acts"),
    path(f"{CALL}applications/acts/<str:public_id>/", acts.OfficeAct.as_view(), name="office_act"),
    path(f"{CALL}applications/acts/<str:public_id>/file/", acts.OfficeActFile.as_view(), name="office_act_file"),
    path(f"{CALL}applications/sheet/", queue.OfficeSheet.as_view(), name="office_sheet"),
    path(f"{CALL}applications/csv/", queue.OfficeCsv.as_view(), name="office_csv"),
    path(f"{CALL}applications/decisions/", queue.OfficeDecisions.as_view(), name="office_decisions"),
    path(f"{CALL}applications/views/", saved.SaveView.as_view(), name="office_save_view"),
    path(f"{CALL}applications/columns/", saved.ChooseColumns.as_view(), name="office_columns"),
    path(f"{CALL}applications/compare/", compare.OfficeCompare.as_view(), name="office_compare"),
    path(f"{CALL}applications/<str:public_id>/<slug:way>/", queue.OfficeNeighbour.as_view(), name="office_neighbour"),
    path("office/people/", people.People.as_view(), name="people"),
    path("office/people/new/", people.PersonNew.as_view(), name="person_new"),
    path("office/people/slips/", slips.Slips.as_view(), name="slips"),
    path("office/people/<str:public_id>/", people.PersonPage.as_view(), name="person"),
    path("class/", classes.MyClasses.as_view(), name="my_classes"),
    path("office/support/", looks.SupportOffice.as_view(), name="support_office"),
    path("look/end/", looks.LookEnd.as_view(), name="look_end"),
    path("office/orgs/", orgs.Orgs.as_view(), name="orgs"),
    path("office/orgs/new/", orgs.OrgNew.as_view(), name="org_new"),
    path("office/orgs/<str:code>/", orgs.OrgPage.as_view(), name="org"),
    path("office/orgs/<str:code>/edit/", orgs.OrgEdit.as_view(), name="org_edit"),
    path("office/orgs/<str:code>/<slug:change>/", orgs.OrgChange.as_view(), name="org_change"),
    path("office/transfers/", transfers.Transfers.as_view(), name="transfers"),
    path("office/transfers/new/", transfers.TransferNew.as_view(), name="transfer_new"),
    path("office/transfers/<slug:public_id>/", transfers.TransferPage.as_view(), name="transfer"),
    path("office/rosters/", rosters.Rosters.as_view(), name="rosters"),
    path("office/rosters/template/<slug:kind>/", rosters.RosterTemplate.as_view(), name="roster_template"),
    path("office/rosters/<str:public_id>/", rosters.RosterPage.as_view(), name="roster"),
    path("office/rosters/<str:public_id>/back/", rosters.RosterBack.as_view(), name="roster_back"),
]
