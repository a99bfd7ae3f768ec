"""The dated register for everybody, and the life of a school's title: its district checks, the city alone takes it back."""

from tests.web.matrix.people import CITY, ENGINEER, EVERYBODY, READERS, SCHOOL
from tests.web.matrix.row import Row, at
from tests.web.matrix.world import DAY

HONOUR = at("honour.number")
PUBLIC = at("honour.programme_code", "honour.number")
OFFICES = READERS - {"pupil", "teacher", "guardian"}
CHECKERS = frozenset({"district", "city"})
CHECKED = {
    **{f"answer-{code}": "yes" for code in ("visits", "lessons", "partner", "safety")},
    "visited_on": DAY.date().isoformat(),
    "result": "good",
}
"""Every line of the checklist of museum_schools."""

MATRIX: dict[str, Row] = {
    "registers": Row(see=EVERYBODY),
    "register": Row(at("honour.programme_code"), see=EVERYBODY),
    "honour": Row(PUBLIC, see=EVERYBODY),
    "office_honours": Row(see=READERS | ENGINEER | {"other_teacher", "other_school", "other_district"}),
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
    "partnership": Row(
        at("partnership.public_id"), see=SCHOOL | {"other_school"}, do={"other_school"}, sends={"do": "yes"}
    ),
    "agreement": Row(
        at("agreement.number"),
        see=OFFICES | {"other_school"},
        do=CHECKERS | SCHOOL | {"other_school"},
        sends={"do": "end", "ending-reason": "场馆改造"},
    ),
    "reports": Row(see=READERS | ENGINEER | {"other_teacher", "other_school", "other_district"}),
    "report": Row(at("report_sent.public_id"), see=OFFICES, do=CHECKERS, sends={"do": "accept"}),
    "report_edit": Row(
        at("report_due.public_id"), see=SCHOOL, do=SCHOOL, sends={"version": "1", "a-visits": "5", "do": "save"}
    ),
    "report_save": Row(at("report_due.public_id"), do=SCHOOL),
    "report_files": Row(at("report_due.public_id", "=photos"), see=SCHOOL, do=SCHOOL),
    "subsidies": Row(see=CHECKERS | {"other_district"}),
    "subsidy_sheet": Row(see=CHECKERS | {"other_district"}),
    "spot_checks": Row(
        see=CHECKERS | {"other_district"},
        do=CITY,
        sends={
            "programme": "museum_schools",
            "org": lambda world: str(world.city.org.pk),
            "title": "秋季抽查",
            "percent": "20",
        },
    ),
    "spot_draw": Row(at("drawn.public_id"), see=CITY),
    "spot_check": Row(at("drawn.public_id", "spot_check.pk"), see=CHECKERS, do=CHECKERS, sends=CHECKED),
    "honour_studio": Row(
        at("leading.number"), do={"teacher"}, sends={"do": lambda world: f"remove:{world.invitation.public_id}"}
    ),
    "studio_invitation": Row(
        at("invitation.public_id"), see={"other_teacher"}, do={"other_teacher"}, sends={"do": "yes"}
    ),
    "partner_circle": Row(at("other_school.code"), see=EVERYBODY),
    "honour_renew": Row(HONOUR, do=SCHOOL, sends={"call": lambda world: world.title_call.slug}),
}
