"""The platform's own pages."""

from tests.web.matrix.people import AUDITOR, EVERYBODY, PLATFORM
from tests.web.matrix.row import Row, at

MATRIX: dict[str, Row] = {
    "readyz": Row(see=EVERYBODY),
    "metrics": Row(see=EVERYBODY),
    "jobs": Row(see=PLATFORM),
    "audit": Row(see=AUDITOR, do=AUDITOR),
    "support": Row(see={"operator"}, do={"operator"}),
    "holidays": Row(see=PLATFORM, do=PLATFORM),
    "job": Row(at("job.public_id"), see=PLATFORM, do=PLATFORM),
}
