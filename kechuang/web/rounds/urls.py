"""The organiser's pages of a review: the expert pool, the round's board, conflicts, assignments, the defence."""

from django.urls import path

from kechuang.web.rounds import (
    assignments,
    board,
    conflicts,
    day,
    expert_sheets,
    experts,
    invitations,
    panels,
    timetable,
)

ROUND = "office/calls/<slug:slug>/rounds/<slug:code>/"

urlpatterns = [
    path("office/experts/", experts.Experts.as_view(), name="experts"),
    path("office/experts/new/", experts.ExpertNew.as_view(), name="expert_new"),
    path("office/experts/template.xlsx", expert_sheets.ExpertTemplate.as_view(), name="expert_template"),
    path("office/experts/experts.xlsx", expert_sheets.ExpertSheet.as_view(), name="expert_sheet"),
    path("office/experts/upload/", expert_sheets.ExpertUpload.as_view(), name="expert_upload"),
    path("office/experts/upload/rows/", expert_sheets.ExpertTake.as_view(), name="expert_take"),
    path("office/experts/upload/refused/", expert_sheets.ExpertRefused.as_view(), name="expert_refused"),
    path("office/experts/<int:pk>/", experts.ExpertPage.as_view(), name="expert"),
    path("office/experts/<int:pk>/retire/", experts.ExpertRetire.as_view(), name="expert_retire"),
    path(ROUND, board.Board.as_view(), name="round"),
    path(f"{ROUND}live/", day.Live.as_view(), name="round_live"),
    path(f"{ROUND}chair/", invitations.Chair.as_view(), name="round_set_chair"),
    path(f"{ROUND}open/", board.RoundOpen.as_view(), name="round_open"),
    path(f"{ROUND}times/", board.RoundTimes.as_view(), name="round_times"),
    path(f"{ROUND}find/", board.RoundFind.as_view(), name="round_find"),
    path(f"{ROUND}assign/", board.RoundAssign.as_view(), name="round_assign"),
    path(f"{ROUND}remind/", board.RoundRemind.as_view(), name="round_remind"),
    path(f"{ROUND}extra/", board.RoundExtra.as_view(), name="round_extra"),
    path(f"{ROUND}spend/", board.RoundSpend.as_view(), name="round_spend"),
    path(f"{ROUND}close/", board.RoundClose.as_view(), name="round_close"),
    path(f"{ROUND}reopen/", board.RoundReopen.as_view(), name="round_reopen"),
    path(f"{ROUND}invite/", invitations.Invite.as_view(), name="round_invite"),
    path(f"{ROUND}uninvite/", invitations.Uninvite.as_view(), name="round_uninvite"),
    path(f"{ROUND}conflicts/", conflicts.Conflicts.as_view(), name="conflicts"),
    path(f"{ROUND}conflicts/<int:pk>/withdraw/", conflicts.ConflictWithdraw.as_view(), name="conflict_withdraw"),
    path(f"{ROUND}assignments/", assignments.Assignments.as_view(), name="assignments"),
    path(f"{ROUND}entries/<str:alias>/", assignments.EntryPage.as_view(), name="round_entry"),
    path(f"{ROUND}assignments/<int:pk>/void/", assignments.Void.as_view(), name="assignment_void"),
    path(f"{ROUND}assignments/<int:pk>/reopen/", assignments.ReopenScore.as_view(), name="score_reopen"),
    path(f"{ROUND}panels/", panels.Panels.as_view(), name="panels"),
    path(f"{ROUND}panels/new/", panels.PanelNew.as_view(), name="panel_new"),
    path(f"{ROUND}panels/<int:pk>/", panels.PanelEdit.as_view(), name="panel"),
    path(f"{ROUND}panels/<int:pk>/delete/", panels.PanelDelete.as_view(), name="panel_delete"),
    path(f"{ROUND}timetable/", timetable.Timetable.as_view(), name="timetable"),
    path(f"{ROUND}timetable/build/", timetable.Build.as_view(), name="timetable_build"),
    path(f"{ROUND}timetable/doors/", timetable.Doors.as_view(), name="door_lists"),
    path(f"{ROUND}timetable/now/", day.Today.as_view(), name="defence_board"),
    path(f"{ROUND}timetable/day/", day.Day.as_view(), name="defence_day"),
    path(f"{ROUND}timetable/<int:pk>/", timetable.SlotMove.as_view(), name="slot"),
]
