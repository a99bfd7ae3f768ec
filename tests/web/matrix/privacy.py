"""Personal data: the family's own pages, and those of the offices that approve, answer and oversee."""

from tests.web.matrix.people import AUDITOR, CITY, CLERKS, FAMILY, OWN_CLERKS
from tests.web.matrix.row import Row, at

ITEMS = ("purpose_and_scope", "storage", "security", "refusal", "complaints", "correction")
PUPIL = at("pupil.public_id")
EXPORT = at("export.public_id")
REQUEST = at("own_request.number")
OVERSEERS = CITY | AUDITOR
APPROVERS = CLERKS | {"head"}

MATRIX: dict[str, Row] = {
    "own_seen": Row(PUPIL, see=FAMILY),
    "own_copy": Row(PUPIL, see=FAMILY),
    "own_collection": Row(
        PUPIL, see=FAMILY, do=FAMILY, sends={"numbers": lambda world: world.certificate.number, "open": "no"}
    ),
    "learner_record": Row(PUPIL, see=FAMILY),
    "own_requests": Row(PUPIL, see=FAMILY, do=FAMILY, sends={"kind": "explain", "text": "哪些人看过我的资料"}),
    "privacy": Row(see=APPROVERS | AUDITOR),
    "exports": Row(see=APPROVERS),
    "export_new": Row(
        see=CLERKS,
        do=OWN_CLERKS,
        sends={"kind": "pupils", "org": lambda world: world.school.code, "reason": "核对参赛名单"},
    ),
    "export": Row(EXPORT, see=OWN_CLERKS | {"head"}, do={"head", "district", "city"}, sends={"do": "approve"}),
    "export_file": Row(EXPORT, see=OWN_CLERKS | {"head"}),
    "requests": Row(see=CLERKS),
    "request": Row(REQUEST, see=OWN_CLERKS, do=OWN_CLERKS, sends={"do": "grant", "answer": "已更正班级"}),
    "seen_lookup": Row(see=OVERSEERS),
    "audit_pack": Row(see=OVERSEERS),
    "audit_pack_file": Row(at("year", "=pdf"), see=OVERSEERS),
    "retention": Row(see=CITY, do=CITY, sends={"do": "rule", "kind": "mails", "days": "200"}),
    "retention_run": Row(at("retention_run.pk"), see=CITY),
    "consent_texts": Row(see=CITY),
    "consent_text": Row(
        at("=media"),
        see=CITY,
        do=CITY,
        sends={"title": "照片和视频使用同意书", "effective_from": "2026-10-08"} | dict.fromkeys(ITEMS, "写明这一项。"),
    ),
}
