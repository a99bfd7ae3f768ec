"""The pool of experts, and the rounds of calls of the city: one in scoring, one defence."""

from tests.web.matrix.people import CITY, ORGANISERS
from tests.web.matrix.row import Row, at

POOL_EXPERT = at("reviewer.pk")
ROUND = at("round.call.slug", "round.code")
DEFENCE = at("past.slug", "=defence")
GIVEN = at("round.call.slug", "round.code", "assignment.pk")
ENTERS = {"slot": lambda world: world.slot.pk, "act": "start"}
PANEL = at("past.slug", "=defence", "panel.pk")

MATRIX: dict[str, Row] = {
    "experts": Row(see=ORGANISERS),
    "expert_new": Row(see=ORGANISERS, do=ORGANISERS),
    "expert_template": Row(see=ORGANISERS),
    "expert_sheet": Row(see=ORGANISERS),
    "expert_upload": Row(see=ORGANISERS, do=ORGANISERS),
    "expert_take": Row(see=ORGANISERS, do=ORGANISERS),
    "expert_refused": Row(see=ORGANISERS),
    "expert": Row(POOL_EXPERT, see=ORGANISERS, do=ORGANISERS),
    "expert_retire": Row(POOL_EXPERT, do=ORGANISERS),
    "round": Row(ROUND, see=CITY),
    "round_live": Row(ROUND, see=CITY),
    "round_set_chair": Row(ROUND, do=CITY),
    "defence_day": Row(DEFENCE, see=CITY, do=CITY, sends=ENTERS),
    "round_open": Row(ROUND, do=CITY),
    "round_times": Row(ROUND, do=CITY),
    "round_find": Row(ROUND, do=CITY),
    "round_assign": Row(ROUND, do=CITY),
    "round_remind": Row(ROUND, do=CITY),
    "round_extra": Row(ROUND, do=CITY),
    "round_spend": Row(ROUND, do=CITY),
    "round_close": Row(ROUND, do=CITY),
    "round_reopen": Row(ROUND, do=CITY),
    "round_invite": Row(ROUND, see=CITY, do=CITY),
    "round_uninvite": Row(ROUND, do=CITY, sends={"reviewer": lambda world: world.spare.pk}),
    "conflicts": Row(ROUND, see=CITY, do=CITY),
    "assignments": Row(ROUND, see=CITY),
    "conflict_withdraw": Row(at("round.call.slug", "round.code", "conflict.pk"), do=CITY),
    "round_entry": Row(at("round.call.slug", "round.code", "round_entry.alias"), see=CITY, do=CITY),
    "assignment_void": Row(GIVEN, do=CITY),
    "score_reopen": Row(GIVEN, do=CITY),
    "panels": Row(DEFENCE, see=CITY),
    "panel_new": Row(DEFENCE, see=CITY, do=CITY),
    "timetable": Row(DEFENCE, see=CITY),
    "timetable_build": Row(DEFENCE, do=CITY),
    "door_lists": Row(DEFENCE, see=CITY),
    "judge_sheets": Row(DEFENCE, see=CITY),
    "defence_slips": Row(DEFENCE, see=CITY),
    "timetable_calendar": Row(DEFENCE, see=CITY),
    "defence_board": Row(DEFENCE, see=CITY),
    "panel": Row(PANEL, see=CITY, do=CITY),
    "panel_delete": Row(PANEL, do=CITY),
    "slot": Row(at("past.slug", "=defence", "slot.pk"), see=CITY, do=CITY),
}
