"""Is this file one of ours, whole and still standing? Signatures by openbadgeslib, revocation from our own register: what
the status list would say, without asking ourselves over the network.

A file is read in this order: what is it, who says they issued it, does the signature hold, has its time run out, was it
revoked. The first no is the answer.
"""

import io
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import jwt
from django.conf import settings
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.files.reading import pdf_words
from kechuang.engine.awards import queries as awards
from kechuang.engine.awards.models import Certificate
from kechuang.engine.credentials import issuer, status
from kechuang.engine.credentials.badges import unbaked
from kechuang.engine.credentials.documents import credential_id
from kechuang.engine.credentials.keys import IssuerKey
from kechuang.engine.credentials.moments import parsed

VALID, TAMPERED, EXPIRED, REVOKED, UNKNOWN_ISSUER, UNREADABLE = (
    "valid", "tampered", "expired", "revoked", "unknown_issuer", "unreadable",
)  # fmt: skip
LARGEST = 20 * 1024 * 1024
_NUMBER = re.compile(r"[^\W\d_]{1,20}\d{4}-\d{6}")


@dataclass(frozen=True)
class Verdict:
    """The answer about a file: its state, a sentence that says why, and the certificate it stands for (None where unknown)."""

    state: str
    form: str = ""
    sentence: str = ""
    issuer: str = ""
    name: str = ""
    valid_until: datetime | None = None
    certificate: Certificate | None = field(default=None, repr=False)
    document: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_valid(self) -> bool:
        return self.state == VALID


def verify_bytes(data: bytes) -> Verdict:
    """The verdict about a PDF, a badge (PNG), a VC-JWT or a JSON credential, whatever it is called."""
    if len(data) > LARGEST:
        return Verdict(UNREADABLE, sentence=_("文件超过 20 MB，不是本平台签发的证书或凭证。"))
    if data.startswith(b"%PDF"):
        return _pdf(data)
    if data.startswith(b"\x89PNG"):
        inside = unbaked(data)
        if not inside:
            return Verdict(UNREADABLE, "png", _("这张图片里没有凭证。请使用下载时的原图，截图和转存会丢掉凭证。"))
        return _text(inside, "png")
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return Verdict(UNREADABLE, sentence=_("这个文件不是 PDF、徽章图片或数字凭证。"))
    return _text(text, "")


def _text(text: str, form: str) -> Verdict:
    if text.startswith("{"):
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            return _unreadable(form)
        if set(document) == {"credential"} and isinstance(document["credential"], str):
            return _text(document["credential"], form)
        return _signed(document, text, form or "data-integrity") if isinstance(document, dict) else _unreadable(form)
    if text.count(".") == 2 and len(text.split()) == 1:
        try:
            payload = jwt.decode(text, options={"verify_signature": False})
        except (jwt.InvalidTokenError, ValueError, RecursionError):
            return _unreadable(form)
        return _signed(payload, text, form or "jwt")
    return _unreadable(form)


def _unreadable(form: str) -> Verdict:
    return Verdict(UNREADABLE, form, _("这个文件不是 PDF、徽章图片或数字凭证。"))


def _signed(document: dict[str, Any], text: str, form: str) -> Verdict:
    """The verdict about a credential whose text is a compact JWT or JSON with an embedded proof."""
    said = document.get("issuer")
    did = str(said.get("id", "")) if isinstance(said, dict) else str(said or "")
    seen: dict[str, Any] = {"form": form, "issuer": did, "name": str(document.get("name", "")), "document": document}
    if not issuer.is_ours(did):
        sentence = _("签发者不是本平台（%(issuer)s），本平台不能证明它的真假。") % {
            "issuer": did[:120] or _("没有写明")
        }
        return Verdict(UNKNOWN_ISSUER, sentence=sentence, **seen)
    until, problem = _signature(document, text)
    if problem:
        return Verdict(TAMPERED, sentence=problem, **seen)
    certificate = certificate_of(document)
    seen |= {"certificate": certificate, "valid_until": until}
    if until and until <= clock.now():
        return Verdict(EXPIRED, sentence=_("凭证已过有效期（%(day)s）。") % {"day": f"{until:%Y-%m-%d}"}, **seen)
    if certificate is None and "ClrCredential" not in document.get("type", ()):
        return Verdict(REVOKED, sentence=_("签名属实，但登记册里没有这张证书。"), **seen)
    if certificate and certificate.state in status.ENDED:
        return Verdict(REVOKED, sentence=_ended(certificate), **seen)
    return Verdict(VALID, sentence=_("凭证有效：由本平台签发，内容没有改动，没有撤销。"), **seen)


