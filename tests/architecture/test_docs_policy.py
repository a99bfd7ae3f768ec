"""The policy map, the how-to pages and the table of what always holds name only what exists."""

import re
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve

ROOT = Path(__file__).resolve().parents[2]
MAP = ROOT / "docs" / "policy-map.md"
HOW_TO = sorted((ROOT / "docs" / "how-to").glob("*.md"))
CODE = re.compile(r"`((?:kechuang|config|tests|scripts|frontend)/[\w./-]*)(?:: (\w+))?`")
SAMPLES = {
    "programme": "feature_schools",
    "slug": "a-sample",
    "code": "sample",
    "number": "GS-2026-1",
    "pk": "1",
    "public_id": "SAMPLE2345",
}


def rows(page: Path) -> list[list[str]]:
    lines = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] not in {"clause", "---", "#"}]


def missing(path: str, name: str) -> str:
    """What is wrong with `path: name`; "" if it is there."""
    place = ROOT / path
    if not place.exists():
        return f"no {path}"
    if name and not re.search(rf"\b{name}\b", place.read_text(encoding="utf-8")):
        return f"no {name} in {path}"
    return ""


def test_what_is_not_there_would_be_seen() -> None:
    assert missing("kechuang/nowhere.py", "") == "no kechuang/nowhere.py"
    assert missing("kechuang/base/masking.py", "mask_shoe_size") == "no mask_shoe_size in kechuang/base/masking.py"


@pytest.mark.parametrize("page", [MAP, ROOT / "docs" / "architecture.md"], ids=lambda page: page.name)
def test_every_path_and_name_exists(page: Path) -> None:
    named = CODE.findall(page.read_text(encoding="utf-8"))

    assert len(named) > 15
    assert [wrong for path, name in named if (wrong := missing(path, name))] == []


def test_every_clause_has_code_and_a_test() -> None:
    incomplete = [row[0] for row in rows(MAP) if len(row) != 5 or not CODE.search(row[2]) or "`tests/" not in row[3]]

    assert len(rows(MAP)) > 20
    assert incomplete == []


def pages() -> list[str]:
    """The addresses that the map and the how-to pages send people to."""
    texts = [row[4] for row in rows(MAP)] + [page.read_text(encoding="utf-8") for page in HOW_TO]
    return sorted({page for text in texts for page in re.findall(r"`(/[^`]*)`", text)})


def answers(page: str) -> bool:
    """Whether the URLconf knows the page, with a sample in place of each {name}."""
    try:
        resolve(re.sub(r"\{(\w+)\}", lambda found: SAMPLES[found[1]], page))
    except Resolver404:
        return False
    return True


def test_an_unknown_page_would_be_seen() -> None:
    assert not answers("/no/such/page/{slug}/")


def test_every_page_that_people_are_sent_to_answers() -> None:
    assert len(pages()) > 30
    assert [page for page in pages() if not answers(page)] == []
