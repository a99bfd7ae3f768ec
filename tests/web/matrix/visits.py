"""Pools, visits, written tests and talent files: schools search and invite, the school's side acts on its visit, the city vets and stops."""

from tests.web.matrix.people import CITY, ENGINEER, FAMILY, ORGANISERS, SCHOOL, TEACHERS
from tests.web.matrix.row import Row, at
from tests.web.matrix.world import DAY

POOL = at("=guest_engineers")
PERSON = at("=guest_engineers", "guest.person.public_id")
VISIT = at("guest_visit.public_id")
TEST = at("test.call.slug", "test.code")
HOSTS = SCHOOL | TEACHERS | {"other_school"}
SEARCHERS = HOSTS | ORGANISERS
OURS = SCHOOL | {"teacher"}

MATRIX: dict[str, Row] = {
    "pool": Row(POOL, see=SEARCHERS),
    "pool_card": Row(POOL, see=ENGINEER, do=ENGINEER),
    "pool_member": Row(at("=guest_engineers", "guest.honour.number"), see=SEARCHERS, do=HOSTS),
    "guest_visits": Row(see=SEARCHERS | ENGINEER),
    "guest_visit": Row(
        VISIT,
        see=OURS | ENGINEER | {"district", "city"},
        do=OURS | ENGINEER,
        sends={"do": "cancel", "words": "期中考试"},
    ),
    "guest_visit_calendar": Row(VISIT, see=OURS | ENGINEER | {"district", "city"}),
    "office_pools": Row(see=ORGANISERS),
    "office_pool": Row(POOL, see=ORGANISERS),
    "office_pool_person": Row(
        PERSON, see=CITY, do=CITY, sends={"result": "clear", "checked_on": DAY.date().isoformat()}
    ),
    "talent_file": Row(at("pupil.public_id"), see=FAMILY),
    "talent_search": Row(see=CITY),
    "round_marks": Row(TEST, see=CITY, do=CITY, sends={"points-E-0042": "88"}),
    "round_marks_sheet": Row(TEST, see=CITY),
    "round_marks_upload": Row(TEST, see=CITY, do=CITY),
    "round_marks_take": Row(TEST, see=CITY, do=CITY),
    "round_marks_refused": Row(TEST, see=CITY),
    "pool_stop": Row(PERSON, see=CITY, do=CITY, sends={"stop-reason": "被投诉，核查中", "do": "stop"}),
}
