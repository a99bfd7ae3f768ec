"""The expert's desk: an entry given to this expert."""

from tests.web.matrix.people import EXPERT
from tests.web.matrix.rounds import ENTERS
from tests.web.matrix.row import Row, at

SHEET = at("assignment.pk")

MATRIX: dict[str, Row] = {
    "reviews": Row(see=EXPERT),
    "declare": Row(at("round.pk"), see=EXPERT, do=EXPERT),
    "consistency": Row(at("round.pk"), see=EXPERT, do=EXPERT),
    "score": Row(SHEET, see=EXPERT, do=EXPERT),
    "score_save": Row(SHEET, do=EXPERT),
    "chair_round": Row(at("round.pk"), see=EXPERT),
    "own_room": Row(at("panel.pk"), see=EXPERT, do=EXPERT, sends=ENTERS),
    "recuse": Row(SHEET, do=EXPERT),
    "review_file": Row(at("blind_paper.stored.public_id"), see=EXPERT),
}
