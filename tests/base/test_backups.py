import gzip
import io
import json

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from kechuang.base import audit
from kechuang.base.backups import Manifest, make_backup, restore_backup, rows
from kechuang.base.errors import Refused
from kechuang.base.files import accept
from kechuang.base.files.pictures import draw_picture, picture_of
from kechuang.base.models import AuditEntry, StoredFile
from kechuang.orgs.models import Org, Person, PersonalRecord, User
from tests.base.samples import image
from tests.factories.engine import a_call, an_application
from tests.factories.orgs import a_person, a_pupil, a_resident_id, a_school, actor_for

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def a_filled_city() -> Person:
    """A pupil with an identifier, an application with a file, audit rows that are chained and one that is not."""
    pupil = a_pupil(document_number=a_resident_id(a_pupil().pupil.birth_on), document_type="resident_id")
    an_application(a_call(), a_school())
    draw_picture(accept(io.BytesIO(image("PNG")), kind="image", max_bytes=100_000, name="照片.png"))
    audit.seal()
    audit.record("test.late", by=None)
    return pupil


def bytes_of(stored: StoredFile) -> bytes:
    with stored.open() as file:
        return file.read()


def empty() -> None:
    """As `kechuang migrate` leaves a new installation."""
    with connection.cursor() as cursor:
        for model in rows.kept_models():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")
    for name in StoredFile.objects.values_list("blob", flat=True):
        default_storage.delete(name)


def test_a_restored_city_is_the_city_that_was_saved(tmp_path):
    pupil = a_filled_city()
    number, files = pupil.personal.document_number, StoredFile.objects.count()
    content, picture = bytes_of(StoredFile.objects.first()), picture_of(StoredFile.objects.first())
    before = {model._meta.label_lower: rows.digest_of(model) for model in rows.kept_models()}

    made = make_backup(tmp_path / "backup")
    empty()
    done = restore_backup(tmp_path / "backup")

    assert (done.ok, done.differences, done.missing) == (True, [], [])
    assert (done.rows, done.files) == (made.rows, files)
    assert Person.objects.get(public_id=pupil.public_id).personal.document_number == number
    assert bytes_of(StoredFile.objects.first()) == content
    assert picture_of(StoredFile.objects.first()) == picture is not None
    after = {model._meta.label_lower: rows.digest_of(model) for model in rows.kept_models()}
    ledger = {"base.auditentry", "base.auditseal", "base.audithead"}
    assert {k: v for k, v in after.items() if k not in ledger} == {k: v for k, v in before.items() if k not in ledger}


def test_life_goes_on_after_a_restore(tmp_path):
    a_filled_city()
    make_backup(tmp_path / "backup")
    empty()
    restore_backup(tmp_path / "backup")

    entry = audit.record("test.after", by=None)

    assert entry.pk == AuditEntry.objects.order_by("-pk").values_list("pk", flat=True)[0]
    assert a_school().pk == Org.objects.order_by("-pk").values_list("pk", flat=True)[0]
    assert audit.verify().ok


def test_a_backup_holds_no_identifier_in_plain_text_and_no_key(tmp_path, settings):
    pupil = a_filled_city()
    number = pupil.personal.document_number
    make_backup(tmp_path / "backup")

    texts = [gzip.decompress(path.read_bytes()).decode() for path in (tmp_path / "backup/tables").iterdir()]
    texts.append((tmp_path / "backup/manifest.json").read_text())

    assert any(pupil.public_id in text for text in texts)
    secrets = (number, settings.AUDIT_KEY, settings.INDEX_KEY, *settings.FIELD_KEYS.values())
    assert [secret for secret in secrets if any(secret in text for text in texts)] == []


def test_a_restore_refuses_a_database_in_use(tmp_path):
    a_filled_city()
    make_backup(tmp_path / "backup")
    people = User.objects.count()
    a_person(can_sign_in=True)

    with pytest.raises(Refused, match="已有账号"):
        restore_backup(tmp_path / "backup")
    assert User.objects.count() == people + 1


def test_a_restore_names_the_key_that_differs(tmp_path, settings):
    a_filled_city()
    make_backup(tmp_path / "backup")
    empty()
    settings.AUDIT_KEY = "another"

    with pytest.raises(Refused, match="密钥不对或缺少：AUDIT_KEY"):
        restore_backup(tmp_path / "backup")
    assert Person.objects.count() == 0


