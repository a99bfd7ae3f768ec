"""Who may open which page of the offices, for a call of the city with entries of the own school."""

_SEE_CALLS = {"school", "other_school", "head", "district", "other_district", "city", "inspector"}
_EDIT_CALLS = {"city"}
_KEEP_PEOPLE = {"school", "other_school", "district", "other_district", "city"}

MATRIX: dict[str, set[str]] = {
    "desk": {"pupil", "teacher", "other_teacher", "guardian", "expert", "auditor", "operator", "security"} | _SEE_CALLS,
    "office": {"auditor", "operator", "security"} | _SEE_CALLS,
    "office_calls": _SEE_CALLS,
    "call_new": {"district", "other_district", "city"},
    "office_call": _SEE_CALLS,
    "call_preview": _EDIT_CALLS,
    "call_publish": _EDIT_CALLS,
    "call_extend": _EDIT_CALLS,
    "call_edit": _EDIT_CALLS,
    "call_item": _EDIT_CALLS,
    "quotas": _SEE_CALLS,
    "quota_sheet": _EDIT_CALLS,
    "office_applications": _SEE_CALLS,
    "office_moved": _SEE_CALLS,
    "office_sheet": {"school", "other_school", "district", "other_district", "city"},
    "office_decisions": _SEE_CALLS,
    "office_neighbour": _SEE_CALLS,
    "people": _KEEP_PEOPLE | {"head", "security", "teacher", "other_teacher"},
    "person_new": _KEEP_PEOPLE | {"security"},
    "slips": _KEEP_PEOPLE,
    "person": {"teacher", "school", "head", "district", "city", "security"},
    "orgs": _KEEP_PEOPLE | {"teacher", "other_teacher", "head", "inspector", "auditor", "operator", "security"},
    "org": {"teacher", "school", "head", "district", "city", "inspector", "auditor", "operator", "security"},
    "org_new": _KEEP_PEOPLE | {"operator"},
    "org_edit": {"school", "district", "city", "operator"},
    "org_change": {"school", "district", "city", "operator"},
    "rosters": _KEEP_PEOPLE,
    "roster_template": _KEEP_PEOPLE,
}
