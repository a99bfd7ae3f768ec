"""Who may open the review pages of a call of the city: its organiser alone; experts only their own desk.

URL name → the people who get the page by GET (or are sent on to it). Names that only take POST answer 405 to the same people.
"""

from typing import Any

CITY = {"city"}
POOL = {"city", "district", "other_district"}
"""The pool serves every call: whoever runs rounds somewhere reads it."""

MATRIX: dict[str, set[str]] = {
    "experts": POOL,
    "expert": POOL,
    "expert_new": POOL,
    "expert_template": POOL,
    "expert_sheet": POOL,
    "expert_upload": POOL,
    "expert_take": POOL,
    "expert_refused": POOL,
    "round": CITY,
    "round_invite": CITY,
    "conflicts": CITY,
    "assignments": CITY,
    "round_entry": CITY,
    "panels": CITY,
    "panel_new": CITY,
    "panel": CITY,
    "timetable": CITY,
    "door_lists": CITY,
    "defence_board": CITY,
    "slot": CITY,
    "reviews": {"expert"},
    "score": {"expert"},
    "declare": {"expert"},
    "review_file": {"expert"},
}

POST_ONLY: dict[str, set[str]] = {
    "expert_retire": POOL,
    "round_open": CITY,
    "round_times": CITY,
    "round_find": CITY,
    "round_assign": CITY,
    "round_remind": CITY,
    "round_extra": CITY,
    "round_close": CITY,
    "round_reopen": CITY,
    "round_uninvite": CITY,
    "conflict_withdraw": CITY,
    "assignment_void": CITY,
    "score_reopen": CITY,
    "panel_delete": CITY,
    "timetable_build": CITY,
    "score_save": {"expert"},
    "recuse": {"expert"},
}


_IN_DEFENCE = {"panels", "panel_new", "panel", "panel_delete", "timetable", "timetable_build", "door_lists", "defence_board", "slot"}
_ROW = {
    "panel": "panel", "panel_delete": "panel", "slot": "slot", "round_entry": "alias", "conflict_withdraw": "assignment",
    "assignment_void": "assignment", "score_reopen": "assignment", "expert": "expert", "expert_retire": "expert", "score": "assignment",
    "score_save": "assignment", "recuse": "assignment", "declare": "round", "review_file": "file",
}  # fmt: skip
_OUTSIDE_ROUNDS = {"score", "score_save", "recuse", "declare", "review_file", "reviews"}


def arguments(name: str, *, scoring: list[Any], defence: list[Any], rows: dict[str, Any]) -> list[Any]:
    """The address arguments of a page in the standard scene: `scoring` and `defence` are [slug, code], `rows` keys by kind."""
    row = [rows[_ROW[name]]] if name in _ROW else []
    if name.startswith("expert") or name in _OUTSIDE_ROUNDS:
        return row
    return [*(defence if name in _IN_DEFENCE else scoring), *row]
