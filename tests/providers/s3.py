"""An S3 server of its own process for the tests: moto's, which keeps what it is given in memory."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import requests

from tests.providers.process import free_port, started

BUCKET, ACCESS, SECRET = "kechuang", "tests-access", "tests-secret-0123456789"


@dataclass(frozen=True)
class S3Server:
    address: str

    @property
    def client(self) -> Any:
        return boto3.client(
            "s3", endpoint_url=self.address, aws_access_key_id=ACCESS, aws_secret_access_key=SECRET,
            region_name="us-east-1",
        )  # fmt: skip

    @property
    def options(self) -> dict[str, Any]:
        """As config/settings.py hands them to the storage."""
        return {
            "bucket_name": BUCKET, "location": "", "endpoint_url": self.address, "access_key": ACCESS, "secret_key": SECRET,
            "region_name": "us-east-1", "addressing_style": "path", "verify": None,
        }  # fmt: skip

    def empty(self) -> None:
        """As new, with one empty bucket."""
        requests.post(f"{self.address}/moto-api/reset", timeout=10)
        self.client.create_bucket(Bucket=BUCKET)

    def names(self) -> list[str]:
        return [row["Key"] for row in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


@contextmanager
def running() -> Iterator[S3Server]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = started([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], address)
    try:
        yield S3Server(address)
    finally:
        process.kill()
        process.wait()
