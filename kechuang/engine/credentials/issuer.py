"""Who issues: the platform under its web address (did:web) or, for checks without any network, under its key (did:key)."""

from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings

from kechuang.engine.credentials.keys import IssuerKey, issuer_keys, signing_key

WEB, KEY = "web", "key"


def did_web() -> str:
    """did:web of SITE_URL; its document is served at /.well-known/did.json."""
    return f"did:web:{quote(urlsplit(settings.SITE_URL).netloc, safe='')}"


def did_key(key: IssuerKey | None = None) -> str:
    return f"did:key:{(key or signing_key()).multibase}"


def issuer_did(method: str = WEB) -> str:
    return did_web() if method == WEB else did_key()


def verification_method(method: str = WEB) -> str:
    """The name of the signing key in a proof."""
    key = signing_key()
    return f"{did_web()}#{key.name}" if method == WEB else f"{did_key(key)}#{key.multibase}"


def key_named(method_id: str) -> IssuerKey | None:
    """Which of our keys a proof names; None where it names none of ours."""
    for key in issuer_keys():
        if method_id in (f"{did_web()}#{key.name}", f"{did_key(key)}#{key.multibase}"):
            return key
    return None


def is_ours(did: str) -> bool:
    return did == did_web() or any(did == did_key(key) for key in issuer_keys())


def did_document() -> dict[str, Any]:
    """The DID document of the platform (DID 1.0, Multikey), every key that ever signed in it."""
    did = did_web()
    methods = [
        {"id": f"{did}#{key.name}", "type": "Multikey", "controller": did, "publicKeyMultibase": key.multibase}
        for key in issuer_keys()
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "alsoKnownAs": [did_key(key) for key in issuer_keys()],
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }
