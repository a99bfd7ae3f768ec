"""Files in an S3-compatible store: from the upload to the last byte, with nothing left on the disk of the web process."""

import io
import os
import zipfile

import pytest
from botocore.exceptions import IncompleteReadError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse

from kechuang.base import clock, files
from kechuang.base.backups import make_backup, restore_backup, rows
from kechuang.base.files.s3 import PIECE
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.models import StoredFile
from kechuang.base.watching import parts
from kechuang.engine.applications.models import TeamMember
from kechuang.engine.awards.actions import award_call, issue_certificates
from kechuang.engine.awards.models import Certificate
from kechuang.orgs.actions.exports import approve_export, ask_export
from kechuang.orgs.models import ExportRequest
from tests.base import samples
from tests.engine.honours import DAY, answer, closed_notice, make_actor, make_competition
from tests.factories.orgs import a_guardian
from tests.providers import s3
from tests.web.applicant_scene import a_draft, a_paper, a_scene, everybody, signed_in
from tests.web.test_files_tus import TUS, create, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def server():
    with s3.running() as found:
        yield found


@pytest.fixture(autouse=True)
def store(server, settings, tmp_path):
    server.empty()
    settings.MEDIA_ROOT, settings.UPLOAD_DIR = tmp_path / "files", tmp_path / "uploads"
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "kechuang.base.files.s3.S3Store", "OPTIONS": server.options}
    }
    yield server
    assert not settings.MEDIA_ROOT.exists(), "something went to the disk instead of the store"


def read(person, stored, **headers):
    response = signed_in(person).get(reverse("file", args=[stored.public_id]), headers=headers)
    response.whole = b"".join(response.streaming_content) if response.streaming else response.content
    return response


# --- an upload's way ---------------------------------------------------------------------------------------------


def test_an_upload_goes_in_pieces_to_the_store_and_out_to_its_readers_alone(store, django_capture_on_commit_callbacks):
    scene = a_scene()
    draft, client, content = a_draft(scene), signed_in(scene.pupil), samples.image("JPEG", size=(900, 700))

    url = create(client, draft, len(content), "photos", "照片.jpg")["Location"]
    send(client, url, content[:5000])
    assert client.head(url, headers=TUS)["Upload-Offset"] == "5000"
    assert store.names() == []
    with django_capture_on_commit_callbacks(execute=True):
        send(client, url, content[5000:], 5000)
        run_pending_jobs()
    stored = draft.attachments.get().stored
    people = everybody(scene) | {"guardian": a_guardian(scene.pupil)}
    answers = {who: read(person, stored) for who, person in people.items()}

    assert store.names() == [f"stored/{stored.public_id[:2]}/{stored.public_id}"]
    assert {who for who, answer in answers.items() if answer.status_code == 200} == {"pupil", "teacher", "guardian"}
    assert {answer.status_code for answer in answers.values()} == {200, 404}
    whole = answers["pupil"].whole
    assert (len(whole), answers["pupil"]["Content-Length"]) == (stored.size, str(stored.size))
    assert b"Exif" in content and b"Exif" not in whole  # accepted means stripped
    assert client.get(reverse("file_picture", args=[stored.public_id])).status_code == 200


def test_no_address_of_the_store_is_given_to_a_browser(store):
    scene = a_scene()
    stored = a_paper(a_draft(scene)).stored

    answer = read(scene.pupil, stored)

    said = answer.whole.decode("latin-1") + "".join(f"{name}: {value}\n" for name, value in answer.items())
    assert answer.status_code == 200 and "X-Amz" not in said and store.address not in said


def test_a_part_is_fetched_as_a_part(store, monkeypatch):
    scene = a_scene()
    stored = a_paper(a_draft(scene)).stored
    whole, asked = read(scene.pupil, stored).whole, []
    client = default_storage.connection.meta.client
    client.meta.events.register(
        "before-call.s3.GetObject", lambda params, **more: asked.append(params["headers"]["Range"])
    )

    answer = read(scene.pupil, stored, Range="bytes=-20")

    assert (answer.status_code, answer.whole) == (206, whole[-20:])
    assert asked == [f"bytes={len(whole) - 20}-"]


def test_a_discarded_file_leaves_the_store(store, django_capture_on_commit_callbacks):
    scene = a_scene()
    stored = files.accept(io.BytesIO(samples.pdf()), kind="pdf", max_bytes=10**6, by=scene.pupil.user)
    assert len(store.names()) == 1

    with django_capture_on_commit_callbacks(execute=True):
        files.discard(stored, by=scene.pupil.user)

    assert (store.names(), StoredFile.objects.count()) == ([], 0)


