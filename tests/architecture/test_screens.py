"""`make screens` knows every page: each address that answers GET is a page to picture or is declared to be none."""

import sys
from pathlib import Path

import pytest

from tests.web.matrix.walk import addresses

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture(scope="module")
def pages():
    sys.path.insert(0, str(SCRIPTS))
    try:
        import screen_pages

        yield screen_pages
    finally:
        sys.path.remove(str(SCRIPTS))


def test_every_address_is_pictured_or_declared_to_be_no_page(pages):
    answering = {address.name for address in addresses() if "get" in address.methods}
    pictured = {stop.name for stop in pages.STOPS}
    declared = [pictured, set(pages.DOWNLOADS), set(pages.REDIRECTS), set(pages.FRAGMENTS), set(pages.WITH_A_KEY)]

    assert set().union(*declared) == answering
    assert sum(map(len, declared)) == len(answering)


def test_every_picture_has_a_name_of_its_own(pages):
    labels = [stop.label for stop in pages.STOPS]

    assert sorted(set(labels)) == sorted(labels)
