"""The dress rehearsal on a small made table: it adds up, repeats itself, and leaves nothing behind."""

import csv
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from kechuang.engine.models import Application, Call

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NOBODY = "http://127.0.0.1:9"
"""Where the city's store would be: a rehearsal that touched it would fail."""
CATEGORIES = ("Physics and Astronomy", "Microbiology", "Robotics and Intelligent Machines")
AWARDS = ("", "", "Fourth", "", "Third", "", "Second", "", "First", "")


@pytest.fixture
def entries(tmp_path):
    path = tmp_path / "entries.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["entry_no", "title", "category", "country", "region", "team_size", "grand_award"])
        for n in range(60):
            writer.writerow(
                [f"T-{n:03d}", f"Work {n}", CATEGORIES[n % 3], "Country", f"R{n % 14}", 1 + n % 3, AWARDS[n % 10]]
            )
        writer.writerow(["T-000", "The same number again", CATEGORIES[0], "Country", "R1", 1, ""])
        writer.writerow(["T-900", "A field that is not there", "Alchemy", "Country", "R1", 1, ""])
        writer.writerow(["T-901", "A team of nine", CATEGORIES[0], "Country", "R1", 9, ""])
    return path


def databases():
    if connection.vendor == "sqlite":
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'kechuang_rehearsal_%%'")
        return {row[0] for row in cursor.fetchall()}


def rehearse(path, *more):
    command = [sys.executable, "-m", "django", "rehearse", "--entries", str(path), "--json", *more]
    city = {"S3_BUCKET": "city", "S3_ENDPOINT": NOBODY, "S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "b"}
    environment = {
        **os.environ,
        **city,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(settings.BASE_DIR),
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=path.parent)
    return done, json.loads(done.stdout.strip().splitlines()[-1]) if done.stdout.strip() else {}


def test_rehearsal_adds_up_and_repeats_itself(entries):
    before = databases()

    done, report = rehearse(entries, "--seed", "5", "--experts", "24")

    assert done.returncode == 0, done.stderr
    assert report["faults"] == []
    assert (report["rows_in"], report["accepted"], report["refused"]) == (63, 60, 3)
    assert {refusal["row"] for refusal in report["refusals"]} == {62, 63, 64}
    assert report["conflicts_broken"] == 0
    assert sum(report["awards"].values()) == report["certificates_issued"] == report["certificates_verified"] > 0
    assert report["audit_ok"] is True
    assert report["replayed"] is True
    assert databases() == before
    assert not Call.objects.exists()
    assert not Application.objects.exists()

    _again, second = rehearse(entries, "--seed", "5", "--experts", "24")

    assert second["awards"] == report["awards"]
    assert second["awards_digest"] == report["awards_digest"]
    assert (second["precision_at_awards"], second["kendall_tau"]) == (
        report["precision_at_awards"],
        report["kendall_tau"],
    )


def test_rehearsal_of_a_file_that_is_no_table_fails_in_words(tmp_path):
    path = tmp_path / "letter.csv"
    path.write_text("亲爱的老师：\n你好\n", encoding="utf-8")

    done, _report = rehearse(path)

    assert done.returncode != 0
    assert "表格里找不到这些列" in done.stderr


def test_rehearsal_of_a_missing_file_fails_in_words(tmp_path):
    done, _report = rehearse(tmp_path / "nothing.csv")

    assert done.returncode != 0
    assert "找不到文件" in done.stderr


def test_rehearsal_refuses_to_run_in_the_citys_own_database(entries):
    done, _report = rehearse(entries, "--inside")

    assert done.returncode != 0
    assert "只在自己的临时数据库里进行" in done.stderr
