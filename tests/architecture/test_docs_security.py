"""Each threat names a test that exists, and each point of 等保 says how it stands."""

import re
from pathlib import Path

import pytest

from tests.architecture.test_docs_policy import CODE, missing

ROOT = Path(__file__).resolve().parents[2]
THREATS = ROOT / "THREAT_MODEL.md"
SECURITY = ROOT / "docs" / "security.md"
STANDING = {"met", "met where set", "partly", "operator"}


def rows(page: Path, width: int) -> list[list[str]]:
    lines = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    return [row for row in cells if len(row) == width and row[0] not in {"threat", "point"}]


@pytest.mark.parametrize("page", [THREATS, SECURITY], ids=lambda page: page.name)
def test_every_named_test_exists(page: Path) -> None:
    named = CODE.findall(page.read_text(encoding="utf-8"))

    assert len(named) > 30
    assert [
        wrong for path, name in named if (wrong := missing(path, f"def {name}" if name.startswith("test_") else name))
    ] == []


def test_every_threat_has_a_test() -> None:
    found = rows(THREATS, 3)

    assert len(found) > 40
    assert [row[0] for row in found if "`tests/" not in row[2]] == []


def test_every_point_says_how_it_stands() -> None:
    """Met is said only with a test; what is left to the operator is said."""
    found = rows(SECURITY, 4)

    assert len(found) > 25
    assert {row[2] for row in found} <= STANDING
    claimed = [row for row in found if row[2].startswith("met") and "make check" not in row[3]]
    assert [row[0] for row in claimed if not re.search(r"`tests/", row[3])] == []
    assert [
        row[0]
        for row in found
        if row[2] == "partly" and not re.search(r"[Oo]perator|office's|none answers|certified", row[3])
    ] == []