def test_bytes_whose_row_was_refused_are_taken_out_again(store, monkeypatch):
    monkeypatch.setattr(StoredFile, "save", lambda *args, **more: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        files.accept(io.BytesIO(samples.pdf()), kind="pdf", max_bytes=10**6)
    assert store.names() == []


# --- certificates, exports, backups ------------------------------------------------------------------------------


def test_certificates_are_printed_into_the_store_and_bundled_out_of_it(store, django_capture_on_commit_callbacks):
    with clock.travel(DAY):
        contest = make_competition(pupils=("张小三",), advisers=())
        for member in TeamMember.objects.all():
            answer(member.person, "entering")
        award_call(closed_notice(contest), by=contest.officer)
        issue_certificates(contest.call, by=contest.officer)
        run_pending_jobs()
        issued = list(Certificate.objects.filter(state="issued").select_related("stored"))
        second = make_actor("复核人", contest.city, "city_officer")
        row = ask_export("certificate_files", {"call": contest.call.slug}, reason="按学校发放证书", by=contest.officer)
        with django_capture_on_commit_callbacks(execute=True):
            approve_export(row, by=second)
        run_pending_jobs()
        bundle = ExportRequest.objects.get().file

        page = signed_in(contest.officer.person).get(reverse("certificate_pdf", args=[issued[0].code]))
        sheet = b"".join(page.streaming_content)

    assert {c.stored.blob.name for c in issued} < set(store.names())
    with bundle.open() as file, zipfile.ZipFile(file) as archive:
        papers = [archive.read(name) for name in archive.namelist() if name.endswith(".pdf")]
    assert len(papers) == len(issued) == 3 and sheet in papers
    assert [paper[:4] for paper in papers] == [b"%PDF"] * 3


def test_files_are_backed_up_from_the_store_and_restored_into_it(store, tmp_path):
    kept = files.accept(io.BytesIO(samples.image("PNG")), kind="image", max_bytes=10**6)
    lost = files.accept(io.BytesIO(samples.pdf()), kind="pdf", max_bytes=10**6)
    with kept.open() as file:
        content = file.read()
    default_storage.delete(lost.blob.name)

    made = make_backup(tmp_path / "backup")
    store.empty()
    with connection.cursor() as cursor:
        for model in rows.kept_models():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")
    done = restore_backup(tmp_path / "backup")

    assert made.missing == done.missing == [lost.sha256]
    assert (done.ok, done.files, store.names()) == (True, 1, [kept.blob.name])
    with StoredFile.objects.get(pk=kept.pk).open() as file:
        assert file.read() == content


# --- when the store fails ----------------------------------------------------------------------------------------


def test_a_store_that_is_away_is_told_by_readiness_as_a_disk_would_be(settings, client):
    assert client.get("/readyz").json()["parts"]["files"] == "ok"
    away = settings.STORAGES["default"]["OPTIONS"] | {"endpoint_url": "http://127.0.0.1:9"}
    settings.STORAGES = settings.STORAGES | {"default": settings.STORAGES["default"] | {"OPTIONS": away}}

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["parts"]["files"]) == (503, "does not answer (OSError)")
    with pytest.raises(OSError, match="does not answer for stored/x"):
        default_storage.open("stored/x")


def test_a_bucket_that_is_not_there_and_a_file_that_is_not_there_are_told_apart(store):
    assert parts.examine()[1]["files"] == "ok"
    with pytest.raises(FileNotFoundError):
        default_storage.open("stored/x")
    assert not default_storage.exists("stored/x")
    with pytest.raises(FileNotFoundError):
        default_storage.size("stored/x")
    default_storage.delete("stored/x")

    store.client.delete_bucket(Bucket=s3.BUCKET)

    with pytest.raises(OSError, match="NoSuchBucket"):
        default_storage.save("stored/y", ContentFile(b"y"))


def test_reading_goes_on_where_the_line_broke_off(monkeypatch):
    content = os.urandom(PIECE + 2_000_000)  # goes up in two pieces
    name = default_storage.save("stored/long", ContentFile(content))
    breaks = []

    with default_storage.open(name) as file:
        begun = file.read(300_000)
        body = file.file.raw._body
        monkeypatch.setattr(body, "read", lambda most: breaks.append(1) or _broken())
        rest = file.read()

    assert (begun + rest == content, breaks) == (True, [1])


def _broken():
    raise IncompleteReadError(actual_bytes=1, expected_bytes=2)


def test_a_stored_file_is_a_file_that_can_be_sought_in_and_not_be_written(store):
    name = default_storage.save("stored/digits", ContentFile(b"0123456789"))

    with default_storage.open(name) as file:
        assert (file.size, file.seek(-3, io.SEEK_END), file.read()) == (10, 7, b"789")
        assert (file.seek(2), file.read(2), file.seek(1, io.SEEK_CUR), file.read(1)) == (2, b"23", 5, b"5")
        with pytest.raises(ValueError, match="before the beginning"):
            file.seek(-11, io.SEEK_END)
    with pytest.raises(ValueError, match="not opened as 'wb'"):
        default_storage.open(name, "wb")
    with pytest.raises(OSError, match="stored/digits"), default_storage.open(name) as file:
        store.empty()
        file.read()
