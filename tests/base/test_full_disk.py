"""A disk without room during upload, printing, backup and import: said in words, nothing half saved, nothing acknowledged lost."""

import base64
import json
import tempfile

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from config.cli import _sentence
from kechuang.base import clock
from kechuang.base.backups import Manifest, make_backup
from kechuang.base.errors import Refused
from kechuang.base.files import tus
from kechuang.base.full import is_full
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.models import Job, StoredFile
from kechuang.engine.awards import printing
from kechuang.engine.awards.actions import award_call
from kechuang.engine.awards.models import Certificate
from tests.base.samples import docx, image, pdf, video
from tests.base.small_disk import SmallDisk
from tests.engine.honours import DAY, closed_notice, make_competition
from tests.factories.orgs import a_person
from tests.web.applicant_scene import a_draft, a_scene, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SENTENCE = "服务器的存储空间已满，这一步没有保存。以前保存和提交的内容都在，没有丢失。"
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = 60_000


@pytest.fixture
def disk(tmp_path):
    small = SmallDisk(tmp_path / "small")
    yield small
    small.close()


@pytest.fixture
def mounted(disk):
    """A disk of its own: the limit of a file's size would meet the database's temporary files as well."""
    if not disk.is_mounted:
        pytest.skip("no disk can be mounted here")
    return disk


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.MEDIA_ROOT, settings.UPLOAD_DIR = tmp_path / "media", tmp_path / "uploads"


def told(response):
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert SENTENCE in response.content.decode()


# --- upload ------------------------------------------------------------------------------------------------------


@pytest.fixture
def scene():
    return a_scene()


@pytest.fixture
def client(scene):
    client = signed_in(scene.pupil)
    client.raise_request_exception = False
    return client


@pytest.fixture
def draft(scene):
    return a_draft(scene)


