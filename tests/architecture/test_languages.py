"""No sentence of the interface stays behind in one language: every piece of Chinese in code and templates goes through gettext."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

import kechuang
from scripts.translations import SHORT_NAMES

PACKAGE = Path(kechuang.__file__).parent
ROOT = PACKAGE.parent
CJK = re.compile(r"[一-鿿]")
GETTEXT = {
    "_",
    *SHORT_NAMES,
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
    "_topic",
}
CHINESE_BY_NATURE = {
    "base/names.py": "surnames, titles and kinds of places, and how they are spelt",
    "base/holidays.py": "reads the State Council's table",
    "base/management": "the operator's command line speaks Chinese",
    "base/searching.py": "where Chinese characters end and others begin",
    "base/spotting.py": "how names of schools and numerals are written, to find them in a text",
    "base/tables/reading.py": "recognises the example row of a sheet",
    "console": "the operator's command line, the demo city and the rehearsal speak Chinese",
    "engine/applications/importing.py": "names of columns in tables from elsewhere",
    "engine/awards/printing.py": "the sample of a certificate",
    "engine/awards/samples.py": "the sample of a certificate",
    "engine/awards/rules.py": "the Chinese certificate",
    "engine/credentials/documents.py": "the Chinese certificate as a credential",
    "engine/calls/rules.py": "words that mean a fee",
    "engine/erasure.py": "a reason that is kept in the record",
    "engine/publicity/actions/withdrawal.py": "a reason that is kept in the record",
    "engine/publicity/actions/notices.py": "a public notice is an official document in Chinese",
    "engine/publicity/actions/reconsider.py": "part of the official answer",
    "engine/publicity/rules.py": "the official answer to an objection",
    "engine/publicity/messages.py": "letters to somebody without an account, who wrote in Chinese",
    "engine/showcase": "search in Chinese, and a reason that is kept in the record",
    "judging": "usable without the platform; its sentences are kept in the record of a ranking",
    "orgs/actions/requests.py": "the name of a closed account",
    "orgs/actions/retention.py": "a reason that is kept in the record",
    "orgs/retention.py": "a reason that is kept in the record",
    "orgs/minors_audit.py": "looks for a reason that is kept in the record",
    "orgs/actions/rosters": "roster sheets are Chinese forms",
    "orgs/consent_texts.py": "consent forms are legal texts in Chinese",
    "programmes": "aliases of disciplines and clauses of the plan",
    "web/kit_examples.py": "samples on the page of components",
    "web/officer/builder/problems.py": "words that are looked for in a declaration",
    "web/officer/queue/sheets.py": "words that are recognised in a sheet",
    "web/officer/rosters.py": "columns of roster sheets, which are Chinese forms",
    "web/tiles.py": "names of districts",
    "web/rounds/expert_sheets.py": "example rows of a sheet",
}
"""Chinese outside of gettext, with the reason."""


@pytest.fixture(scope="module")
def known() -> set[str]:
    catalogue = polib.pofile(str(PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"))
    return {text for entry in catalogue for text in (entry.msgid, entry.msgid_plural) if text}


def sources() -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def strings(tree: ast.Module) -> Iterator[tuple[ast.Constant, bool]]:
    """Every Chinese string that is no docstring, and whether gettext gets it."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    spoken = {
        id(arg) for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) in GETTEXT for arg in ast.walk(node)
    }  # fmt: skip
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and CJK.search(node.value)
            and id(node) not in docs
        ):
            yield node, id(node) in spoken


@pytest.fixture(scope="module")
def found() -> list[tuple[str, int, str, bool]]:
    """(file, line, sentence, whether gettext gets it)"""
    return [
        (str(path.relative_to(ROOT)), node.lineno, node.value, spoken)
        for path in sources()
        if not is_chinese_by_nature(path)
        for node, spoken in strings(ast.parse(path.read_text(encoding="utf-8")))
    ]


def is_chinese_by_nature(path: Path) -> bool:
    name = path.relative_to(PACKAGE).as_posix()
    return any(name == place or name.startswith(f"{place}/") for place in CHINESE_BY_NATURE)


def test_every_sentence_that_gettext_gets_is_in_the_catalogue(known: set[str], found: list[tuple[str, int, str, bool]]):
    """Otherwise: .venv/bin/python scripts/translations.py, then give the English."""
    assert len(found) > 1000
    assert [place for place in found if place[3] and place[2] not in known] == []


def test_no_sentence_passes_gettext_by(found: list[tuple[str, int, str, bool]]):
    assert [place for place in found if not place[3]] == []


def test_every_exception_is_still_there():
    assert [name for name in CHINESE_BY_NATURE if not (PACKAGE / name).exists()] == []


BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
SILENT = re.compile(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|<!--.*?-->", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SPOKEN = re.compile(r"""_\((["']).*?\1\)|(?:translate|trans)\s+(["']).*?\2""")
MARKED = re.compile(r"<(\w+)[^>]*\blang=\"zh-Hans\"[^>]*>[^<]*</\1>")


def chinese_in(template: str) -> list[str]:
    """What a template says in Chinese without asking gettext."""
    text = MARKED.sub("", SILENT.sub("", BLOCK.sub("", template)))
    tags = [tag for tag in TAG.findall(text) if CJK.search(SPOKEN.sub("", tag))]
    return tags + [line.strip() for line in TAG.sub("", text).splitlines() if CJK.search(line)]


def test_no_template_passes_gettext_by():
    pages = [path for path in sorted(PACKAGE.rglob("templates/**/*")) if path.suffix in {".html", ".txt", ".xml"}]
    left = {
        path.name: found
        for path in pages
        if path.name != "components.html" and (found := chinese_in(path.read_text(encoding="utf-8")))
    }

    assert len(pages) > 100
    assert left == {}


def test_scripts_and_paper_carry_no_language_of_their_own():
    """Scripts take their sentences from the page, Typst takes them as data."""
    papers = [path for path in PACKAGE.rglob("*.typ") if "demo" not in path.parts]
    scripts = list((ROOT / "frontend" / "src").glob("*.js"))
    left = {
        path.name: line
        for path in [*papers, *scripts]
        for line in path.read_text(encoding="utf-8").splitlines()
        if CJK.search(re.sub(r"(^|\s)//.*", "", line))
    }

    assert len(papers) >= 2
    assert left == {}
