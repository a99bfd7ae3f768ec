"""The offices' pages: a call of the city with an entry of the own school, the own school itself and its people."""

from tests.web.matrix.people import CITY, CLERKS, LISTERS, ORGANISERS, OWN_CLERKS, SCHOOL, SIGNED_IN, TEACHERS
from tests.web.matrix.row import Row, at

CALL = at("call.slug")
DRAFT = at("hidden_call.slug")
ITEM = at("hidden_call.slug", "=question", "=work", "=kind")
OWN_SCHOOL = at("school.code")
ROSTER = at("roster.public_id")

MATRIX: dict[str, Row] = {
    "desk": Row(see=SIGNED_IN),
    "office": Row(see=SIGNED_IN),
    "office_calls": Row(see=LISTERS),
    "call_new": Row(see=ORGANISERS, do=ORGANISERS),
    "people": Row(see=CLERKS | {"head", "security"}),
    "person_new": Row(see=CLERKS | {"security"}, do=CLERKS | {"security"}),
    "slips": Row(see=CLERKS | TEACHERS, do=CLERKS | TEACHERS),
    "my_classes": Row(
        see=CLERKS | TEACHERS, do={"teacher"}, sends={"do": "guardian", "pupil": lambda world: world.pupil.public_id}
    ),
    "support_office": Row(see=CLERKS),
    "orgs": Row(see=LISTERS | {"teacher", "other_teacher", "auditor", "operator", "security"}),
    "org_new": Row(see=CLERKS | {"operator"}, do=CLERKS | {"operator"}),
    "rosters": Row(see=CLERKS, do=CLERKS),
    "transfers": Row(see=CLERKS),
    "transfer_new": Row(
        see=CLERKS,
        do=OWN_CLERKS,
        sends={
            "org_code": lambda world: world.school.code,
            "name": lambda world: world.newcomer.name,
            "number": lambda world: world.newcomer.personal.xueji,
            "grade": "8",
        },
    ),
    "transfer": Row(
        at("transfer.public_id"),
        see=CLERKS - {"other_district"},
        do={"school", "district", "city"},
        sends={"do": "confirm"},
    ),
    "office_call": Row(CALL, see=LISTERS),
    "call_clone": Row(CALL, do=CITY),
    "call_extend": Row(CALL, see=CITY, do=CITY),
    "call_close": Row(CALL, do=CITY),
    "quotas": Row(CALL, see=LISTERS, do=CITY),
    "quota_sheet": Row(CALL, see=CITY),
    "office_applications": Row(CALL, see=LISTERS),
    "office_move": Row(CALL, do=SCHOOL, sends={"move": "endorse", "ids": lambda world: world.sent.public_id}),
    "office_acts": Row(CALL, see=LISTERS),
    "office_act": Row(at("call.slug", "bulk_act.public_id"), see={"school"}, do={"school"}),
    "office_act_file": Row(at("call.slug", "bulk_act.public_id"), see={"school"}),
    "office_columns": Row(CALL, do=LISTERS),
    "office_compare": Row(CALL, see=LISTERS, do=LISTERS),
    "office_sheet": Row(CALL, see=CLERKS),
    "office_csv": Row(CALL, see=CLERKS),
    "office_decisions": Row(CALL, see=LISTERS, do=LISTERS),
    "office_save_view": Row(CALL, do=LISTERS),
    "call_preview": Row(DRAFT, see=CITY),
    "call_publish": Row(DRAFT, see=CITY, do=CITY),
    "call_cancel": Row(DRAFT, do=CITY),
    "call_certificate_preview": Row(DRAFT, do=CITY),
    "recognition_new": Row(see=ORGANISERS, do=ORGANISERS),
    "call_templates": Row(see=ORGANISERS),
    "call_template_save": Row(DRAFT, see=CITY, do=CITY),
    "call_template_retire": Row(at("template.public_id"), do=CITY),
    "certificate_design": Row(CALL, see=CITY, do=CITY),
    "certificate_design_preview": Row(DRAFT, do=CITY),
    "certificate_sample": Row(DRAFT, see=CITY),
    "seals": Row(see=ORGANISERS, do=ORGANISERS),
    "seal_image": Row(at("seal.public_id"), see=CITY),
    "seal_approve": Row(at("seal.public_id"), do=CITY),
    "seal_end": Row(at("seal.public_id"), do=CITY, sends={"reason": "换发新章"}),
    "call_edit": Row(at("hidden_call.slug", "=basics"), see=CITY, do=CITY),
    "call_item": Row(ITEM, see=CITY, do=CITY),
    "call_item_order": Row(ITEM, do=CITY),
    "office_neighbour": Row(
        at("call.slug", "sent.public_id", "=next"), see=LISTERS - {"other_school", "other_district"}
    ),
    "person": Row(
        at("pupil.public_id"),
        see=OWN_CLERKS | {"head", "security"},
        do=OWN_CLERKS | {"head", "security"},
    ),
    "org": Row(OWN_SCHOOL, see=OWN_CLERKS | {"teacher", "head", "inspector", "auditor", "operator", "security"}),
    "org_edit": Row(OWN_SCHOOL, see=OWN_CLERKS | {"operator"}, do=OWN_CLERKS | {"operator"}),
    "org_change": Row(at("school.code", "=rename"), see=OWN_CLERKS | {"operator"}, do=OWN_CLERKS | {"operator"}),
    "roster_template": Row(at("=pupils"), see=CLERKS),
    "roster": Row(ROSTER, see=OWN_CLERKS, do=OWN_CLERKS),
    "roster_back": Row(ROSTER, see=OWN_CLERKS, do=OWN_CLERKS),
}
