"""Accepted files in an S3-compatible store, chosen by `S3_BUCKET` (docs/adr/0021-files-in-an-s3-compatible-store.md).

What django-storages does is kept, but for three things: one connection serves all threads of a process; a file is read from
where the reader stands, not fetched whole before its first byte; and what goes wrong is an OSError, as with a disk.
"""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

BUFFER = 1 << 18
PIECE = 16 << 20
"""Larger files go in pieces of this size, two at a time."""
ATTEMPTS = 3
GONE = frozenset({"404", "NoSuchKey", "NotFound"})


@contextmanager
def told_as_disk_errors(name: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in GONE:
            raise FileNotFoundError(f"not in the store: {name}") from error
        raise OSError(f"the store refused {name}: {code}") from error
    except (BotoCoreError, Boto3Error) as error:
        raise OSError(f"the store does not answer for {name}: {type(error).__name__}") from error


class S3Store(S3Storage):
    """Names are random and never used twice, so nothing is asked for before a file is written."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.transfer_config = TransferConfig(multipart_threshold=PIECE, multipart_chunksize=PIECE, max_concurrency=2)
        self.client_config = Config(
            s3={"addressing_style": self.addressing_style},
            connect_timeout=5,
            read_timeout=30,
            retries={"mode": "standard", "max_attempts": ATTEMPTS},
            max_pool_connections=32,
            # Checksums beyond MD5 are Amazon's alone; many stores of others refuse them.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        self._lock = threading.Lock()
        self._shared: Any = None

    @property
    def connection(self) -> Any:
        with self._lock:
            if self._shared is None:
                session = boto3.Session(aws_access_key_id=self.access_key, aws_secret_access_key=self.secret_key)
                self._shared = session.resource(
                    "s3",
                    region_name=self.region_name,
                    endpoint_url=self.endpoint_url,
                    config=self.client_config,
                    verify=self.verify,
                )
            return self._shared

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        if mode != "rb":
            raise ValueError(f"files in the store are read as bytes or saved whole, not opened as {mode!r}")
        key = self._normalize_name(clean_name(name))
        raw = ObjectReader(self.connection.meta.client, self.bucket_name, key)
        return File(io.BufferedReader(raw, BUFFER), name)

    def _save(self, name: str, content: Any) -> str:
        with told_as_disk_errors(name):
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with told_as_disk_errors(name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with told_as_disk_errors(name):
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with told_as_disk_errors(name):
            return int(super().size(name))


class ObjectReader(io.RawIOBase):
    """An object of the store as a file: one request from where the reader stands, another where it has moved elsewhere
    or the line broke off."""

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        self._ask = {"Bucket": bucket, "Key": key}
        self._client, self._key, self._at, self._body = client, key, 0, None
        with told_as_disk_errors(key):
            self._size = int(client.head_object(**self._ask)["ContentLength"])

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if at < 0:
            raise ValueError("a place before the beginning")
        if at != self._at:
            self._hang_up()
            self._at = at
        return at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size:
            return 0
        with told_as_disk_errors(self._key):
            data = self._received(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def _received(self, most: int) -> bytes:
        for left in reversed(range(ATTEMPTS)):
            try:
                if data := self._line().read(most):
                    return bytes(data)
            except BotoCoreError:
                if not left:
                    raise
            self._hang_up()
        raise OSError(f"the store ended {self._key} at {self._at} of {self._size} bytes")

    def _line(self) -> Any:
        if self._body is None:
            self._body = self._client.get_object(**self._ask, Range=f"bytes={self._at}-")["Body"]
        return self._body

    def _hang_up(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None

    def close(self) -> None:
        self._hang_up()
        super().close()
