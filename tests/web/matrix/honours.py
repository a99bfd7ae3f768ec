"""The dated register for everybody, and the life of a school's title: its district checks, the city alone takes it back."""

from tests.web.matrix.people import CITY, EVERYBODY, READERS, SCHOOL
from tests.web.matrix.row import Row, at
from tests.web.matrix.world import DAY

HONOUR = at("honour.number")
PUBLIC = at("honour.programme_code", "honour.number")
OFFICES = READERS - {"pupil", "teacher", "guardian"}
CHECKERS = frozenset({"district", "city"})

MATRIX: dict[str, Row] = {
    "registers": Row(see=EVERYBODY),
    "register": Row(at("honour.programme_code"), see=EVERYBODY),
    "honour": Row(PUBLIC, see=EVERYBODY),
    "office_honours": Row(see=READERS | {"other_teacher", "other_school", "other_district"}),
    "office_honour": Row(HONOUR, see=OFFICES),
    "honour_record": Row(HONOUR, do=CHECKERS, sends={"record-kind": "check_passed"}),
    "honour_revoke": Row(HONOUR, do=CITY, sends={"revoke-reason": "材料造假"}),
    "honour_pass_on": Row(HONOUR, do=CITY),
    "honour_plaque": Row(HONOUR, do=CHECKERS, sends={"do": lambda world: f"return:{world.plaque.pk}"}),
    "application_items": Row(at("rated.public_id"), see=OFFICES, do=CHECKERS),
    "visit": Row(
        at("visited.pk"),
        see=OFFICES - {"inspector"} | {"expert"},
        do=CITY | {"expert"},
        sends={"visited_on": DAY.date().isoformat()},
    ),
    "honour_renew": Row(HONOUR, do=SCHOOL, sends={"call": lambda world: world.title_call.slug}),
}
