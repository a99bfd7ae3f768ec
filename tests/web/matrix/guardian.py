"""Consents of the pupil: the pupil and the guardian, nobody else."""

from tests.web.matrix.people import EVERYBODY, FAMILY
from tests.web.matrix.row import Row, at

MATRIX: dict[str, Row] = {
    "guardian": Row(see=FAMILY),
    "guardian_join": Row(see=EVERYBODY, do=EVERYBODY),
    "consent": Row(at("pupil.public_id", "=showcase"), see=FAMILY, do=FAMILY),
}
