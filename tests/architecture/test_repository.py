"""What must hold of the files themselves: no addresses in locks, no machine paths, no giants, commands that exist."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 500
LONGEST_OF_TESTS = 600
"""A table of cases reads better whole."""
LONG_FOR_A_REASON = {
    "package-lock.json": "written by npm",
    "requirements/main.txt": "written by make lock",
    "requirements/dev.txt": "written by make lock",
}
LONG_BY_NATURE = (".po", ".csv", ".svg", ".json", ".ttf", ".png", ".jpg", ".pdf", ".xlsx", ".md")
MACHINE_PATHS = re.compile(r"/(?:home|Users)/\w+/|/(?:root|work)/")
ADDRESS = re.compile(r"https?://|file:|--index-url|--extra-index-url|--find-links|^-[if] ", re.MULTILINE)


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: an exported tree has no list of tracked files")
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    found = {}
    for name in tracked():
        try:
            found[name] = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


def test_python_locks_hold_hashes_and_no_addresses() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text(encoding="utf-8")
        pins = re.findall(r"^[a-z0-9][\w.-]*==", text, re.MULTILINE)

        assert not ADDRESS.search(text), lock.name
        assert len(pins) == len(re.findall(r"^[^\s#].*\\$", text, re.MULTILINE)), f"{lock.name}: a pin without a hash"
        assert pins


def test_npm_lock_holds_hashes_and_no_addresses() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    assert [name for name, entry in packages.items() if name and "resolved" in entry] == []
    assert "://" not in (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text(encoding="utf-8")


def test_locks_cover_what_pyproject_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lists = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    asked = [re.match(r"[\w.-]+", line).group() for lines in lists for line in lines if isinstance(line, str)]
    locked = "".join(lock.read_text(encoding="utf-8") for lock in (ROOT / "requirements").glob("*.txt"))

    assert "django" in asked
    assert [name for name in asked if not re.search(rf"^{name}(\[[\w,-]+\])?==", locked, re.MULTILINE)] == []


def test_no_path_of_a_machine_is_tracked() -> None:
    here = str(Path(__file__).relative_to(ROOT))

    assert [name for name, text in texts().items() if name != here and MACHINE_PATHS.search(text)] == []


def test_no_file_is_too_long() -> None:
    lengths = {name: text.count("\n") for name, text in texts().items() if not name.endswith(LONG_BY_NATURE)}
    allowed = {name: LONGEST_OF_TESTS if name.startswith("tests/") else LONGEST for name in lengths}
    long = {
        name: length
        for name, length in lengths.items()
        if length > allowed[name] and name not in LONG_FOR_A_REASON and "/migrations/" not in name
    }

    assert long == {}


def test_every_line_of_readme_that_calls_make_names_a_target() -> None:
    readme = ROOT / "README.md"
    if not readme.exists():
        pytest.skip("README.md is not written yet")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    called = set(re.findall(r"(?:^|`|\s)make ([a-z-]+)\b", readme.read_text(encoding="utf-8")))

    assert called <= targets


def test_every_target_of_the_makefile_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE).group(1).split())

    assert set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)) == targets


def test_import_contracts_hold() -> None:
    linter = Path(sys.executable).parent / "lint-imports"

    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout[-3000:]


def test_judging_runs_without_django() -> None:
    code = (
        "import sys, pkgutil, importlib, kechuang.judging as j; "
        "[importlib.import_module(m.name) for m in pkgutil.walk_packages(j.__path__, 'kechuang.judging.')]; "
        "sys.exit('django' in sys.modules)"
    )

    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr


def test_inline_imports_carry_their_reason() -> None:
    """style.md: `slow import` or `app ready`; there is no third reason."""
    bare = re.compile(r"# noqa: [^#]*PLC0415(?! -- (?:slow import|app ready)\b)")

    assert [
        name
        for name, text in texts().items()
        if name.endswith(".py") and not name.startswith("tests/") and bare.search(text)
    ] == []
