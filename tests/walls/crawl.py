"""A reader who follows every link: each persona from the first page on, no further than their rights take them."""

import re
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

LINK = re.compile(r'(?:href|src|action|hx-get|data-url|data-src)="([^"]+)"')
GUIDS = re.compile(r"<(?:link|guid|loc)[^>]*>([^<]+)</")
MOST_OF_A_KIND = 2
"""Pages of one address and one set of parameters: more rows of a list show nothing new."""


@dataclass
class Answer:
    address: str
    name: str
    response: Any


@dataclass
class Reader:
    """One persona and their session."""

    who: str
    key: str | None = None
    seen: Counter = field(default_factory=Counter)

    def ask(self, address: str, method: str = "get", sends: Any = None, **headers: Any) -> Any:
        """One request; whatever it writes is taken back."""
        client = Client(raise_request_exception=False)
        if self.key:
            client.cookies["sessionid"] = self.key
        with transaction.atomic():
            response = getattr(client, method)(address, sends or {}, **headers)
            if response.streaming:
                body = b"".join(response.streaming_content)
                response.streaming_content = iter([body])
            transaction.set_rollback(True)
        return response

    def crawl(self, seeds: Iterable[str], skip: Iterable[str] = ()) -> Iterable[Answer]:
        """Every page from the seeds on, breadth first."""
        waiting, known = deque(dict.fromkeys(seeds)), set(seeds)
        while waiting:
            address = waiting.popleft()
            name = name_of(address)
            if not name or name in skip or not self._is_new(name, address):
                continue
            response = self.ask(address)
            yield Answer(address, name, response)
            for link in links_in(response, address):
                if link not in known:
                    known.add(link)
                    waiting.append(link)

    def _is_new(self, name: str, address: str) -> bool:
        kind = (name, tuple(sorted(key for key, _value in parse_qsl(urlsplit(address).query))))
        self.seen[kind] += 1
        return self.seen[kind] <= MOST_OF_A_KIND


def name_of(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""


def links_in(response: Any, address: str) -> list[str]:
    """Addresses of our own that a page leads to, redirects included."""
    found = [response["Location"]] if response.has_header("Location") else []
    if not response.streaming and re.search("html|xml|calendar", response.headers.get("Content-Type", "")):
        text = response.content.decode("utf-8", "replace")
        found += LINK.findall(text) + GUIDS.findall(text)
    return [link for each in found if (link := _ours(unescape(each), address))]


def _ours(link: str, address: str) -> str:
    whole = urlsplit(urljoin(f"http://testserver{address}", link.strip()))
    if whole.scheme not in {"http", "https"} or whole.hostname not in {"testserver", "127.0.0.1", "localhost"}:
        return ""
    return whole._replace(scheme="", netloc="", fragment="").geturl()
