"""A paper of a submitted entry of the own school, and uploads."""

from tests.web.matrix.people import READERS, SIGNED_IN
from tests.web.matrix.row import Row, at

MATRIX: dict[str, Row] = {
    "file": Row(at("paper.stored.public_id"), see=READERS),
    "file_picture": Row(at("paper.stored.public_id"), see=READERS),
    "uploads": Row(do=SIGNED_IN),
    "upload": Row(at("=nothing"), do=SIGNED_IN),
}
