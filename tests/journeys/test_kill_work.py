"""kill -9 of the web process during an award and an upload, of the worker during printing and import, of an import by command;
a disk without room for an import's rows, and PostgreSQL restarted under load. What was acknowledged is there, and nothing is there twice."""

import base64
import csv
import http.client
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection

from tests.base.samples import pdf
from tests.base.small_disk import SmallDisk
from tests.bench.cluster import Cluster
from tests.factories.orgs import a_resident_id
from tests.journeys.killing import ROOT, Web, answer_of, kill, own_database, run, until
from tests.journeys.test_kill import once

pytestmark = pytest.mark.slow

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
AWARDED = {
    "awards": 6, "moves": 6, "certificates": 6, "numbers": 6, "issued": 0, "files": 0, "whole": 0, "jobs": 1, "ended": 0, "audit_ok": True,
}  # fmt: skip
PRINTED = AWARDED | {"issued": 6, "files": 6, "whole": 6, "ended": 1}


@pytest.fixture
def web(tmp_path, platform):
    return Web(tmp_path, platform)


def worker(web, *words, stall_at=""):
    """A worker of the platform, killed where it stalls, or run until it has nothing left to do."""
    mark = web.folder / f"mark-{secrets.token_hex(4)}"
    command = [sys.executable, "-m", "tests.journeys.kill_worker", *(words or ("work", "--until-idle"))]
    env = web.env | {"STALL_AT": stall_at, "STALL_MARK": str(mark)}
    process = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True, stdout=subprocess.PIPE, text=True)
    if stall_at:
        until(mark.exists)
        kill(process)
        process.stdout.close()
        time.sleep(1.6)  # the lease of the dead
        return ""
    return process.communicate(timeout=90)[0]


# --- award -------------------------------------------------------------------------------------------------------


def looked(web, made):
    found = web.scene("look_award", made["call"])
    return {name: found[name] for name in AWARDED}, found["told"]


def test_web_and_worker_killed_during_an_award_certificates_are_given_and_printed_once(web):
    made = web.scene("make_award")
    give = ("POST", f"/office/calls/{made['call']}/awards/give/", made["session"])
    body = urlencode({"notice": made["notice"]}).encode()

    web.killed("inside", *give, body, **FORM)
    nothing, _told = looked(web, made)
    web.killed("answer", *give, body, **FORM)
    with web.serving():
        again = answer_of(web.ask(*give, body, **FORM)).status
    worker(web, stall_at="batch")
    half, told = looked(web, made)
    worker(web, stall_at="end")
    worker(web)
    printed, told_last = looked(web, made)

    assert nothing == AWARDED | dict.fromkeys(("awards", "moves", "certificates", "numbers", "jobs"), 0)
    assert (again, half) == (302, AWARDED | {"issued": 2, "files": 2, "whole": 2})
    assert printed == PRINTED
    assert told_last == told > 0


# --- upload ------------------------------------------------------------------------------------------------------


def test_web_killed_during_an_upload_goes_on_from_what_arrived_and_attaches_once(web):
    made, content = web.scene("make_draft"), pdf(pages=300)
    tus = {"Tus-Resumable": "1.0.0"}
    purpose = base64.b64encode(f"application:{made['id']}:report".encode()).decode()
    with web.serving():
        begin = {"Upload-Length": str(len(content)), "Upload-Metadata": f"purpose {purpose}"}
        begun = answer_of(web.ask("POST", "/uploads/", made["session"], **tus, **begin))
        assert begun.status == 201, begun.text
    patch = tus | {"Content-Type": "application/offset+octet-stream"}
    place, half = begun.headers["Location"], len(content) // 2

    web.killed("upload", "PATCH", place, made["session"], content[:half], **patch, **{"Upload-Offset": "0"})
    with web.serving():
        arrived = int(answer_of(web.ask("HEAD", place, made["session"], **tus)).headers["Upload-Offset"])
    web.killed("answer", "PATCH", place, made["session"], content[arrived:], **patch, **{"Upload-Offset": str(arrived)})
    with web.serving():
        told = answer_of(web.ask("HEAD", place, made["session"], **tus)).headers["Upload-Offset"]

    assert 0 <= arrived <= half
    assert int(told) == len(content)
    assert web.scene("look_upload", made["id"]) == {"papers": [300], "open": 0, "parts": 0}


# --- import ------------------------------------------------------------------------------------------------------


def test_worker_killed_in_the_middle_of_a_roster_takes_every_row_once(web):
    made = web.scene("make_roster", "8")

    worker(web, stall_at="row")
    half = web.scene("look_roster", made["school"])
    worker(web, stall_at="end")
    worker(web)

    assert half["pupils"] == 2
    each = dict.fromkeys(("pupils", "accounts", "memberships", "names"), 8)
    assert web.scene("look_roster", made["school"]) == each | {"ended": 1, "audit_ok": True}


