"""The team's pages of the pupil's own entries: a draft, and one that was submitted."""

from tests.web.matrix.people import APPLICANTS, ENGINEER, READERS, SCHOOL, TEAM
from tests.web.matrix.row import Row, at

DRAFT = at("draft.public_id")
SENT = at("sent.public_id")

MATRIX: dict[str, Row] = {
    "begin": Row(at("open_call.slug"), see=APPLICANTS | ENGINEER, do=APPLICANTS | ENGINEER),
    "applications": Row(see=READERS | ENGINEER | {"other_teacher", "other_school", "other_district"}),
    "application": Row(SENT, see=READERS),
    "application_sent": Row(SENT, see=READERS),
    "application_receipt": Row(SENT, see=READERS),
    "application_edit": Row(DRAFT, see=TEAM, do=TEAM),
    "application_save": Row(DRAFT, do=TEAM),
    "application_progress": Row(DRAFT, see=TEAM),
    "application_no_name": Row(DRAFT, do=TEAM),
    "application_people": Row(DRAFT, see=TEAM),
    "application_disciplines": Row(DRAFT, see=TEAM),
    "application_preview": Row(DRAFT, see=TEAM),
    "application_review": Row(DRAFT, see=TEAM),
    "application_submit": Row(DRAFT, see=TEAM, do=TEAM),
    "application_files": Row(at("draft.public_id", "=report"), see=TEAM, do=TEAM),
    "application_poster": Row(at("draft.public_id", "=1"), do=TEAM),
    "application_move": Row(at("sent.public_id", "=endorse"), see=SCHOOL, do=SCHOOL, sends={"reason": ""}),
}
