"""The catalogue of course cases for everybody; adopting for teachers, a new version for its author, publishing for the city."""

from tests.web.matrix.people import CITY, EVERYBODY, TEACHERS
from tests.web.matrix.row import Row, at
from tests.web.matrix.world import DAY

CASE = at("case.slug")
CASE_CALL = at("case_call.slug")

MATRIX: dict[str, Row] = {
    "cases": Row(see=EVERYBODY),
    "my_cases": Row(see=TEACHERS),
    "case": Row(CASE, see=EVERYBODY),
    "case_card": Row(CASE, see=EVERYBODY),
    "case_cover": Row(CASE),
    "case_adopt": Row(
        CASE,
        do={"other_teacher"},
        sends={"org": lambda world: world.other_school.pk, "class_name": "3班", "begins_on": DAY.date().isoformat()},
    ),
    "case_story": Row(CASE, do={"other_teacher"}, sends={"adoption": lambda world: world.adoption.pk, "story": "好用"}),
    "case_rate": Row(CASE, do={"other_teacher"}, sends={"stars": "5"}),
    "case_version": Row(
        CASE, see={"teacher"}, do={"teacher"}, sends={"news": "更正", "do": "widen", "licence": "cc_by"}
    ),
    "case_show": Row(CASE, do={"teacher"}, sends={"do": "hide"}),
    "office_cases": Row(CASE_CALL, see=CITY, do=CITY),
    "office_case_hide": Row(at("case_call.slug", "case.slug"), do=CITY, sends={"reason": "核查"}),
    "similarity": Row(CASE_CALL, see=CITY, do=CITY),
    "application_similarity": Row(at("case.application.public_id"), see=CITY),
}
