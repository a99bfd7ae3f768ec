"""The load: some keep-alive clients that ask for pages in turn, for a bounded time, in a process of their own.

`ask(address, pages, …)` starts the process and hands back its `Load`. Inside, one thread serves all clients with prepared requests.
"""

from __future__ import annotations

import json
import resource
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import cycle
from typing import Any

from tests.bench.http import BadAnswer, get_bytes, read_head

Page = tuple[str, str]
"""Path and cookie header."""
CLIENTS = 4


@dataclass(frozen=True)
class Load:
    """How many answers in how many seconds; milliseconds of the median, the slowest twentieth and hundredth, the client's CPU seconds."""

    count: int
    seconds: float
    p50: float
    p95: float
    p99: float
    size: int
    client_cpu: float

    @property
    def rate(self) -> float:
        return self.count / self.seconds


def ask(port: int, pages: Sequence[Page], *, seconds: float, count: int = 1_000_000, clients: int = CLIENTS) -> Load:
    """Ask for the pages in turn until the time is over or `count` answers have come. Any answer but 200 ends the bench."""
    plan = {"port": port, "pages": list(pages), "seconds": seconds, "count": count, "clients": clients}
    child = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=json.dumps(plan),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if child.returncode:
        raise SystemExit(child.returncode)
    return Load(**json.loads(child.stdout))


def quantiles(took: Sequence[float]) -> tuple[float, float, float]:
    """Milliseconds of the median, the slowest twentieth and the slowest hundredth of sorted seconds."""
    middle, late, latest = (1000 * took[min(len(took) - 1, int(len(took) * share))] for share in (0.5, 0.95, 0.99))
    return middle, late, latest


class Closed(Exception):
    """The server closed the connection before it began to answer."""


class _Client:
    """One connection: what it has received of the present answer, and how much is to come."""

    def __init__(self, port: int) -> None:
        self.port, self.path, self.message, self.since = port, "", b"", 0.0
        self._connect()
        self._forget()

    def _connect(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _forget(self) -> None:
        self.received = bytearray()
        self.head_end, self.length, self.chunked, self.status = -1, 0, False, 0

    def send(self, path: str, message: bytes) -> None:
        self._forget()
        self.path, self.message, self.since = path, message, time.perf_counter()
        self.socket.sendall(message)

    def send_again(self) -> None:
        """On a new connection, as browsers do when the server closes an idle one (a process that gave way to a fresh one)."""
        self.socket.close()
        self._connect()
        self.socket.sendall(self.message)

    def is_done(self) -> bool:
        """Take in what has come; whether the answer is whole."""
        try:
            data = self.socket.recv(1 << 20)
        except ConnectionResetError:
            data = b""
        if not data and not self.received:
            raise Closed
        if not data:
            raise BadAnswer(f"{self.path}: the server hung up after {len(self.received)} bytes")
        self.received += data
        if self.head_end < 0:
            self._read_head()
        if self.head_end < 0:
            return False
        return (
            self.received.endswith(b"0\r\n\r\n") if self.chunked else len(self.received) - self.head_end >= self.length
        )

    def _read_head(self) -> None:
        at = self.received.find(b"\r\n\r\n")
        if at >= 0:
            self.head_end = at + 4
            self.status, headers, _cookies = read_head(bytes(self.received[:at]))
            self.chunked = headers.get("transfer-encoding", "") == "chunked"
            self.length = int(headers.get("content-length", 0))
            if self.status != 200:
                raise BadAnswer(f"{self.path}: {self.status} {headers.get('location', '')}")


def run(port: int, pages: Sequence[Page], seconds: float, count: int, clients: int) -> Load:
    """The work of the child process."""
    turns = cycle([(path, get_bytes(path, cookie)) for path, cookie in pages])
    waiting = selectors.DefaultSelector()
    for _n in range(clients):
        client = _Client(port)
        waiting.register(client.socket, selectors.EVENT_READ, client)
        client.send(*next(turns))
    took, size, sent = [], 0, clients
    start = time.perf_counter()
    under_way = clients
    while under_way:
        for key, _events in waiting.select(60):
            client = key.data
            try:
                if not client.is_done():
                    continue
            except Closed:
                waiting.unregister(client.socket)
                client.send_again()
                waiting.register(client.socket, selectors.EVENT_READ, client)
                continue
            now = time.perf_counter()
            took.append(now - client.since)
            size += len(client.received)
            if now - start < seconds and sent < count:
                client.send(*next(turns))
                sent += 1
            else:
                under_way -= 1
                waiting.unregister(client.socket)
                client.socket.close()
    end = time.perf_counter()
    took.sort()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return Load(len(took), end - start, *quantiles(took), size // len(took), usage.ru_utime + usage.ru_stime)


def main() -> int:
    plan: dict[str, Any] = json.load(sys.stdin)
    try:
        found = run(**plan)
    except (BadAnswer, ConnectionError) as problem:
        print(f"The bench stops: {problem}", file=sys.stderr)
        return 1
    json.dump(asdict(found), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
