"""The open pages: everybody, except the sheet of a certificate, which is for those whom it belongs to."""

from tests.web.matrix.people import EVERYBODY, READERS
from tests.web.matrix.row import Row, at

NOTICE = at("notice.number")
CERTIFICATE = at("certificate.code")

MATRIX: dict[str, Row] = {
    "home": Row(see=EVERYBODY),
    "calls": Row(see=EVERYBODY),
    "notices": Row(see=EVERYBODY),
    "follow_objection": Row(see=EVERYBODY, do=EVERYBODY),
    "objection_receipt": Row(see=EVERYBODY),
    "works": Row(see=EVERYBODY),
    "verify": Row(see=EVERYBODY, do=EVERYBODY),
    "robots": Row(see=EVERYBODY),
    "sitemap": Row(see=EVERYBODY),
    "healthz": Row(see=EVERYBODY),
    "components": Row(see=EVERYBODY),
    "call": Row(at("call.slug"), see=EVERYBODY),
    "notice": Row(NOTICE, see=EVERYBODY),
    "object": Row(NOTICE, see=EVERYBODY, do=EVERYBODY),
    "call_dates": Row(at("call.slug"), see=EVERYBODY),
    "call_card": Row(at("call.slug"), see=EVERYBODY),
    "calls_feed": Row(see=EVERYBODY),
    "notices_feed": Row(see=EVERYBODY),
    "works_feed": Row(see=EVERYBODY),
    "work": Row(at("work.slug"), see=EVERYBODY),
    "work_card": Row(at("work.slug"), see=EVERYBODY),
    "work_cover": Row(at("work.slug")),
    "certificate": Row(CERTIFICATE, see=EVERYBODY),
    "certificate_pdf": Row(CERTIFICATE, see=READERS),
    "certificate_credential": Row(at("certificate.code", "=jwt"), see=READERS),
    "collection": Row(at("collection.code"), see=EVERYBODY),
    "status_list": Row(at("=0", "=jwt"), see=EVERYBODY),
    "did_document": Row(see=EVERYBODY),
    "help": Row(at("=pupil"), see=EVERYBODY),
}
