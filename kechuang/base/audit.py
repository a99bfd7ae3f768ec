"""The audit ledger: who did what, when, to which row, and why (GB/T 22239-2019, 安全审计).

Writing takes no lock: each row carries a keyed MAC over its own content. `seal()` later ties the rows into a hash
chain under a lock, so that a row changed, removed, slipped in or swapped is found by `verify()`. The newest rows are
unchained until the worker's next tick; the head of the chain goes to the log, where an off-box copy keeps it.
"""

import hashlib
import hmac
import json
import logging
import math
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kechuang.base import anchors, clock
from kechuang.base.models import AuditEntry, AuditHead, AuditSeal
from kechuang.base.prepared import Insert

logger = logging.getLogger("kechuang.audit")

_WRITE = Insert(AuditEntry)
SIGNED = ("at", "action", "by_id", "by_name", "on_type", "on_id", "scope_path", "reason", "detail", "token")
CHUNK = 1000
# Rows commit in another order than they got their numbers; a transaction older than this many rows is caught by verify().
LOOK_BACK = 20_000
HEAD = 1
MOST_AT_ONCE = 20_000


@dataclass(frozen=True)
class AuditReport:
    ok: bool
    rows: int
    head: str
    first_broken: dict[str, Any] | None = None


# --- canonical content -------------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """A value as both databases give it back: PostgreSQL's jsonb turns 1e20 into an integer and refuses NUL."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return _plain_float(value)
    if isinstance(value, Mapping):
        return {_plain_text(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)]
    return _plain_text(_words(value))


def _words(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, models.Model):
        return str(getattr(value, "public_id", value.pk))
    return str(value) if isinstance(value, str | Decimal | Promise) else repr(value)


def _plain_float(value: float) -> int | float | str:
    if not math.isfinite(value):
        return str(value)
    return int(value) if value.is_integer() else value


def _plain_text(value: str) -> str:
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _canonical(content: Iterable[Any]) -> bytes:
    at, *middle, detail, token = content
    row = [_stamp(at), *middle, _plain(detail), token]
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _keyed(message: bytes) -> str:
    return hmac.new(settings.AUDIT_KEY.encode(), message, hashlib.sha256).hexdigest()


def _mac(content: Iterable[Any]) -> str:
    return _keyed(b"entry:" + _canonical(content))


def _link(seq: int, entry_id: int, entry_mac: str, previous_hash: str) -> str:
    return _keyed(f"seal:{seq}:{entry_id}:{entry_mac}:{previous_hash}".encode())


def _head_mac(seq: int, hash: str) -> str:
    return _keyed(f"head:{seq}:{hash}".encode())


# --- writing -----------------------------------------------------------------------------------------------------


def user_of(by: Any) -> Any:
    """The account behind an actor, a user, or nobody (the system itself)."""
    user = getattr(by, "user", by)
    return user if getattr(user, "pk", None) else None


def object_key(on: Any) -> tuple[str, str]:
    """Type and public identifier of a row: the ledger names pupils by public id, never by name."""
    if on is None:
        return "", ""
    if isinstance(on, str):
        return on, ""
    return on._meta.label_lower, str(getattr(on, "public_id", "") or on.pk)


def _entry(
    action: str,
    *,
    by: Any,
    on: Any = None,
    detail: Mapping[str, Any] | None = None,
    scope_path: str = "",
    reason: str = "",
) -> AuditEntry:
    user = user_of(by)
    on_type, on_id = object_key(on)
    entry = AuditEntry(
        at=clock.now(),
        action=action,
        by_id=user.pk if user else None,
        by_name=_plain_text(user.get_username())[:150] if user else "",
        on_type=on_type,
        on_id=on_id,
        scope_path=scope_path,
        reason=_plain_text(str(reason)),
        detail=_plain(detail or {}),
        token=secrets.token_hex(16),
    )
    entry.mac = _mac(getattr(entry, name) for name in SIGNED)
    return entry


def record(
    action: str,
    *,
    by: Any,
    on: Any = None,
    detail: Mapping[str, Any] | None = None,
    scope_path: str = "",
    reason: str = "",
) -> AuditEntry:
    """Write one row, in the caller's transaction. `by`: Actor, user or None for the system; `on`: a row or a label."""
    return _WRITE([_entry(action, by=by, on=on, detail=detail, scope_path=scope_path, reason=reason)])[0]


def record_many(rows: Iterable[Mapping[str, Any]]) -> list[AuditEntry]:
    """Write many rows (dicts of `record`'s arguments, `action` and `by` required) by one bulk insert."""
    return _WRITE([_entry(**row) for row in rows])