def a_roster_file(web, school, rows):
    path = web.folder / "pupils.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["学校标识码", "姓名", "年级", "班级", "证件号码"])
        for n in range(rows):
            number = a_resident_id(date(2013, 5, 6) + timedelta(days=n // 900), sequence=n % 900)
            table.writerow([school, f"学生{n}", "初一", "1班", number])
    return ("import-roster", "pupils", str(path), "--json")


def test_import_by_command_killed_in_the_middle_goes_on_and_takes_every_row_once(web):
    made = web.scene("make_school")
    command = a_roster_file(web, made["school"], 90)

    worker(web, *command, stall_at="rows")
    report = json.loads(worker(web, *command).splitlines()[-1])

    assert (report["rows_in"], report["accepted"], report["refused"]) == (90, 90, 0)
    told = web.scene("look_roster", made["school"])
    assert [told[name] for name in ("pupils", "accounts", "memberships", "names", "audit_ok")] == [90] * 4 + [True]


@contextmanager
def database_on(disk):
    """The address of an empty database whose rows lie on the small disk."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield f"sqlite:///{disk.place}/full.sqlite3"
        return
    space = f"small_{secrets.token_hex(4)}"
    try:
        shutil.chown(disk.place, "postgres", "postgres")
    except LookupError:
        pytest.skip("the database's server is not on this machine")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLESPACE {space} LOCATION '{disk.place}'")
    try:
        with own_database(disk.place, f" TABLESPACE {space}") as address:
            yield address
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLESPACE {space}")


@pytest.fixture
def disk():
    """Where the account of PostgreSQL gets at it: not in pytest's own folder."""
    folder = Path(tempfile.mkdtemp(prefix="kechuang-small-"))
    folder.chmod(0o755)
    small = SmallDisk(folder / "disk")
    yield small
    small.close()
    shutil.rmtree(folder)


@pytest.mark.django_db(transaction=True)
def test_import_without_room_for_its_rows_says_so_and_goes_on_when_there_is_some(tmp_path, disk):
    if not disk.is_mounted:
        pytest.skip("no disk can be mounted here")
    with database_on(disk) as database:
        places = {"DATABASE_URL": database, "MEDIA_ROOT": str(tmp_path / "files"), "KECHUANG_VAR": str(tmp_path)}
        web = Web(tmp_path, os.environ | places)
        run(web.env, "manage.py", "migrate", "--verbosity=0")
        made = web.scene("make_school")
        command = [sys.executable, "-m", "tests.journeys.kill_worker", *a_roster_file(web, made["school"], 400)]
        disk.full(left=300_000)
        stopped = subprocess.run(command, cwd=ROOT, env=web.env, capture_output=True, text=True, check=False)
        disk.freed()
        half = web.scene("look_roster", made["school"])
        done = subprocess.run(command, cwd=ROOT, env=web.env, capture_output=True, text=True, check=True)
        told = web.scene("look_roster", made["school"])

    assert (stopped.returncode, stopped.stderr.strip().splitlines()[-1][:11]) == (1, "存储空间已满，没有做完")
    assert half["pupils"] % 20 == 0 and half["pupils"] < 400
    report = json.loads(done.stdout.splitlines()[-1])
    assert (report["rows_in"], report["accepted"], report["refused"]) == (400, 400, 0)
    assert [told[name] for name in ("pupils", "accounts", "memberships", "names", "audit_ok")] == [400] * 4 + [True]


# --- PostgreSQL --------------------------------------------------------------------------------------------------


@pytest.mark.skipif(
    settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"), reason="SQLite has no server to restart"
)
def test_postgresql_crashes_and_comes_back_under_load_and_every_entry_is_submitted_once(tmp_path, platform):
    """A cluster of its own: stopped without a farewell while twelve submit, twice over; each goes on until it is confirmed."""
    with Cluster("faults") as cluster:
        cluster.create("faults")
        env = platform | {"DATABASE_URL": cluster.url("faults"), "MEDIA_ROOT": str(tmp_path / "files")}
        run(env, "manage.py", "migrate", "--verbosity=0")
        web = Web(tmp_path, env)
        entries, confirmed, odd = web.scene("make", "12"), {}, []
        with web.serving(workers=2):
            crowd = [threading.Thread(target=until_confirmed, args=(web, one, confirmed, odd)) for one in entries]
            for one in crowd:
                one.start()
            for wanted in (2, 6):
                until(lambda wanted=wanted: len(confirmed) >= wanted)
                cluster.crash()
                time.sleep(0.5)
                cluster.start()
            for one in crowd:
                one.join(60)
        told = {one["id"]: web.scene("look", one["id"]) for one in entries}
        cluster.drop("faults")

    assert odd == []
    assert set(confirmed) == set(told)
    assert [public_id for public_id, found in told.items() if not once(found)] == []


def until_confirmed(web, entry, confirmed, odd):
    """Submit, and read the receipt; whatever is not confirmed is sent again. A refusal must be one in words."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            answer = answer_of(web.ask("POST", f"/applications/{entry['id']}/submit/", entry["session"]))
        except (http.client.HTTPException, OSError):
            continue
        if answer.status == 302:
            confirmed[entry["id"]] = answer.headers["Location"]
            return
        if answer.status != 503 or "没有丢失" not in answer.text:
            odd.append((answer.status, answer.text[:200]))
        time.sleep(0.2)
