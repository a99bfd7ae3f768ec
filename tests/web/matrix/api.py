"""The JSON interface: what is public, and one's own."""

from tests.web.matrix.people import EVERYBODY, SIGNED_IN
from tests.web.matrix.row import Row, at

MATRIX: dict[str, Row] = {
    "api_document": Row(see=EVERYBODY),
    "api_calls": Row(see=EVERYBODY),
    "api_call": Row(at("call.slug"), see=EVERYBODY),
    "api_works": Row(see=EVERYBODY),
    "api_work": Row(at("work.slug"), see=EVERYBODY),
    "api_certificate": Row(at("certificate.code"), see=EVERYBODY),
    "api_register": Row(see=EVERYBODY),
    "api_my_applications": Row(see=SIGNED_IN),
    "api_my_deadlines": Row(see=SIGNED_IN),
}
