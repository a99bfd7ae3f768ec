"""The showcase for everybody; its shelves for the offices that edit them, the front page for the city alone."""

from tests.web.matrix.people import CITY, EVERYBODY, ORGANISERS
from tests.web.matrix.row import Row, at

SHELF = at("shelf.slug")
SCHOOL_PAGE = at("school.code")

MATRIX: dict[str, Row] = {
    "showcase": Row(see=EVERYBODY),
    "showcase_search": Row(see=EVERYBODY),
    "shelf": Row(SHELF, see=EVERYBODY),
    "shelf_card": Row(SHELF, see=EVERYBODY),
    "embed": Row(at("=works"), see=EVERYBODY),
    "cases_feed": Row(see=EVERYBODY),
    "shelves_feed": Row(see=EVERYBODY),
    "city_calendar": Row(see=EVERYBODY),
    "schools": Row(see=EVERYBODY),
    "school": Row(SCHOOL_PAGE, see=EVERYBODY),
    "school_card": Row(SCHOOL_PAGE, see=EVERYBODY),
    "shelves": Row(see=ORGANISERS),
    "shelf_new": Row(see=ORGANISERS, do=ORGANISERS, sends={"title": "人工智能"}),
    "shelf_edit": Row(SHELF, see=CITY, do=CITY, sends={"title": "海洋与湿地"}),
    "shelf_items": Row(SHELF, do=CITY, sends={"do": lambda world: f"school:{world.school.code}"}),
    "shelf_show": Row(SHELF, do=CITY, sends={"do": "hide"}),
    "shelf_front": Row(SHELF, do=CITY, sends={"do": "off"}),
}
