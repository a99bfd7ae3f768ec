"""Encryption of single fields, and the keyed hash by which an encrypted field is found.

Two providers behind one interface: `international` (AES-256-GCM, HMAC-SHA-256) and `gm` (SM4-GCM, HMAC-SM3), for
installations under 密评. A stored value names its provider and key, so keys rotate and providers change without a
flag day. A certified module (HSM) becomes a third provider.
"""

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, NoReturn, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

NONCE, TAG = 12, 16


class DecryptionError(ValueError):
    pass


class Provider(Protocol):
    mark: str
    key_bytes: int

    def cipher(self, key: bytes) -> Any: ...
    def digest(self) -> hashes.HashAlgorithm: ...


class International:
    mark, key_bytes = "a", 32

    def cipher(self, key: bytes) -> Any:
        return algorithms.AES(key)

    def digest(self) -> hashes.HashAlgorithm:
        return hashes.SHA256()


class GuoMi:
    mark, key_bytes = "s", 16

    def cipher(self, key: bytes) -> Any:
        return algorithms.SM4(key)

    def digest(self) -> hashes.HashAlgorithm:
        return hashes.SM3()


PROVIDERS: dict[str, Provider] = {"international": International(), "gm": GuoMi()}


def provider() -> Provider:
    return PROVIDERS[settings.CRYPTO_BACKEND]


@lru_cache(maxsize=16)
def _derive(secret: str, purpose: str, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt=None, info=f"kechuang:{purpose}".encode()).derive(secret.encode())


def _field_key(chosen: Provider, key_id: str) -> bytes:
    if key_id not in settings.FIELD_KEYS:
        sentence = _("找不到密钥“%(key)s”，无法解密。请系统管理员在 FIELD_KEYS 中补上这个密钥。")
        raise DecryptionError(sentence % {"key": key_id})
    return _derive(settings.FIELD_KEYS[key_id], f"field:{chosen.mark}", chosen.key_bytes)


def encrypt(text: str) -> str:
    """Ciphertext as `provider.key.base64`; the last key of FIELD_KEYS is the one in use. Twice the same text differs."""
    chosen, key_id = provider(), list(settings.FIELD_KEYS)[-1]
    nonce = secrets.token_bytes(NONCE)
    encryptor = Cipher(chosen.cipher(_field_key(chosen, key_id)), modes.GCM(nonce)).encryptor()
    body = encryptor.update(text.encode()) + encryptor.finalize()
    packed = base64.urlsafe_b64encode(nonce + encryptor.tag + body).decode()
    return f"{chosen.mark}.{key_id}.{packed}"


def decrypt(stored: str) -> str:
    mark, key_id, packed = stored.split(".", 2)
    chosen = next(p for p in PROVIDERS.values() if p.mark == mark)
    raw = base64.urlsafe_b64decode(packed)
    nonce, tag, body = raw[:NONCE], raw[NONCE : NONCE + TAG], raw[NONCE + TAG :]
    decryptor = Cipher(chosen.cipher(_field_key(chosen, key_id)), modes.GCM(nonce, tag)).decryptor()
    try:
        return (decryptor.update(body) + decryptor.finalize()).decode()
    except InvalidTag as error:
        raise DecryptionError(_("这条加密数据已被改动或密钥不对，无法解密。")) from error


def blind_index(text: str) -> str:
    """A keyed hash of the trimmed, upper-case text: equal texts meet, the text cannot be had from it without the key."""
    digest = hmac.HMAC(settings.INDEX_KEY.encode(), provider().digest())
    digest.update(text.strip().upper().encode())
    return digest.finalize().hex()


_sealed: ContextVar[bool] = ContextVar("sealed", default=False)


@contextmanager
def sealed() -> Iterator[None]:
    """Within, encrypted fields pass as they stand in the database: a backup carries ciphertext and needs no key."""
    token = _sealed.set(True)
    try:
        yield
    finally:
        _sealed.reset(token)


def is_current(stored: str) -> bool:
    """Whether a stored value was written by the provider and the key in use now."""
    return stored.startswith(f"{provider().mark}.{list(settings.FIELD_KEYS)[-1]}.")


class EncryptedCharField(models.TextField):
    """Text that the database only sees encrypted. It cannot be searched: `index` names the field that holds its `blind_index`."""

    def __init__(self, *args: Any, index: str = "", **kwargs: Any) -> None:
        self.index = index
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return decrypt(value) if value and not _sealed.get() else value

    def get_prep_value(self, value: Any) -> str | None:
        text = super().get_prep_value(value)
        return encrypt(text) if text and not _sealed.get() else text

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        return self._refuse(lookup_name)

    def _refuse(self, lookup_name: str) -> NoReturn:
        raise TypeError(f"{self.name} is encrypted and cannot be searched ({lookup_name}); search its blind index.")
