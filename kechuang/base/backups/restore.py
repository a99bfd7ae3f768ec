"""Putting a backup into an empty installation, and comparing what stands there with what was saved."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from kechuang.base import audit
from kechuang.base.backups import rows
from kechuang.base.backups.backup import file_path, sha256_of
from kechuang.base.backups.manifest import Manifest, applied_migrations, wrong_keys
from kechuang.base.crypto import sealed
from kechuang.base.errors import Refused

Step = Callable[[str, int, int], None]


@dataclass
class Restored:
    """`differences` names each table or file that is not as it was saved; an empty list is what one wants to see."""

    tables: int = 0
    rows: int = 0
    files: int = 0
    audit_ok: bool = False
    missing: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.audit_ok and not self.differences


def restore_backup(place: Path, *, step: Step = lambda what, done, total: None) -> Restored:
    """Load everything in one transaction, copy the files, compare, verify the audit chain. Raises Refused before it writes."""
    manifest = Manifest.read(place)
    _refuse_unless_fitting(manifest, place)
    report = Restored(missing=list(manifest.missing))
    found = rows.kept_models()
    with transaction.atomic(), sealed():  # foreign keys are checked at its end, by both databases
        _clear(found)
        for number, model in enumerate(found, 1):
            label = model._meta.label_lower
            report.rows += rows.read_table(model, place / "tables" / f"{label}.jsonl.gz")
            step(label, number, len(found))
        rows.reset_sequences(found)
        report.differences += _differences(found, manifest)
    report.tables = len(found)
    _put_files(place, manifest, report, step)
    report.audit_ok = audit.verify().ok
    audit.record(
        "restore_backup", by=None, detail={"rows": report.rows, "files": report.files, "made_at": manifest.made_at}
    )
    return report


def _refuse_unless_fitting(manifest: Manifest, place: Path) -> None:
    if get_user_model()._base_manager.exists():
        raise Refused(_("这个数据库里已有账号。备份只能恢复到刚执行过 kechuang migrate 的空数据库。"))
    if manifest.migrations != applied_migrations():
        raise Refused(_("备份来自另一个版本的数据库结构。请先用备份时的版本恢复，再升级。"))
    if wrong := wrong_keys(manifest):
        sentence = _("密钥不对或缺少：%(keys)s。请先按备份时的密钥设置环境变量。")
        raise Refused(sentence % {"keys": "、".join(wrong)})
    labels = {model._meta.label_lower for model in rows.kept_models()}
    absent = sorted(label for label in labels if not (place / "tables" / f"{label}.jsonl.gz").is_file())
    absent += [sha256 for sha256 in manifest.files if not file_path(place, sha256).is_file()]
    if absent:
        raise Refused(_("备份不完整，缺少：%(names)s。") % {"names": "、".join(absent[:5])})


def _clear(found: list[type[models.Model]]) -> None:
    """What `migrate` itself has written (texts of consent, holidays) gives way to what was saved."""
    with connection.cursor() as cursor:
        for model in found:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608 -- our own table names  # nosec B608


def _differences(found: list[type[models.Model]], manifest: Manifest) -> list[str]:
    differing = []
    for model in found:
        label = model._meta.label_lower
        count, digest = rows.digest_of(model)
        if manifest.tables.get(label) != {"rows": count, "sha256": digest}:
            differing.append(label)
    return differing


def _put_files(place: Path, manifest: Manifest, report: Restored, step: Step) -> None:
    for number, (sha256, names) in enumerate(sorted(manifest.files.items()), 1):
        source = file_path(place, sha256)
        if sha256_of(source) != sha256:
            report.differences.append(f"file {sha256}")
            continue
        for name in names:
            _put(source, name)
            report.files += 1
        step("files", number, len(manifest.files))


def _put(source: Path, name: str) -> None:
    if default_storage.exists(name):
        default_storage.delete(name)
    with source.open("rb") as opened:
        default_storage.save(name, File(opened))