# --- the chain ---------------------------------------------------------------------------------------------------


def _unsealed(after: int) -> models.QuerySet:
    sealed = AuditSeal.objects.filter(entry_id=OuterRef("pk"))
    return AuditEntry.objects.filter(~Exists(sealed), pk__gt=after).order_by("pk")


def _contents(entries: models.QuerySet) -> Iterator[tuple[int, str, tuple[Any, ...]]]:
    rows = entries.values_list("pk", "mac", *SIGNED).iterator(chunk_size=CHUNK)
    return ((row[0], row[1], row[2:]) for row in rows)


def _locked_head() -> AuditHead | None:
    """The head, locked; None when it is missing or forged: extending such a chain would cover up the damage."""
    if not AuditSeal.objects.exists():
        AuditHead.objects.get_or_create(pk=HEAD, defaults={"mac": _head_mac(0, "")})
    head = AuditHead.objects.select_for_update().filter(pk=HEAD).first()
    if head is None or not _is_genuine(head):
        logger.error("The head of the audit chain is missing or forged; nothing is sealed until it is looked into.")
        return None
    return head


def _is_genuine(head: AuditHead) -> bool:
    return hmac.compare_digest(head.mac, _head_mac(head.seq, head.hash))


def seal(*, thorough: bool = False) -> int:
    """Chain the rows that are not yet chained; returns how many. A row whose MAC is wrong is never chained.

    In steps of `MOST_AT_ONCE`, each its own transaction unless the caller holds one.
    """
    newest = None if thorough else AuditSeal.objects.aggregate(newest=Max("entry_id"))["newest"]
    after = max(0, (newest or 0) - LOOK_BACK)
    count = 0
    while _unsealed(after).exists() and (more := _extend(after)):
        count += more
    return count


@transaction.atomic
def _extend(after: int) -> int:
    head = _locked_head()
    if head is None:
        return 0
    links = list(islice(_links(head, after), MOST_AT_ONCE))
    AuditSeal.objects.bulk_create(links, batch_size=2000)
    if links:
        _move_head(head, links[-1])
    return len(links)


def _links(head: AuditHead, after: int) -> Iterator[AuditSeal]:
    seq, previous, now = head.seq, head.hash, clock.now()
    for pk, mac, content in _contents(_unsealed(after)):
        if not hmac.compare_digest(mac, _mac(content)):
            continue
        seq += 1
        link = _link(seq, pk, mac, previous)
        yield AuditSeal(seq=seq, entry_id=pk, entry_mac=mac, previous_hash=previous, hash=link, sealed_at=now)
        previous = link


def _move_head(head: AuditHead, last: AuditSeal) -> None:
    head.seq, head.hash, head.mac = last.seq, last.hash, _head_mac(last.seq, last.hash)
    head.save()
    logger.info("audit head seq=%s hash=%s", last.seq, last.hash)


# --- verification ------------------------------------------------------------------------------------------------


def verify(witnesses: Mapping[int, anchors.Anchor] | None = None) -> AuditReport:
    """Walk the whole chain once, oldest first, in flat memory; name the first row that is not as it was written.

    `witnesses`: anchors from a copy kept elsewhere, by length of the chain; those in the database are always held against it.
    """
    seal(thorough=True)
    held = {**anchors.kept(), **(witnesses or {})}
    rows, seq, previous = 0, 0, ""
    for seals in _chunks(AuditSeal.objects.order_by("seq").iterator(chunk_size=CHUNK)):
        entries = _by_id([link.entry_id for link in seals])
        for link in seals:
            broken = (
                _broken_link(link, seq, previous)
                or _broken_entry(link, entries.get(link.entry_id))
                or _broken_anchor(held.pop(link.seq, None), link.hash)
            )
            if broken:
                return AuditReport(ok=False, rows=rows, head=previous, first_broken=broken)
            rows, seq, previous = rows + 1, link.seq, link.hash
    broken = _broken_head(seq, previous) or _beyond(held) or _slipped_in()
    return AuditReport(ok=broken is None, rows=rows, head=previous, first_broken=broken)


def _chunks(links: Iterator[AuditSeal]) -> Iterator[list[AuditSeal]]:
    chunk: list[AuditSeal] = []
    for link in links:
        chunk.append(link)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _by_id(ids: list[int]) -> dict[int, tuple[str, tuple[Any, ...]]]:
    return {pk: (mac, content) for pk, mac, content in _contents(AuditEntry.objects.filter(pk__in=ids))}


