"""Bringing stored secrets under the keys in use: after a key is added to FIELD_KEYS, or INDEX_KEY or CRYPTO_BACKEND changes.

Row by row in short transactions: a run that was killed is simply run again, and what it had done is not done twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db import models, transaction

from kechuang.base import audit
from kechuang.base.crypto import EncryptedCharField, blind_index, decrypt, encrypt, is_current, sealed

BATCH = 500

Step = Callable[[int, int], None]


@dataclass
class Rotation:
    """What was found and changed, in rows and values; `old_keys` counts what each key wrote before."""

    rows: int = 0
    reencrypted: int = 0
    reindexed: int = 0
    old_keys: dict[str, int] = field(default_factory=dict)


def encrypted_models() -> dict[type[models.Model], list[EncryptedCharField]]:
    """Every model of the project that keeps something encrypted, with those fields."""
    found = {model: [f for f in model._meta.fields if isinstance(f, EncryptedCharField)] for model in apps.get_models()}
    return {model: fields for model, fields in found.items() if fields}


def rotate_keys(*, by: object = None, step: Step = lambda done, total: None) -> Rotation:
    """Encrypt every stored secret with the key in use and renew its keyed hash; one audit row at the end.

    Raises DecryptionError, with everything before it kept, when a value's own key is not in FIELD_KEYS any more.
    """
    report, held = Rotation(), encrypted_models()
    total = sum(model._base_manager.count() for model in held)
    for model, fields in held.items():
        for keys in _batches(model):
            _rotate_batch(model, fields, keys, report)
            step(report.rows, total)
    detail = {"rows": report.rows, "reencrypted": report.reencrypted, "reindexed": report.reindexed}
    audit.record("rotate_keys", by=by, detail=detail)
    return report


def _batches(model: type[models.Model]) -> Iterator[list[int]]:
    last = 0
    while keys := list(model._base_manager.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield keys
        last = keys[-1]


@transaction.atomic
def _rotate_batch(
    model: type[models.Model], fields: list[EncryptedCharField], keys: list[int], report: Rotation
) -> None:
    with sealed():
        rows = list(model._base_manager.filter(pk__in=keys).select_for_update())
        changed = [row for row in rows if _rotate_row(row, fields, report)]
        if changed:
            names = [f.name for f in fields] + [f.index for f in fields if f.index]
            model._base_manager.bulk_update(changed, names, batch_size=100)
    report.rows += len(rows)


def _rotate_row(row: models.Model, fields: list[EncryptedCharField], report: Rotation) -> bool:
    changed = False
    for encrypted in fields:
        stored = getattr(row, encrypted.name)
        if not stored:
            continue
        text = decrypt(stored)
        if not is_current(stored):
            key = ".".join(stored.split(".", 2)[:2])
            report.old_keys[key] = report.old_keys.get(key, 0) + 1
            setattr(row, encrypted.name, encrypt(text))
            report.reencrypted += 1
            changed = True
        if encrypted.index and getattr(row, encrypted.index) != blind_index(text):
            setattr(row, encrypted.index, blind_index(text))
            report.reindexed += 1
            changed = True
    return changed