def asked_for(client, draft, content):
    purpose = base64.b64encode(f"application:{draft.public_id}:report".encode()).decode()
    headers = {**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": f"purpose {purpose}"}
    return client.post(reverse("uploads"), headers=headers)


def begun(client, draft, content):
    created = asked_for(client, draft, content)
    assert created.status_code == 201
    return created["Location"]


def sent(client, url, content, offset):
    headers = {**TUS, "Upload-Offset": str(offset)}
    return client.patch(url, content[offset:], content_type="application/offset+octet-stream", headers=headers)


def arrived(client, url):
    return int(client.head(url, headers=TUS)["Upload-Offset"])


def test_upload_stops_where_the_room_ended_and_goes_on_from_there(client, draft, disk, settings, monkeypatch):
    settings.UPLOAD_DIR = disk.place
    monkeypatch.setattr(tus, "RESERVE", 0)
    content = pdf(pages=400)
    assert len(content) > BYTES
    url = begun(client, draft, content)

    disk.full(left=BYTES // 4096 * 4096)
    told(sent(client, url, content, 0))
    disk.freed()
    offset = arrived(client, url)
    answer = sent(client, url, content, offset)

    assert 0 <= offset <= BYTES
    assert answer.status_code == 204
    assert draft.attachments.get().stored.pages == 400


def test_upload_is_not_begun_where_it_would_not_fit(client, draft, mounted, settings):
    settings.UPLOAD_DIR = mounted.place
    mounted.full()

    refused = asked_for(client, draft, pdf())

    assert refused.status_code == 507
    assert "存储空间不足" in refused.content.decode()


@pytest.mark.parametrize("kind", ["pdf", "image", "docx", "video"])
@pytest.mark.parametrize("where", ["checking", "keeping"])
def test_whole_file_that_found_no_room_is_neither_refused_nor_lost(kind, where, disk, settings, monkeypatch):
    """Full while it is checked (temporary files), or while it is kept (the store)."""
    content = {
        "pdf": pdf(pages=400), "image": image("PNG", size=(900, 900)), "docx": docx(), "video": video(),
    }[kind]  # fmt: skip
    owner = a_person()
    upload = tus.create_upload(owner.user, f"a.{kind}", len(content), max_bytes=1 << 24)
    tus.append(upload, 0, content)
    kinds = ("pdf", "image", "document", "video")
    if where == "checking":
        monkeypatch.setattr(tempfile, "tempdir", str(disk.place))
    else:
        settings.MEDIA_ROOT = disk.place

    disk.full()
    with pytest.raises(OSError) as error:
        tus.finish(upload, kind=kinds, max_bytes=1 << 24)
    assert is_full(error.value)
    assert (disk.files(), StoredFile.objects.count()) == ([], 0)
    disk.freed()
    stored = tus.finish(tus.Upload.objects.get(), kind=kinds, max_bytes=1 << 24)

    assert stored.size == default_storage.size(stored.blob.name)


# --- certificates ------------------------------------------------------------------------------------------------


def test_certificates_that_found_no_room_are_printed_when_there_is_some_each_once(disk, settings, monkeypatch):
    settings.MEDIA_ROOT = disk.place
    monkeypatch.setattr(printing, "BATCH", 2)
    with clock.travel(DAY):
        competition = make_competition(entries=6, prizes=("first",) * 6, pupils=("张小三",))
        award_call(closed_notice(competition), by=competition.officer)
        size = len(printing.certificate_pdf(Certificate.objects.first()))
        disk.full(left=5 * -(-size // 4096) * 4096 + 20 * 4096)
        store, stored = printing._store, []

        def room_for_one_batch(*args):
            if stored:
                disk.full()
            store(*args)
            stored.append(args)

        monkeypatch.setattr(printing, "_store", room_for_one_batch)
        run_pending_jobs(limit=1)
        job = Job.objects.get(kind="certificates.issue")
        assert (job.state, job.attempts, job.error[:12]) == ("queued", 0, SENTENCE[:12])
        assert (
            len(disk.files()) == StoredFile.objects.count() == Certificate.objects.filter(state="issued").count() == 2
        )
        disk.freed()
        monkeypatch.setattr(printing, "_store", store)
    with clock.travel(DAY.replace(hour=23)):
        run_pending_jobs()

    assert Certificate.objects.filter(state="issued").count() == len(disk.files()) == 6
    assert Job.objects.get(pk=job.pk).state == "succeeded"


# --- backup ------------------------------------------------------------------------------------------------------


def test_backup_without_room_is_no_backup_and_leaves_nothing(mounted):
    place = mounted.place / "backup"
    a_person()

    mounted.full(left=8192)
    with pytest.raises(Refused) as refusal:
        make_backup(place)
    assert "没有空间了，备份没有做成" in refusal.value.sentence
    assert mounted.files() == []
    with pytest.raises(CommandError, match="没有空间了"):
        call_command("backup", str(place))
    mounted.freed()
    made = make_backup(place)

    assert Manifest.read(place).rows == made.rows


# --- the database itself -----------------------------------------------------------------------------------------


def database_full():
    class DiskFull(Exception):
        sqlstate = "53100"

    error = OperationalError("could not extend file: No space left on device")
    error.__cause__ = DiskFull()
    return error


def asked(method, address, **given):
    def full(execute, sql, params, many, context):
        raise database_full()

    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "k" * 32
    with connection.execute_wrapper(full):
        return getattr(client, method)(address, **given)


def test_a_full_database_is_told_to_a_person_with_what_was_typed():
    response = asked("post", "/applications/abc/edit/", data={"a-title": "红树林监测"})

    told(response)
    assert 'name="a-title" value="红树林监测"' in response.content.decode()


def test_a_full_database_is_told_to_saving_as_one_types():
    response = asked("patch", "/applications/abc/save/", data="{}", content_type="application/json")

    assert response.status_code == 503
    assert "存储空间已满，内容已留在本机" in json.loads(response.content)["message"]


def test_a_full_database_is_told_at_the_command_line_in_one_sentence():
    assert _sentence(database_full()).startswith("存储空间已满，没有做完；已经保存的都在")
