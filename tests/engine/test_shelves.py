"""Shelves: editors' choice, in order, until a day; what was hidden since is not on them."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.engine.awards.actions import award_call
from kechuang.engine.models import Shelf
from kechuang.engine.showcase import shelving
from kechuang.engine.showcase.actions import publish_works, withdraw_showcase
from kechuang.engine.showcase.models import Work
from kechuang.engine.showcase.shelves import on_front, public_shelf
from tests.engine.honours import DAY, closed_notice, make_actor, make_competition

pytestmark = pytest.mark.django_db
FACTS = {"title": "海洋与湿地", "title_en": "", "words": "看看海边", "theme": "海洋", "year": 2026}


@pytest.fixture(autouse=True)
def _monday():
    with clock.travel(DAY):
        yield


@pytest.fixture
def competition():
    found = make_competition(pupils=("张小三",), consents=("showcase", "publicity"))
    award_call(closed_notice(found), by=found.officer)
    publish_works(found.call, by=found.officer)
    return found


@pytest.fixture
def shelf(competition):
    made = shelving.create_shelf(competition.city, FACTS, by=competition.officer)
    for work in Work.objects.order_by("pk"):
        shelving.shelve(made, work, by=competition.officer)
    shelving.shelve(made, competition.school, by=competition.officer)
    return shelving.show_shelf(made, True, by=competition.officer)


def shown(found) -> list[str]:
    return [str(one.thing) for one in found.items]


def test_things_stand_in_the_editors_order_and_once(competition, shelf):
    works = list(Work.objects.order_by("pk"))
    last = shelf.items.last()

    shelving.move_item(last, -2, by=competition.officer)
    again = shelving.shelve(shelf, works[0], by=competition.officer)

    assert shown(public_shelf(shelf.slug)) == [
        works[0].title,
        competition.school.name,
        works[1].title,
        works[2].title,
    ]
    assert again.order == 1


def test_front_page_holds_a_shelf_until_its_day_and_in_its_order(competition, shelf):
    other = shelving.create_shelf(competition.city, FACTS | {"title": "第一位"}, by=competition.officer)
    shelving.shelve(other, competition.school, by=competition.officer)
    shelving.show_shelf(other, True, by=competition.officer)
    shelving.place_on_front(shelf, 2, clock.today() + timedelta(days=3), by=competition.officer)
    shelving.place_on_front(other, 1, by=competition.officer)

    assert [one.shelf.title for one in on_front()] == ["第一位", "海洋与湿地"]
    with clock.travel(DAY + timedelta(days=4)):
        assert [one.shelf.title for one in on_front()] == ["第一位"]


def test_withdrawn_consent_takes_the_work_off_every_shelf_at_once(competition, shelf):
    shelving.place_on_front(shelf, 1, by=competition.officer)
    gone = competition.awarded[0]

    withdraw_showcase(gone.members.get().person)

    assert gone.title not in shown(public_shelf(shelf.slug))
    assert gone.title not in shown(on_front()[0])
    assert shelf.items.count() == 4


def test_shelf_taken_back_leaves_the_front_page(competition, shelf):
    shelving.place_on_front(shelf, 1, by=competition.officer)

    shelving.show_shelf(shelf, False, by=competition.officer)

    assert (on_front(), public_shelf(shelf.slug)) == ([], None)


def test_what_makes_no_sense_is_refused_in_words(competition, shelf):
    empty = shelving.create_shelf(competition.city, FACTS, by=competition.officer)

    with pytest.raises(Refused, match="还没有内容"):
        shelving.show_shelf(empty, True, by=competition.officer)
    with pytest.raises(Refused, match="先公开"):
        shelving.place_on_front(empty, 1, by=competition.officer)
    with pytest.raises(Refused, match="已经过去"):
        shelving.place_on_front(shelf, 1, clock.today() - timedelta(days=1), by=competition.officer)
    with pytest.raises(Refused, match="先取消公开"):
        shelving.drop_shelf(shelf, by=competition.officer)
    shelving.drop_shelf(empty, by=competition.officer)
    assert Shelf.objects.count() == 1


def test_district_edits_its_own_shelves_and_never_the_front_page(competition, shelf):
    district = make_actor("区编辑", competition.school.parent, "district_officer")
    own = shelving.create_shelf(competition.school.parent, FACTS, by=district)
    shelving.shelve(own, competition.school, by=district)
    shelving.show_shelf(own, True, by=district)

    with pytest.raises(PermissionDenied):
        shelving.place_on_front(own, 1, by=district)
    with pytest.raises(PermissionDenied):
        shelving.edit_shelf(shelf, FACTS, by=district)
    assert list(Shelf.objects.visible_to(district)) == [own]
