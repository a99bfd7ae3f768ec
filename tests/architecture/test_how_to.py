"""The how-to pages speak of the product as it is: every page and button they name, and every address, is there."""

import re
from pathlib import Path

import polib
import pytest
from django.urls import Resolver404, resolve

import kechuang
from kechuang.web.public.guide import GUIDES

PACKAGE = Path(kechuang.__file__).parent
PAGES = sorted((PACKAGE.parent / "docs" / "how-to").glob("*.md"))
NAMED = re.compile(r"“([^”]+)”")
ADDRESS = re.compile(r"`(/[\w/-]*)`")


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    """Everything the interface says, and what the programme's declaration says."""
    catalogue = polib.pofile(str(PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"))
    return [entry.msgid for entry in catalogue]


@pytest.mark.parametrize("how_to", PAGES, ids=lambda path: path.stem)
def test_everything_named_is_in_the_product(how_to: Path, sentences: list[str]):
    named = set(NAMED.findall(how_to.read_text(encoding="utf-8")))

    assert [name for name in sorted(named) if not any(name in sentence for sentence in sentences)] == []


@pytest.mark.parametrize("how_to", PAGES, ids=lambda path: path.stem)
def test_every_address_leads_to_a_page(how_to: Path):
    lost = []
    for address in set(ADDRESS.findall(how_to.read_text(encoding="utf-8"))):
        try:
            resolve(address)
        except Resolver404:
            lost.append(address)

    assert lost == []


def test_every_audience_of_the_help_has_its_how_to():
    assert len(PAGES) == 8
    assert set(GUIDES) - {page.stem for page in PAGES} == {"public"}
