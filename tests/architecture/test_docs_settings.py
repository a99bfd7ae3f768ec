"""docs/settings.md has a row for every variable that the settings read, and none besides."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READERS = ("config/settings.py", "config/serve.py", "config/cli.py")
BY_DJANGO = {"DJANGO_SETTINGS_MODULE"}


def is_a_read(call: ast.Call) -> bool:
    """`env.str(…)`, `os.environ.get(…)`, and the two functions of ours that read what they are given."""
    name = ast.unparse(call.func)
    return re.fullmatch(r"env\.\w+", name) is not None or name in {"os.environ.get", "_secret", "_count"}


def names_read_by(source: str) -> set[str]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and is_a_read(node)]
    firsts = [call.args[0] for call in calls if call.args]
    return {arg.value for arg in firsts if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}


def rows() -> list[list[str]]:
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| `")
    ]


def test_every_way_of_reading_is_seen() -> None:
    source = 'A = env.str("A", default="").rstrip("/")\nB = _secret("B")\nC = os.environ.get("C")\nD = other("D")'

    assert names_read_by(source) == {"A", "B", "C"}


def test_every_setting_has_its_row_and_every_row_its_setting() -> None:
    read = set().union(*(names_read_by((ROOT / name).read_text(encoding="utf-8")) for name in READERS)) - BY_DJANGO
    documented = [row[0].strip("`") for row in rows()]

    assert sorted(documented) == sorted(read)


def test_every_row_is_complete() -> None:
    assert [row[0] for row in rows() if len(row) != 4 or not all(row)] == []


def test_what_production_refuses_to_do_without_is_marked() -> None:
    source = (ROOT / "config/settings.py").read_text(encoding="utf-8")
    secrets = set(re.findall(r'^(\w+) = _secret\("\1"\)', source, re.MULTILINE)) | {"FIELD_KEYS"}
    marked = {row[0].strip("`") for row in rows() if row[3] == "**must**"}

    assert len(secrets) == 4
    assert secrets <= marked


def test_nothing_else_reads_the_environment() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "kechuang").rglob("*.py"))
        if re.search(r"os\.environ(\.get\(|\[)|os\.getenv", path.read_text(encoding="utf-8"))
    ]

    assert set(readers) <= {"kechuang/console/management/commands/rehearse.py"}  # hands the environment to its child
