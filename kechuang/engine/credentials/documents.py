"""What a credential says, unsigned: an OpenBadgeCredential of Open Badges 3.0 (1EdTech, 2024) for one certificate.

It goes where its holder takes it, so it holds less than the sheet: no name of a pupil and no school. The holder's name is
a salted hash (OB 3.0 IdentityObject), which whoever knows the name can compare and nobody can read.
"""

import hashlib
import secrets
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings

from kechuang.engine.awards.certificates import verify_address
from kechuang.engine.awards.models import Certificate
from kechuang.engine.awards.rules import UNNAMED
from kechuang.engine.credentials import issuer, status
from kechuang.engine.credentials.moments import stamp, start_of

CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]


def profile(name: str, method: str = issuer.WEB) -> dict[str, Any]:
    return {"id": issuer.issuer_did(method), "type": ["Profile"], "name": name, "url": settings.SITE_URL}


def credential_id(certificate: Certificate) -> str:
    """Names the certificate without its code, which would open its page."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'kechuang:certificate:{certificate.code}')}"


def certificate_document(
    certificate: Certificate, form: str, *, method: str = issuer.WEB, valid_until: datetime | None = None
) -> dict[str, Any]:
    """The unsigned credential of `certificate`, which must have come with its award and call.

    `form` (jwt or data-integrity) chooses the status list with the proof of the same kind. `valid_until` is the end of an
    honour; a prize of a contest has none.
    """
    words, call = certificate.words, certificate.award.call
    values = words["values"]
    name = "、".join(words["issuers"])
    said = {
        "@context": CONTEXTS,
        "id": credential_id(certificate),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{values['call']} {values['prize']}",
        "issuer": profile(name, method),
        "validFrom": stamp(start_of(certificate.issued_on)),
        "awardedDate": stamp(certificate.award.awarded_at),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": _identifiers(words),
            "narrative": f"作品：{values['title']}",
            "achievement": {
                "id": f"{settings.SITE_URL}/calls/{call.slug}/#prize-{certificate.award.prize}",
                "type": ["Achievement"],
                "achievementType": "Award",
                "name": f"{values['call']} {values['prize']}",
                "description": "。".join(filter(None, (words["title"], words["approval"], words["disclaimer"]))),
                "criteria": {"id": f"{settings.SITE_URL}/calls/{call.slug}/", "narrative": f"经专家评审，获得{values['prize']}。"},
                "creator": profile(name, method),
            },
        },
        "evidence": [{"id": verify_address(certificate.code), "type": ["Evidence"], "name": "在线核验"}],
        "credentialStatus": status.entry_of(certificate.pk, form),
    }  # fmt: skip
    return said | ({"validUntil": stamp(valid_until)} if valid_until else {})


def _identifiers(words: dict[str, Any]) -> list[dict[str, Any]]:
    number = {
        "type": "IdentityObject",
        "hashed": False,
        "identityType": "identifier",
        "identityHash": words["number"],
    }
    if words["holder"] == UNNAMED:
        return [number]
    salt = secrets.token_hex(8)
    hashed = {
        "type": "IdentityObject",
        "hashed": True,
        "identityType": "name",
        "identityHash": hashed_name(words["holder"], salt),
        "salt": salt,
    }
    return [number, hashed]


def hashed_name(name: str, salt: str) -> str:
    """OB 3.0, IdentityHash: the algorithm, then the digest of the name followed by the salt."""
    return "sha256$" + hashlib.sha256(f"{''.join(name.split())}{salt}".encode()).hexdigest()


def is_named(document: dict[str, Any], name: str) -> bool:
    """Whether the credential is made out to `name`."""
    rows = document.get("credentialSubject", {}).get("identifier", [])
    return any(
        row.get("identityHash") == hashed_name(name, row.get("salt", ""))
        for row in rows
        if isinstance(row, dict) and row.get("hashed")
    )
