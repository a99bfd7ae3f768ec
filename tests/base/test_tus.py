import fcntl
import threading
from base64 import b64encode
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model

from kechuang.base import clock
from kechuang.base.enums import UploadState
from kechuang.base.files import FileRefused, tus
from kechuang.base.models import StoredFile, Upload
from tests.base import samples

pytestmark = pytest.mark.django_db
LIMIT = 1024 * 1024
PICTURE = samples.image("PNG", size=(60, 60))


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.UPLOAD_DIR = tmp_path / "uploads"


@pytest.fixture
def owner():
    return get_user_model().objects.create(username="pupil")


def begin(owner, data: bytes = PICTURE) -> Upload:
    return tus.create_upload(owner, "作品.png", len(data), "application", max_bytes=LIMIT, scope_path="/1/")


def status(function, *args, **options) -> int:
    with pytest.raises(tus.TusError) as caught:
        function(*args, **options)
    assert caught.value.sentence
    return caught.value.status


def test_a_file_arrives_in_pieces_and_is_stored_once(owner, django_capture_on_commit_callbacks):
    upload = begin(owner)

    for start in range(0, len(PICTURE), 50):
        tus.append(upload, start, PICTURE[start : start + 50])
    with django_capture_on_commit_callbacks(execute=True):
        stored = tus.finish(upload, kind="image", max_bytes=LIMIT)
    again = tus.finish(Upload.objects.get(), kind="image", max_bytes=LIMIT)

    assert (stored, StoredFile.objects.count()) == (again, 1)
    assert (stored.name, stored.by, stored.scope_path) == ("作品.png", owner, "/1/")
    assert not tus.part_path(upload).exists()
    assert tus.current_offset(Upload.objects.get()) == len(PICTURE)


def test_another_offset_is_a_conflict_that_changes_nothing(owner):
    upload = begin(owner)
    tus.append(upload, 0, PICTURE[:30])

    assert status(tus.append, upload, 0, PICTURE[:30]) == 409
    assert status(tus.append, upload, 40, PICTURE[40:]) == 409
    assert tus.part_path(upload).read_bytes() == PICTURE[:30]


def test_a_process_killed_between_disk_and_database_is_resumed_from_the_disk(owner):
    upload = begin(owner)
    tus.append(upload, 0, PICTURE[:30])
    with tus.part_path(upload).open("ab") as part:
        part.write(PICTURE[30:45])

    fresh = Upload.objects.get()

    assert (fresh.offset, tus.current_offset(fresh)) == (30, 45)
    assert tus.append(fresh, 45, PICTURE[45:]) == len(PICTURE)
    assert tus.part_path(upload).read_bytes() == PICTURE


def test_a_line_that_breaks_keeps_what_has_arrived(owner):
    upload = begin(owner)

    def broken_line():
        yield PICTURE[:25]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        tus.append(upload, 0, broken_line())

    assert Upload.objects.get().offset == 25


def test_more_than_declared_is_refused(owner):
    upload = begin(owner)

    assert status(tus.append, upload, 0, PICTURE + b"x") == 413
    assert tus.current_offset(upload) == 0


def test_a_second_request_is_kept_out_while_one_writes(owner):
    upload = begin(owner)
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with tus.part_path(upload).open("r+b") as part:
            fcntl.flock(part, fcntl.LOCK_EX)
            holding.set()
            done.wait(5)

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(5)
    try:
        assert status(tus.append, upload, 0, PICTURE) == 423
    finally:
        done.set()
        thread.join()
    assert tus.append(upload, 0, PICTURE) == len(PICTURE)


def test_size_limits(owner):
    assert status(tus.create_upload, owner, "a", LIMIT + 1, max_bytes=LIMIT) == 413
    assert status(tus.create_upload, owner, "a", 0, max_bytes=LIMIT) == 400


def test_a_user_cannot_open_uploads_without_end(owner):
    for _ in range(tus.MAX_OPEN):
        begin(owner)

    assert status(begin, owner) == 429


def test_an_unfinished_upload_cannot_be_stored(owner):
    upload = begin(owner)
    tus.append(upload, 0, PICTURE[:10])

    assert status(tus.finish, upload, kind="image", max_bytes=LIMIT) == 409


def test_a_refused_file_ends_the_upload_with_the_reason(owner, django_capture_on_commit_callbacks):
    upload = begin(owner, b"not a picture at all")
    tus.append(upload, 0, b"not a picture at all")

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(FileRefused):
        tus.finish(upload, kind="image", max_bytes=LIMIT)

    kept = Upload.objects.get()
    assert kept.state == UploadState.REFUSED
    assert "PNG" in kept.error
    assert not tus.part_path(upload).exists()


def test_termination(owner, django_capture_on_commit_callbacks):
    upload = begin(owner)

    with django_capture_on_commit_callbacks(execute=True):
        tus.terminate(upload)

    assert status(tus.append, upload, 0, PICTURE) == 410
    assert status(tus.current_offset, upload) == 410
    assert not tus.part_path(upload).exists()


def test_expired_uploads_are_refused_and_purged(owner):
    old, fresh = begin(owner), begin(owner)
    with clock.travel(clock.now() + timedelta(hours=23)):
        tus.append(fresh, 0, PICTURE[:10])

    with clock.travel(clock.now() + timedelta(hours=25)):
        assert status(tus.append, old, 0, PICTURE) == 410
        assert tus.purge_expired() == 1

    assert list(Upload.objects.all()) == [fresh]
    assert not tus.part_path(old).exists()
    assert tus.part_path(fresh).exists()


def test_metadata():
    name = b64encode("作品.mp4".encode()).decode()

    assert tus.parse_metadata(f"filename {name},is_final") == {"filename": "作品.mp4", "is_final": ""}
    assert status(tus.parse_metadata, "filename ???") == 400
