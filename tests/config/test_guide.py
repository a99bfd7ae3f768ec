"""docs/production.md, carried out: its commands make an installation, and people use it through nginx."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time

import pytest
import requests

from tests.base import samples
from tests.config.machine import ROOT, Machine, steps, tool
from tests.providers import s3
from tests.web.test_files_tus import TUS, metadata

pytestmark = [pytest.mark.slow]
SERVER = os.environ.get("DATABASE_URL_PG", "postgres://postgres@127.0.0.1:5432/postgres")
PATIENCE = 60
REMEDY = "Install it (apt-get install -y --no-install-recommends nginx) to have docs/production.md carried out."


@pytest.fixture(scope="module")
def store():
    with s3.running() as found:
        found.empty()
        yield found


@pytest.fixture(scope="module")
def machine(store, tmp_path_factory):
    """As the guide leaves it after step 11; what its commands said is `said`."""
    if tool("nginx") is None:
        pytest.skip(f"nginx is not on this machine. {REMEDY}")
    if tool("psql") is None or tool("createdb") is None:
        pytest.skip("PostgreSQL's programs (psql, createdb) are not on this machine.")
    asked = [sys.executable, ROOT / "scripts/postgres_answers.py", SERVER]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("No PostgreSQL answers: start one, or name it by DATABASE_URL_PG.")
    own = {
        "KECHUANG_HOST": "localhost", "CITY_NAME": "示范市", "CITY_CODE": "440300", "S3_ENDPOINT": store.address,
        "S3_BUCKET": s3.BUCKET, "S3_ACCESS_KEY": s3.ACCESS, "S3_SECRET_KEY": s3.SECRET,
    }  # fmt: skip
    made = Machine(tmp_path_factory.mktemp("machine"), SERVER, own)
    try:
        made.said = made.run(*range(1, 12))
        yield made
    finally:
        made.end()


@pytest.fixture
def people(machine):
    with visitor(machine) as session:
        yield session


def visitor(machine):
    """Trusts the guide's certificate, and nothing that this machine's environment says."""
    session = requests.Session()
    session.verify, session.trust_env = machine.certificate, False
    return session


def wait_for(true, what):
    until = time.monotonic() + PATIENCE
    while not (found := true()):
        assert time.monotonic() < until, f"{what} did not come about"
        time.sleep(0.3)
    return found


# --- the guide ---------------------------------------------------------------------------------------------------


def test_every_step_has_its_number_and_one_block():
    found = steps()

    assert [number for number, _title, _blocks in found] == list(range(1, 13))
    assert [title for _number, title, blocks in found if len(blocks) != 1] == []


def test_the_guide_makes_an_installation_in_which_every_part_answers(machine, people):
    parts = wait_for(
        lambda: (said := people.get(f"{machine.address}/readyz").json())["parts"]["worker"] == "ok" and said,
        "a worker",
    )

    assert parts == {"ready": True, "parts": dict.fromkeys(("database", "migrations", "files", "room", "worker"), "ok")}
    assert len(re.findall(r"首次密码 \S{8,}（", machine.said)) == 3
    assert (machine.place / "etc/kechuang/kechuang.env").stat().st_mode & 0o077 == 0
    assert "no issues" in machine.said.lower()


def test_a_backup_is_made(machine):
    [made] = (machine.place / "var/backups/kechuang").iterdir()

    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))

    assert manifest["tables"]["orgs.person"]["rows"] == 3
    assert manifest["missing"] == []


# --- through nginx -----------------------------------------------------------------------------------------------


def test_people_are_led_to_https_and_find_the_city(machine, people):
    moved = requests.get(f"http://localhost:{machine.http}/works/?q=1", allow_redirects=False, timeout=10)
    home = people.get(machine.address)

    assert (moved.status_code, moved.headers["Location"]) == (301, f"{machine.address}/works/?q=1")
    assert home.status_code == 200 and "主办：示范市教育局" in home.text
    assert home.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_nginx_hands_out_static_files_for_a_year_and_the_metrics_to_nobody(machine, people):
    sheet = re.search(r'href="(/static/[^"]+\.css)"', people.get(machine.address).text)[1]

    given = people.get(machine.address + sheet)
    unnamed = people.get(f"{machine.address}/static/staticfiles.json")

    assert re.search(r"\.[0-9a-f]{12}\.css$", sheet)
    assert given.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (given.headers["Content-Encoding"], given.headers["X-Content-Type-Options"]) == ("gzip", "nosniff")
    assert unnamed.headers["Cache-Control"] == "public, max-age=60"
    assert ("GET", sheet, "200", "-") in machine.passed()
    assert people.get(f"{machine.address}/metrics").status_code == 404


def test_both_web_processes_answer(machine, people):
    for _n in range(6):
        assert people.get(f"{machine.address}/healthz").status_code == 200

    assert {by for _method, address, _status, by in machine.passed() if address == "/healthz"} >= machine.ports


def test_a_pupil_signs_in_uploads_and_reads_and_a_worker_does_its_part(machine, people, store):
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import tests.config.guide_scene"
    scene = json.loads(machine.shell(f'kechuang shell --no-imports -c "{code}"').splitlines()[-1])
    sign_in(machine, people, scene)
    token = {"X-CSRFToken": people.cookies["csrftoken"], "Referer": f"{machine.address}/"}
    content = samples.image("JPEG", size=(900, 700))
    before = set(store.names())

    told = metadata(filename="照片.jpg", purpose=f"application:{scene['draft']}:photos")
    headers = TUS | token | {"Upload-Length": str(len(content)), "Upload-Metadata": told}
    begun = people.post(f"{machine.address}/uploads/", headers=headers)
    assert begun.status_code == 201, begun.text
    place = machine.address + begun.headers["Location"]
    first = send(people, place, content[:5000], 0, token)
    last = send(people, place, content[5000:], 5000, token)
    file = f"{machine.address}/files/{last.headers['Upload-File']}/"
    read = people.get(file)

    assert (first.status_code, last.status_code, read.status_code) == (204, 204, 200)
    [name] = [name for name in set(store.names()) - before if name.startswith("stored/")]
    assert store.client.get_object(Bucket=s3.BUCKET, Key=name)["Body"].read() == read.content
    assert people.get(file, headers={"Range": "bytes=0-99"}).content == read.content[:100]
    assert requests.get(file, verify=machine.certificate, timeout=10).status_code == 404
    drawn = wait_for(lambda: (got := people.get(f"{file}picture/")).ok and got, "the picture that a worker draws")
    assert drawn.content[8:12] == b"WEBP"
    assert not (machine.place / "var/lib/kechuang/files").exists()


def sign_in(machine, people, scene):
    page = f"{machine.address}/account/sign-in/"
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', people.get(page).text)[1]
    fields = {"csrfmiddlewaretoken": token, "login": scene["login"], "password": scene["pin"]}
    answer = people.post(page, fields, headers={"Referer": page})
    assert (answer.status_code, answer.url) == (200, f"{machine.address}/desk/"), answer.url


def send(people, place, content, offset, token):
    headers = TUS | token | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    return people.patch(place, content, headers=headers)


def test_nobody_notices_a_restart(machine):
    """Neither who reads nor who sends: a form is never sent twice by nginx, so none may be lost on its way."""
    read, sent, over = [], [], threading.Event()

    def go_on() -> None:
        with visitor(machine) as session:
            while not over.is_set():
                for path in ("/", "/healthz", "/account/sign-in/"):
                    read.append(session.get(f"{machine.address}{path}").status_code)
                    sent.append(session.post(f"{machine.address}/healthz").status_code)
                    time.sleep(0.05)

    slow = half_a_form(machine)
    began = {path.name: path.read_text() for path in machine.place.glob("run/*.service.pid")}
    readers = [threading.Thread(target=go_on) for _n in range(3)]
    for reader in readers:
        reader.start()
    try:
        threading.Timer(3, lambda: slow.sendall(b"=1")).start()
        machine.run(1, 12)
    finally:
        over.set()
        for reader in readers:
            reader.join()

    with slow:
        assert slow.recv(1000).startswith(b"HTTP/1.1 403 ")
    ended = {path.name: path.read_text() for path in machine.place.glob("run/*.service.pid")}
    assert len(began) == 4 and [name for name in began if began[name] == ended[name]] == []
    assert (len(read) > 50, set(read), set(sent)) == (True, {200}, {403})  # no token: refused by the platform itself


def half_a_form(machine):
    """Under way at the first web process until it is sent to its end: so long its restart has to wait."""
    line = socket.create_connection(("127.0.0.1", machine.first), timeout=PATIENCE)
    line.sendall(
        b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\nContent-Length: 3\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\na"
    )
    return line
