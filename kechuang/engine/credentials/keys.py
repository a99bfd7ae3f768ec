"""The keys that sign credentials. The last of CREDENTIAL_KEYS signs; all of them stay published, so that what an older one
signed still verifies (W3C Controlled Identifiers 1.0, verification methods)."""

from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


@dataclass(frozen=True)
class IssuerKey:
    """An Ed25519 key and the name it is published under."""

    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> Ed25519PublicKey:
        return self.private.public_key()

    @property
    def multibase(self) -> str:
        """The public key as a Multikey (W3C Controlled Identifiers 1.0 §2.2.2)."""
        from openbadgeslib.ob3.did import multikey_from_pem  # noqa: PLC0415 -- slow import

        return multikey_from_pem(self.public_pem)

    @property
    def private_pem(self) -> bytes:
        return self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @property
    def public_pem(self) -> bytes:
        return self.public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def issuer_keys() -> tuple[IssuerKey, ...]:
    """All keys of this platform, the one that signs first."""
    return _derived(tuple(settings.CREDENTIAL_KEYS.items())[::-1])


def signing_key() -> IssuerKey:
    return issuer_keys()[0]


@lru_cache(maxsize=4)
def _derived(secrets: tuple[tuple[str, str], ...]) -> tuple[IssuerKey, ...]:
    return tuple(IssuerKey(name, _derive(secret)) for name, secret in secrets)


def _derive(secret: str) -> Ed25519PrivateKey:
    seed = HKDF(hashes.SHA256(), 32, salt=None, info=b"kechuang:credentials").derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)
