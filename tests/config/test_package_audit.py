"""The audit of packages: a hole fails, silence is told as silence."""

from pathlib import Path

from scripts.audit_packages import LOCK, NOT_AUDITED, first_of, verdict

FINE = {"name": "a", "version": "1", "vulns": []}
HOLE = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2.1"]}]}
SILENT = {"name": "c", "skip_reason": "Dependency not found on PyPI and could not be audited: c (3)"}


def test_a_known_hole_fails_and_says_what_mends_it():
    assert verdict({"dependencies": [FINE, HOLE, SILENT]}) == (1, "b 2: PYSEC-2026-1, mended in 2.1")


def test_silence_is_no_clean_bill():
    assert verdict({}) == (0, NOT_AUDITED)
    assert verdict({"dependencies": [SILENT, SILENT]}) == (0, NOT_AUDITED)


def test_what_was_audited_is_counted_apart():
    assert verdict({"dependencies": [FINE, FINE]}) == (0, "ok, 2 packages")
    assert (
        verdict({"dependencies": [FINE, SILENT]})[1] == "ok, 1 packages; 1 not audited: unknown to the advisory source"
    )


def test_the_first_question_is_about_one_locked_package(tmp_path: Path):
    one = first_of(LOCK, tmp_path).read_text(encoding="utf-8")

    assert one.count("==") == 1
    assert "--hash=sha256:" in one