def test_a_damaged_row_or_file_is_named(tmp_path):
    a_filled_city()
    make_backup(tmp_path / "backup")
    empty()
    table = tmp_path / "backup/tables/orgs.org.jsonl.gz"
    table.write_bytes(gzip.compress(gzip.decompress(table.read_bytes()).replace("示范".encode(), "冒充".encode(), 1)))
    file = next((tmp_path / "backup/files").glob("*/*"))
    file.write_bytes(b"other")

    done = restore_backup(tmp_path / "backup")

    assert not done.ok
    assert sorted(done.differences) == [f"file {file.name}", "orgs.org"]


def test_half_a_backup_is_refused(tmp_path):
    a_filled_city()
    make_backup(tmp_path / "backup")
    empty()
    (tmp_path / "backup/tables/orgs.person.jsonl.gz").unlink()

    with pytest.raises(Refused, match=r"备份不完整，缺少：orgs\.person"):
        restore_backup(tmp_path / "backup")
    (tmp_path / "backup/manifest.json").unlink()
    with pytest.raises(Refused, match=r"没有完整的备份"):
        restore_backup(tmp_path / "backup")


def test_a_lost_file_is_told_and_the_rest_is_saved(tmp_path, capsys):
    a_filled_city()
    lost = StoredFile.objects.first()
    default_storage.delete(lost.blob.name)

    with pytest.raises(CommandError, match="有 1 个登记在册的文件不在存储里"):
        call_command("backup", tmp_path / "backup", json=True)

    assert json.loads(capsys.readouterr().out)["missing"] == [lost.sha256]
    assert Manifest.read(tmp_path / "backup").missing == [lost.sha256]


def test_keys_go_to_a_file_of_their_own(tmp_path, settings):
    a_school()
    with pytest.raises(CommandError, match="分开保存"):
        call_command("backup", tmp_path / "backup", keys_to=tmp_path / "backup/keys.env")

    call_command("backup", tmp_path / "backup", keys_to=tmp_path / "keys.env", verbosity=0)

    assert f"AUDIT_KEY={settings.AUDIT_KEY}\n" in (tmp_path / "keys.env").read_text()
    assert (tmp_path / "keys.env").stat().st_mode & 0o077 == 0
    with pytest.raises(CommandError, match="已有一份备份"):
        call_command("backup", tmp_path / "backup")


def test_keys_rotate_and_people_are_still_found(settings, capsys):
    birth = a_pupil().pupil.birth_on
    number = a_resident_id(birth)
    pupil = a_pupil(birth_on=birth, document_number=number, document_type="resident_id")
    assert actor_for(pupil).person == pupil
    old_index = pupil.personal.document_index
    settings.FIELD_KEYS = {**settings.FIELD_KEYS, "k2": "second"}
    settings.INDEX_KEY = "another"

    call_command("rotate_keys", json=True)
    first = json.loads(capsys.readouterr().out)
    call_command("rotate_keys", json=True)
    second = json.loads(capsys.readouterr().out)

    assert (first["reencrypted"], first["reindexed"], list(first["old_keys"])) == (1, 1, ["a.k1"])
    assert (second["reencrypted"], second["reindexed"], second["rows"]) == (0, 0, first["rows"])
    settings.FIELD_KEYS = {"k2": "second"}
    record = PersonalRecord.objects.get(person=pupil)
    assert record.document_number == number
    assert record.document_index != old_index


def test_rotation_says_which_key_is_missing_and_goes_on_later(settings):
    birth = a_pupil().pupil.birth_on
    a_pupil(birth_on=birth, document_number=a_resident_id(birth), document_type="resident_id")
    first_keys = settings.FIELD_KEYS
    settings.FIELD_KEYS = {"k2": "second"}

    with pytest.raises(CommandError, match="k1"):
        call_command("rotate_keys")
    settings.FIELD_KEYS = {**first_keys, "k2": "second"}
    call_command("rotate_keys", verbosity=0)

    settings.FIELD_KEYS = {"k2": "second"}
    assert [bool(record.document_number) for record in PersonalRecord.objects.all()] == [True]
