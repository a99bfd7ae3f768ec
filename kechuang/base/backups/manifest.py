"""What a backup says about itself, and the marks by which a restore knows that it has the right keys."""

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused

FORMAT = 1
NAME = "manifest.json"


@dataclass
class Manifest:
    """`tables`: label → rows and SHA-256 of its lines; `files`: SHA-256 → storage names; `missing`: files that were not there."""

    made_at: str = ""
    format: int = FORMAT
    migrations: list[str] = field(default_factory=list)
    key_marks: dict[str, str] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    audit_head: str = ""

    @property
    def rows(self) -> int:
        return sum(table["rows"] for table in self.tables.values())

    def write(self, place: Path) -> None:
        """Last of all and in one step: a folder without a manifest is no backup."""
        draft = place / f"{NAME}.part"
        draft.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
        draft.replace(place / NAME)

    @classmethod
    def read(cls, place: Path) -> "Manifest":
        try:
            found = json.loads((place / NAME).read_text(encoding="utf-8"))
            manifest = cls(**found)
        except (OSError, ValueError, TypeError) as error:
            sentence = _("“%(place)s”里没有完整的备份（缺少可读的 manifest.json）。")
            raise Refused(sentence % {"place": place}) from error
        if manifest.format != FORMAT:
            raise Refused(
                _("这份备份的格式是 %(found)s，本版本只认得 %(known)s。") % {"found": found["format"], "known": FORMAT}
            )
        return manifest


def applied_migrations() -> list[str]:
    rows = MigrationRecorder.Migration.objects.values_list("app", "name")
    return sorted(f"{app}.{name}" for app, name in rows)


def key_marks() -> dict[str, str]:
    """A mark of each key in use: equal keys have equal marks, and a mark gives nothing away."""
    keys = {"AUDIT_KEY": settings.AUDIT_KEY, "INDEX_KEY": settings.INDEX_KEY}
    keys |= {f"FIELD_KEYS:{name}": secret for name, secret in settings.FIELD_KEYS.items()}
    keys |= {f"CREDENTIAL_KEYS:{name}": secret for name, secret in settings.CREDENTIAL_KEYS.items()}
    return {name: _mark(name, secret) for name, secret in keys.items()}


def _mark(name: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"kechuang backup {name}".encode(), hashlib.sha256).hexdigest()[:24]


def wrong_keys(manifest: Manifest) -> list[str]:
    """Names of the keys that the backup needs and that are absent or different here."""
    here = key_marks()
    return sorted(name for name, mark in manifest.key_marks.items() if here.get(name) != mark)
