"""Application state has one writer (architecture.md, rule 1)."""

import ast
from pathlib import Path

import kechuang

ROOT = Path(kechuang.__file__).parent
WRITER = ROOT / "engine" / "applications" / "perform.py"
NAMES = {"application", "app", "locked_application"}


def assignments_of_state(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        for target in targets:
            if (
                isinstance(target, ast.Attribute)
                and target.attr == "state"
                and getattr(target.value, "id", "") in NAMES
            ):
                yield f"{path.relative_to(ROOT)}:{node.lineno}"
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"update", "bulk_update"}
        ):
            text = ast.unparse(node)
            if "Application.objects" in text and ("state=" in text or "'state'" in text):
                yield f"{path.relative_to(ROOT)}:{node.lineno}"


def test_the_writer_itself_is_seen():
    assert list(assignments_of_state(WRITER))


def test_nobody_else_writes_application_state():
    others = [path for path in ROOT.rglob("*.py") if path != WRITER and "migrations" not in path.parts]

    assert [found for path in others for found in assignments_of_state(path)] == []
