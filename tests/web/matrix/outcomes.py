"""From the ranking to the gallery, in a call of the city that is over: its organiser alone, and the result for the team."""

from tests.web.matrix.people import CITY, EXPERT, ORGANISERS, READERS
from tests.web.matrix.row import Row, at

ROUND = at("past.slug", "=defence")
DECISION = at("past.slug", "=defence", "decision.pk")
RANKING = at("past.slug", "=defence", "ranking.pk")
NOTICE = at("notice.number")
OBJECTION = at("objection.number")
CALL = at("past.slug")
CERTIFICATE = at("past.slug", "certificate.pk")
WORK = at("past.slug", "work.slug")

MATRIX: dict[str, Row] = {
    "ranking": Row(ROUND, see=CITY, do=CITY),
    "decision": Row(ROUND, see=CITY, do=CITY),
    "ranking_replay": Row(RANKING, do=CITY),
    "ranking_sheet": Row(RANKING, see=CITY),
    "chair_judges": Row(at("first_round.pk"), see=EXPERT),
    "chair_judge": Row(at("first_round.pk", "judge.pk"), see=EXPERT),
    "sensitivity": Row(RANKING, see=CITY, do=CITY),
    "decision_finalise": Row(DECISION, do=CITY),
    "decision_discard": Row(DECISION, do=CITY),
    "decision_replay": Row(DECISION, do=CITY),
    "decision_record": Row(DECISION, see=CITY),
    "decision_sheet": Row(DECISION, see=CITY),
    "office_notices": Row(see=ORGANISERS),
    "notice_draft": Row(do=CITY, sends={"decision": lambda world: world.shortlist.pk}),
    "objections": Row(see=ORGANISERS),
    "office_notice": Row(NOTICE, see=CITY, do=CITY),
    "notice_preview": Row(NOTICE, see=CITY),
    "notice_publish": Row(NOTICE, do=CITY),
    "notice_close": Row(NOTICE, do=CITY),
    "objection": Row(OBJECTION, see=CITY, do=CITY),
    "objection_take": Row(OBJECTION, do=CITY),
    "objection_letter": Row(OBJECTION, see=CITY),
    "objection_evidence": Row(at("objection.number", "evidence.stored.public_id"), see=CITY),
    "ceremony": Row(CALL, see=CITY),
    "awards": Row(CALL, see=CITY),
    "award_give": Row(CALL, do=CITY, sends={"notice": lambda world: world.notice.number}),
    "awards_progress": Row(CALL, see=CITY),
    "certificates_issue": Row(CALL, do=CITY),
    "certificates_sheet": Row(CALL, see=CITY),
    "certificates_bundle": Row(CALL, see=CITY),
    "curate": Row(CALL, see=CITY, do=CITY),
    "office_certificate": Row(CERTIFICATE, see=CITY),
    "office_certificate_pdf": Row(CERTIFICATE, see=CITY),
    "certificate_correct": Row(CERTIFICATE, see=CITY, do=CITY),
    "award_revoke": Row(CERTIFICATE, see=CITY, do=CITY),
    "work_hide": Row(WORK, do=CITY),
    "work_unhide": Row(WORK, do=CITY),
    "work_feature": Row(WORK, do=CITY),
    "defence_slip": Row(at("winner.public_id"), see=READERS),
    "defence_calendar": Row(at("winner.public_id"), see=READERS),
    "result": Row(at("winner.public_id"), see=READERS),
    "result_certificate": Row(at("winner.public_id", "certificate.pk"), see=READERS),
}
