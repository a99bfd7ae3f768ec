"""Who gets the pages of a submitted application of the pupil's own school (GET); everybody else: 302 to sign-in, 403 or 404."""

TEAM = {"pupil", "teacher"}
OFFICES = {"school", "district", "city", "inspector"}

MATRIX: dict[str, set[str]] = {
    "applications": {
        "pupil",
        "teacher",
        "other_teacher",
        "guardian",
        "school",
        "other_school",
        "district",
        "other_district",
        "city",
        "inspector",
    },
    "begin": {"pupil", "teacher", "other_teacher"},
    "application": TEAM | {"guardian"} | OFFICES,
    "application_edit": TEAM,
    "application_save": set(),
    "application_progress": TEAM,
    "application_people": TEAM,
    "application_disciplines": TEAM,
    "application_files": TEAM,
    "application_preview": TEAM,
    "application_review": TEAM,
    "application_submit": TEAM,
    "application_sent": TEAM | {"guardian"} | OFFICES,
    "application_receipt": TEAM | {"guardian"} | OFFICES,
    "application_move": TEAM | {"school"},
}
"""`application_move` stands for `withdraw` (team) and `endorse` (school)."""
