"""Who gets the consent pages of the pupil (GET)."""

MATRIX: dict[str, set[str]] = {
    "guardian": {"pupil", "guardian"},
    "consent": {"pupil", "guardian"},
    "guardian_join": {
        "anonymous", "pupil", "teacher", "other_teacher", "guardian", "school", "other_school", "district", "other_district", "city",
        "expert", "inspector", "auditor", "operator", "security",
    },
}  # fmt: skip