def _ended(certificate: Certificate) -> str:
    replacement = getattr(certificate, "replaced_by", None)
    if replacement is not None:
        return _("证书已更正，请以新证书 %(number)s 为准。") % {"number": replacement.number}
    return _("证书已撤销。原因：%(reason)s") % {"reason": certificate.state_reason or "—"}


def _signature(document: dict[str, Any], text: str) -> tuple[datetime | None, str]:
    """Until when the credential is good, and what is wrong with its signature ("" where it holds)."""
    from openbadgeslib.errors import LibOpenBadgesException  # noqa: PLC0415 -- slow import

    changed = _("内容或签名被改动过：数字签名对不上。")
    key = _key(document, text)
    if key is None:
        return None, _("签名用的密钥不是本平台公布的密钥。")
    try:
        until = parsed(document["validUntil"]) if "validUntil" in document else None
        _check(document, text, key)
    except (LibOpenBadgesException, jwt.InvalidTokenError, ValueError, TypeError, KeyError, RecursionError):
        return None, changed
    return until, ""


def _key(document: dict[str, Any], text: str) -> IssuerKey | None:
    proof = document.get("proof")
    if text.startswith("{"):
        return issuer.key_named(str(proof.get("verificationMethod", ""))) if isinstance(proof, dict) else None
    return issuer.key_named(str(jwt.get_unverified_header(text).get("kid", "")))


def _check(document: dict[str, Any], text: str, key: IssuerKey) -> None:
    """Raises what the libraries raise where the signature does not hold. The time is checked by the caller."""
    from openbadgeslib.ob3.clr import bundled_clr_contexts  # noqa: PLC0415 -- slow import
    from openbadgeslib.ob3.ldp import OB3LdpVerifier, verify_data_integrity_proof  # noqa: PLC0415 -- slow import
    from openbadgeslib.ob3.verifier import OB3VerificationError  # noqa: PLC0415 -- slow import

    if not text.startswith("{"):
        jwt.decode(text, key.public, algorithms=["EdDSA"], options={"verify_exp": False, "verify_aud": False})
    elif "ClrCredential" in document.get("type", ()):
        verify_data_integrity_proof(document, key.public_pem, extra_contexts=bundled_clr_contexts())
    else:
        try:
            OB3LdpVerifier(key.public_pem).verify(document)
        except OB3VerificationError as error:
            if "has expired" not in str(error):
                raise


def certificate_of(document: dict[str, Any]) -> Certificate | None:
    """The certificate a genuine credential speaks of: by the number in it, confirmed by its id."""
    rows = document.get("credentialSubject", {})
    found = rows.get("identifier", []) if isinstance(rows, dict) else []
    numbers = [
        row.get("identityHash") for row in found if isinstance(row, dict) and row.get("identityType") == "identifier"
    ]
    certificates = Certificate.objects.select_related("award__call__org", "award__application", "replaced_by", "stored")
    return next((c for c in certificates.filter(number__in=numbers) if credential_id(c) == document.get("id")), None)


def _pdf(data: bytes) -> Verdict:
    """A sheet is genuine byte for byte or not at all; one that carries a number of ours and other bytes was changed."""
    answer = awards.verify_file(io.BytesIO(data))
    if answer.certificate is not None:
        state = VALID if answer.is_valid else REVOKED
        sentence = _("证书文件是本平台签发的原件。") if answer.is_valid else _ended(answer.certificate)
        return Verdict(state, "pdf", sentence, settings.SITE_URL, answer.title, certificate=answer.certificate)
    numbers = _numbers_in(data)
    if numbers and Certificate.objects.filter(number__in=numbers).exists():
        sentence = _("证书编号是本平台的，文件却不是签发时的原件：内容被改动，或者重新打印、另存过。")
        return Verdict(TAMPERED, "pdf", sentence)
    return Verdict(UNKNOWN_ISSUER, "pdf", _("这个 PDF 不是本平台签发的。"))


def _numbers_in(data: bytes) -> set[str]:
    try:
        return {number for words in pdf_words(data) for number in _NUMBER.findall("".join(words.text.split()))}
    except Exception:  # noqa: BLE001 -- a damaged PDF names no certificate
        return set()