def _broken(what: str, entry_id: int | None, seq: int | None, sentence: str, content: Any = None) -> dict[str, Any]:
    row = dict(zip(SIGNED, content, strict=True)) if content else {}
    return {"what": what, "entry_id": entry_id, "seq": seq, "sentence": sentence, "row": row}


def _broken_link(link: AuditSeal, seq: int, previous: str) -> dict[str, Any] | None:
    if link.seq != seq + 1:
        sentence = _("审计链第 %(first)s 至 %(last)s 环被删除。") % {"first": seq + 1, "last": link.seq - 1}
        return _broken("missing", None, seq + 1, sentence)
    expected = _link(link.seq, link.entry_id, link.entry_mac, link.previous_hash)
    if not hmac.compare_digest(link.hash, expected):
        sentence = _("审计链第 %(seq)s 环（审计记录 %(id)s）被改动。") % {"seq": link.seq, "id": link.entry_id}
        return _broken("changed", link.entry_id, link.seq, sentence)
    if link.previous_hash != previous:
        sentence = _("审计链第 %(seq)s 环与前一环不相接，顺序被改动。") % {"seq": link.seq}
        return _broken("out_of_order", link.entry_id, link.seq, sentence)
    return None


def _broken_entry(link: AuditSeal, entry: tuple[str, tuple[Any, ...]] | None) -> dict[str, Any] | None:
    if entry is None:
        sentence = _("审计记录 %(id)s（第 %(seq)s 环）被删除。") % {"id": link.entry_id, "seq": link.seq}
        return _broken("missing", link.entry_id, link.seq, sentence)
    mac, content = entry
    if not hmac.compare_digest(mac, _mac(content)):
        sentence = _("审计记录 %(id)s（第 %(seq)s 环）的内容被改动。") % {"id": link.entry_id, "seq": link.seq}
        return _broken("changed", link.entry_id, link.seq, sentence, content)
    if mac != link.entry_mac:
        sentence = _("审计记录 %(id)s（第 %(seq)s 环）的位置上是另一条记录，顺序被改动。")
        return _broken(
            "out_of_order", link.entry_id, link.seq, sentence % {"id": link.entry_id, "seq": link.seq}, content
        )
    return None


def _broken_anchor(anchor: anchors.Anchor | None, hash: str) -> dict[str, Any] | None:
    if anchor is None or (anchor.hash == hash and anchor.is_genuine()):
        return None
    sentence = _("第 %(seq)s 环与 %(at)s 签名的锚点不符：此前的审计链被整段改写，或锚点被改动。")
    return _broken("anchor", None, anchor.seq, sentence % {"seq": anchor.seq, "at": f"{anchor.at:%Y-%m-%d %H:%M}"})


def _beyond(left: Mapping[int, anchors.Anchor]) -> dict[str, Any] | None:
    """Anchors of a longer chain than there is: its end was cut off and the head forged."""
    if not left:
        return None
    anchor = left[min(left)]
    sentence = _("锚点证明审计链曾有 %(seq)s 环，现在没有这么长：末尾被删除。")
    return _broken("anchor", None, anchor.seq, sentence % {"seq": anchor.seq})


def _broken_head(seq: int, hash: str) -> dict[str, Any] | None:
    """The tail may be cut off without breaking a link; the head row still knows how long the chain was."""
    head = AuditHead.objects.filter(pk=HEAD).first()
    if head is None:
        return _broken("missing", None, seq, _("审计链末端的记录被删除。")) if seq else None
    if not _is_genuine(head) or head.seq < seq or (head.seq == seq and head.hash != hash):
        return _broken("changed", None, head.seq, _("审计链末端的记录被改动，与最后一环不一致。"))
    # A worker may have sealed more while this walk was under way: then the next link is there.
    if head.seq == seq or AuditSeal.objects.filter(seq=seq + 1).exists():
        return None
    sentence = _("审计链末尾第 %(first)s 至 %(last)s 环被删除。") % {"first": seq + 1, "last": head.seq}
    return _broken("missing", None, seq + 1, sentence)


def _slipped_in() -> dict[str, Any] | None:
    for pk, mac, content in _contents(_unsealed(0)):
        if not hmac.compare_digest(mac, _mac(content)):
            sentence = _("审计记录 %(id)s 不是由平台写入的，属于插入的记录。") % {"id": pk}
            return _broken("inserted", pk, None, sentence, content)
    return None
