"""Signed witnesses of the audit chain: where it stood at a moment, kept in the database and off the machine.

Whoever holds AUDIT_KEY and the database could write a whole new chain. They cannot change the lines that have left the
machine meanwhile: `verify-audit --anchors FILE` holds the chain against such a copy. Ed25519 (RFC 8032), so that an
inspector checks with the public key alone.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.models import AuditAnchor, AuditHead


@dataclass(frozen=True)
class Anchor:
    """The chain's length and last hash at a moment, with the signature over the three (hex)."""

    seq: int
    hash: str
    at: datetime
    signature: str

    def is_genuine(self, key: Ed25519PublicKey | None = None) -> bool:
        try:
            (key or public_key()).verify(bytes.fromhex(self.signature), _statement(self.seq, self.hash, self.at))
        except (InvalidSignature, ValueError):
            return False
        return True

    def line(self) -> str:
        facts = {"seq": self.seq, "hash": self.hash, "at": _stamp(self.at), "signature": self.signature}
        return json.dumps(facts | {"key": public_key_hex()}, sort_keys=True)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _statement(seq: int, hash: str, at: datetime) -> bytes:
    return f"kechuang-audit-anchor:{seq}:{hash}:{_stamp(at)}".encode()


def _private_key() -> Ed25519PrivateKey:
    seed = HKDF(hashes.SHA256(), 32, salt=None, info=b"kechuang:audit-anchor").derive(settings.AUDIT_KEY.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key() -> Ed25519PublicKey:
    return _private_key().public_key()


def public_key_hex() -> str:
    return public_key().public_bytes_raw().hex()


def drop_anchor() -> AuditAnchor | None:
    """Sign where the chain stands now, unless it has not grown since the last anchor."""
    head = AuditHead.objects.first()
    if head is None or not head.seq or AuditAnchor.objects.filter(seq=head.seq).exists():
        return None
    at = clock.now().replace(microsecond=0)
    signature = _private_key().sign(_statement(head.seq, head.hash, at)).hex()
    row, created = AuditAnchor.objects.get_or_create(
        seq=head.seq, defaults={"hash": head.hash, "at": at, "signature": signature}
    )
    if created and settings.AUDIT_ANCHOR_FILE:
        with Path(settings.AUDIT_ANCHOR_FILE).open("a", encoding="utf-8") as out:
            out.write(as_anchor(row).line() + "\n")
    return row


def as_anchor(row: AuditAnchor) -> Anchor:
    return Anchor(row.seq, row.hash, row.at, row.signature)


def kept() -> dict[int, Anchor]:
    """The anchors in the database, by the length of the chain they witness."""
    return {row.seq: as_anchor(row) for row in AuditAnchor.objects.order_by("seq").iterator()}


def read_lines(lines: Iterable[str]) -> dict[int, Anchor]:
    """The anchors of a copy kept elsewhere. Raises Refused with the line that cannot be read."""
    found = {}
    for number, line in enumerate(lines, 1):
        if line.strip():
            anchor = _read_line(number, line)
            found[anchor.seq] = anchor
    return found


def _read_line(number: int, line: str) -> Anchor:
    try:
        facts: Mapping[str, Any] = json.loads(line)
        at = datetime.fromisoformat(facts["at"])
        return Anchor(int(facts["seq"]), str(facts["hash"]), at, str(facts["signature"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(_("锚点文件第 %(number)s 行读不懂。") % {"number": number}) from error
