"""A small HTTP/1.1 client: keep-alive, cookies, forms. It costs a tenth of the usual ones, because it runs on the measured machine."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import uuid4

FORWARDED = "X-Forwarded-Proto: https\r\nX-Forwarded-For: 198.51.100.7\r\n"
"""As a proxy in front of the servers sends it."""
File = tuple[str, bytes, str]
"""Name, content, content type."""


class BadAnswer(RuntimeError):
    """Not what the bench expected of a page: a figure of refusals would be worth nothing."""


@dataclass
class Response:
    status: int
    headers: dict[str, str]
    set_cookies: list[str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def location(self) -> str:
        """Where a redirect leads, without scheme and host."""
        place = self.headers.get("location", "")
        return place if place.startswith("/") else "/" + place.split("/", 3)[-1]


def get_bytes(path: str, cookie: str = "", host: str = "127.0.0.1") -> bytes:
    """A GET request, ready to be sent."""
    cookies = f"Cookie: {cookie}\r\n" if cookie else ""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{FORWARDED}{cookies}Accept-Language: zh-CN\r\n\r\n".encode()


def read_head(head: bytes) -> tuple[int, dict[str, str], list[str]]:
    lines = head.decode("latin-1").split("\r\n")
    headers, set_cookies = {}, []
    for line in lines[1:]:
        name, _colon, value = line.partition(":")
        if name.lower() == "set-cookie":
            set_cookies.append(value.strip())
        headers[name.lower()] = value.strip()
    return int(lines[0].split(" ", 2)[1]), headers, set_cookies


@dataclass
class Connection:
    """One keep-alive connection with its own cookies. Reconnects when the server has closed an idle one."""

    host: str
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    timeout: float = 30
    _socket: socket.socket | None = None
    _left: bytes = b""

    def get(self, path: str, **headers: str) -> Response:
        return self.request("GET", path, headers=headers)

    def post(
        self,
        path: str,
        form: Mapping[str, object] | None = None,
        files: Mapping[str, File] | None = None,
        **headers: str,
    ) -> Response:
        """A form as a browser sends it: with the token of the cookie, and as multipart where there are files."""
        fields = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **(form or {})}
        kind, body = (
            multipart(fields, files)
            if files
            else ("application/x-www-form-urlencoded", urlencode(fields, True).encode())
        )
        sent = {
            "Content-Type": kind,
            "Referer": f"https://{self.host}{path}",
            "Origin": f"https://{self.host}",
            **headers,
        }
        return self.request("POST", path, body, sent)

    def request(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Response:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}", FORWARDED.strip(), "Accept-Language: zh-CN"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in (headers or {}).items()]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if body or method != "GET":
            lines.append(f"Content-Length: {len(body)}")
        message = ("\r\n".join(lines) + "\r\n\r\n").encode() + body
        response = self._exchange(message, head_only=method == "HEAD")
        for cookie in response.set_cookies:
            name, _equals, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return response

    def close(self) -> None:
        if self._socket:
            self._socket.close()
        self._socket, self._left = None, b""

    def _exchange(self, message: bytes, *, head_only: bool) -> Response:
        fresh = self._socket is None
        try:
            self._open().sendall(message)
            return self._receive(head_only)
        except (ConnectionError, EOFError):
            self.close()
            if fresh:
                raise
        self._open().sendall(message)  # the server had closed the idle connection before it read anything
        return self._receive(head_only)

    def _open(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection((self.host, self.port), self.timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _receive(self, head_only: bool) -> Response:
        head = self._until(b"\r\n\r\n")
        status, headers, set_cookies = read_head(head)
        if head_only or status in (204, 304):
            body = b""
        elif headers.get("transfer-encoding", "").lower() == "chunked":
            body = self._chunks()
        else:
            body = self._exactly(int(headers.get("content-length", 0)))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Response(status, headers, set_cookies, body)

    def _more(self) -> None:
        data = self._open().recv(262_144)
        if not data:
            raise EOFError
        self._left += data

    def _until(self, mark: bytes) -> bytes:
        while (at := self._left.find(mark)) < 0:
            self._more()
        found, self._left = self._left[:at], self._left[at + len(mark) :]
        return found

    def _exactly(self, size: int) -> bytes:
        parts, missing = [self._left[:size]], size - len(self._left)
        self._left = self._left[size:]
        while missing > 0:
            self._more()
            parts.append(self._left[:missing])
            taken = len(parts[-1])
            self._left, missing = self._left[taken:], missing - taken
        return b"".join(parts)

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self._until(b"\r\n").split(b";")[0], 16):
            parts.append(self._exactly(size))
            self._until(b"\r\n")
        self._until(b"\r\n")
        return b"".join(parts)


def multipart(fields: Mapping[str, object], files: Mapping[str, File]) -> tuple[str, bytes]:
    """Content type and body of a form with files."""
    border = uuid4().hex
    parts: list[bytes] = []
    for name, value in fields.items():
        parts.extend(
            f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{each}\r\n'.encode()
            for each in (value if isinstance(value, (list, tuple)) else (value,))
        )
    for name, (filename, content, kind) in files.items():
        head = f'--{border}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: {kind}\r\n\r\n'
        parts += [head.encode(), content, b"\r\n"]
    return f"multipart/form-data; boundary={border}", b"".join(parts) + f"--{border}--\r\n".encode()
