"""The documentation says what is: links lead somewhere, commands exist, generated parts are what the code says."""

import re
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from config.cli import GROUPS
from kechuang.orgs.rules import PERMISSIONS

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import draw_architecture  # noqa: E402
import generate_docs  # noqa: E402

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
RENEW = "run: .venv/bin/python scripts/generate_docs.py"


def anchors(page: Path) -> set[str]:
    """The fragments that headings of a page answer to."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def dead_links(page: Path) -> list[str]:
    dead = []
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        path, _hash, anchor = target.partition("#")
        other = (page.parent / path).resolve() if path else page
        if not other.exists() or (anchor and anchor not in anchors(other)):
            dead.append(target)
    return dead


def test_a_dead_link_would_be_seen(tmp_path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A heading\n[good](#a-heading) [bad](#other) [gone](gone.md)", encoding="utf-8")

    assert dead_links(page) == ["#other", "gone.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert dead_links(page) == []


def test_every_page_is_reached_from_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / target).resolve() for target in LINK.findall(index.read_text(encoding="utf-8"))}

    assert [page for page in PAGES if page not in linked | {index, ROOT / "README.md"}] == []


def test_generated_parts_are_what_the_code_says() -> None:
    assert list(generate_docs.stale()) == [], RENEW


def test_every_generated_part_stands_on_a_page() -> None:
    texts = "".join(page.read_text(encoding="utf-8") for page in generate_docs.pages())

    assert {found["name"] for found in generate_docs.BLOCK.finditer(texts)} == set(generate_docs.BLOCKS)


def test_a_page_that_is_out_of_date_would_be_seen() -> None:
    page = "<!-- generated: states -->\nold\n<!-- end -->"

    assert "`draft`" in generate_docs.renewed(page)


def test_the_diagram_knows_every_part() -> None:
    folders = {path.parent.name for path in (ROOT / "kechuang").glob("*/__init__.py")}
    stages = {path.parent.name for path in (ROOT / "kechuang" / "engine").glob("*/__init__.py")} - {"migrations"}

    assert set(draw_architecture.STAGES) == stages
    assert set(draw_architecture.PARTS) == folders - {"engine"} | stages | {"config"}


def test_shortcuts_are_left_out_of_the_diagram() -> None:
    edges = {("a", "b"), ("b", "c"), ("a", "c"), ("a", "d")}

    assert draw_architecture.without_shortcuts(edges) == {("a", "b"), ("b", "c"), ("a", "d")}


def test_every_permission_has_its_words() -> None:
    assert set(generate_docs.PERMISSIONS) == PERMISSIONS


def test_readme_begins_with_the_two_commands() -> None:
    first = re.search(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL).group(1)

    assert [line.split("#")[0].strip() for line in first.splitlines()] == ["make run", "make test"]


def called_commands() -> set[str]:
    """Commands of `kechuang` that the documentation tells people to run."""
    texts = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    return set(re.findall(r"(?:^|[`/])kechuang ([a-z][a-z-]+)", texts, re.MULTILINE))


def test_commands_that_the_docs_name_exist() -> None:
    called = called_commands()

    assert {"migrate", "serve", "rehearse"} <= called
    assert called - {name.replace("_", "-") for name in get_commands()} <= {"serve", "judging"}


def own_commands() -> dict[str, str]:
    return {name: app for name, app in get_commands().items() if str(app).startswith("kechuang.")}


@pytest.mark.parametrize("name", sorted(own_commands()))
def test_every_command_says_what_it_does(name: str) -> None:
    assert len(str(load_command_class(own_commands()[name], name).help)) > 10


def test_every_command_in_the_help_has_its_words() -> None:
    listed = [(name, says) for _title, group in GROUPS for name, says in group]

    assert [name for name, says in listed if len(says) < 4] == []
    assert len({name for name, _says in listed}) == len(listed)


def test_make_targets_that_the_docs_name_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    texts = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    called = set(re.findall(r"`make ([a-z-]+)", texts)) | set(re.findall(r"^make ([a-z-]+)", texts, re.MULTILINE))

    assert {"run", "test", "check"} <= called
    assert called - targets == set()


def glossary() -> list[tuple[str, str]]:
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", (ROOT / "docs/glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    return rows[2:]


def test_the_glossary_has_one_word_per_idea() -> None:
    rows = glossary()
    codes = [code for _word, cell in rows for code in re.findall(r"`([^`]+)`", cell)]
    words = [word.strip() for cell, _code in rows for word in cell.split(" / ")]

    assert len(rows) > 60
    assert {code for code in codes if codes.count(code) > 1} == set()
    assert {word for word in words if words.count(word) > 1} == set()


def test_every_programme_has_its_declaration_and_its_page() -> None:
    packages = [path.parent for path in (ROOT / "kechuang/programmes").glob("*/__init__.py")]

    assert packages
    assert [p.name for p in packages if not (p / "programme.py").exists() or not (p / "README.md").exists()] == []


def test_decisions_have_context_decision_and_consequences() -> None:
    wanted = ["Context", "Decision", "Consequences"]
    found = {
        page.name: re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        for page in sorted((ROOT / "docs/adr").glob("*.md"))
    }

    assert {name for name, headings in found.items() if headings != wanted} == set()
    assert [int(name[:4]) for name in found] == list(range(1, len(found) + 1))
