"""Signing: as a VC-JWT (OB 3.0 §8.2, EdDSA) or with a Data Integrity proof (§8.3, eddsa-rdfc-2022)."""

from datetime import datetime
from typing import Any

import jwt

from kechuang.base import clock
from kechuang.engine.credentials import issuer
from kechuang.engine.credentials.keys import signing_key
from kechuang.engine.credentials.moments import parsed

JWT, DATA_INTEGRITY = "jwt", "data-integrity"


def signed_jwt(document: dict[str, Any], *, method: str = issuer.WEB) -> str:
    """The compact JWS whose payload is the credential with its registered claims."""
    claims = {"iss": issuer.issuer_did(method), "jti": document["id"], "nbf": _seconds(document["validFrom"])}
    if "validUntil" in document:
        claims["exp"] = _seconds(document["validUntil"])
    headers = {"kid": issuer.verification_method(method), "typ": "JWT"}
    return jwt.encode(document | claims, signing_key().private, algorithm="EdDSA", headers=headers)


def signed_document(
    document: dict[str, Any], *, method: str = issuer.WEB, at: datetime | None = None
) -> dict[str, Any]:
    """The credential with its embedded proof. The contexts come with the library, none is fetched."""
    from openbadgeslib.ob3.clr import bundled_clr_contexts  # noqa: PLC0415 -- slow import
    from openbadgeslib.ob3.ldp import add_data_integrity_proof  # noqa: PLC0415 -- slow import

    is_record = "ClrCredential" in document["type"]
    return add_data_integrity_proof(
        document, signing_key().private_pem, issuer.verification_method(method), created=at or clock.now(),
        extra_contexts=bundled_clr_contexts() if is_record else None,
    )  # fmt: skip


def _seconds(text: str) -> int:
    return int(parsed(text).timestamp())
