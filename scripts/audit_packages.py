"""Known holes of the locked packages, asked of the advisories that the package index gives. Exit code 1 when there is one.

An index without advisories (a mirror, or none within reach) is told plainly and is no failure: nothing was audited then.
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "main.txt"
PATIENCE = 120
ACCEPTED: dict[str, str] = {}
"""Advisories that do not concern us: id → why."""
NOT_AUDITED = "not audited: no advisory source reachable"


def verdict(report: dict[str, Any]) -> tuple[int, str]:
    """Exit code and sentence for pip-audit's JSON. A package without an answer was not audited, and is counted as such."""
    packages = report.get("dependencies", [])
    asked = [package for package in packages if "skip_reason" not in package]
    if not asked:
        return 0, NOT_AUDITED
    holes = [
        f"{package['name']} {package['version']}: {hole['id']}, mended in {', '.join(hole.get('fix_versions', [])) or 'no version yet'}"
        for package in asked
        for hole in package.get("vulns", [])
        if hole["id"] not in ACCEPTED
    ]
    if holes:
        return 1, "\n".join(holes)
    left = len(packages) - len(asked)
    return 0, f"ok, {len(asked)} packages" + (f"; {left} not audited: unknown to the advisory source" if left else "")


def ask(lock: Path) -> dict[str, Any]:
    """pip-audit's report; an empty one when it cannot say anything."""
    command = [
        sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--disable-pip", "--no-deps", "--format", "json",
        "--progress-spinner", "off", "--timeout", "5",
    ]  # fmt: skip
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        return dict(json.loads(ran.stdout))
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return {}


def first_of(lock: Path, folder: Path) -> Path:
    """A lock of the first package alone: whether anybody answers is known after one question."""
    lines = lock.read_text(encoding="utf-8").split("\n")
    end = next(n for n, line in enumerate(lines[1:], 1) if line and not line.startswith(" "))
    one = folder / "one.txt"
    one.write_text("\n".join(lines[:end]) + "\n", encoding="utf-8")
    return one


def main() -> int:
    with TemporaryDirectory() as folder:
        code, sentence = verdict(ask(first_of(LOCK, Path(folder))))
    if sentence != NOT_AUDITED:
        code, sentence = verdict(ask(LOCK))
    print(sentence)
    return code


if __name__ == "__main__":
    sys.exit(main())
