"""No network at run time (architecture, rule 9): no page, style sheet or script fetches from another host."""

import re
from pathlib import Path

from csp.constants import NONE, SELF
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
FETCHING_TAG = re.compile(
    r"<(?:link|script|img|iframe|video|audio|source|object|embed|form)\b[^>]*?\b(?:src|href|data|action)=[\"'](?:https?:)?//[^>]*>",
    re.IGNORECASE,
)
FETCHING_STYLE = re.compile(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^\s)\"']+")
FETCHING_SCRIPT = re.compile(
    r"(?:fetch|import|sendBeacon|WebSocket|EventSource)\(\s*[\"'`](?:https?:|wss?:)?//[^\"'`]+"
)


def fetches(text: str) -> list[str]:
    return [found.group() for kind in (FETCHING_TAG, FETCHING_STYLE, FETCHING_SCRIPT) for found in kind.finditer(text)]


def test_a_fetch_from_elsewhere_would_be_seen() -> None:
    assert fetches('<script defer src="https://cdn.example/x.js"></script>')
    assert fetches("@import '//fonts.example/a.css'; a { background: url(https://img.example/a.png) }")
    assert fetches("fetch('https://api.example/')")
    assert not fetches('<a href="https://www.example.cn/">source</a> <svg xmlns="http://www.w3.org/2000/svg"/>')


def test_no_source_fetches_from_elsewhere() -> None:
    sources = [
        path
        for folder, kinds in (("kechuang", {".html", ".txt", ".svg"}), ("frontend", {".css", ".js", ".mjs"}))
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in kinds and "dist" not in path.parts
    ]

    assert len(sources) > 20
    assert {path.name: found for path in sources if (found := fetches(path.read_text(encoding="utf-8")))} == {}


def test_the_browser_is_told_to_talk_to_us_alone() -> None:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    allowed = {SELF, NONE, "data:", "blob:"}

    assert directives["default-src"] == [SELF]
    assert directives["script-src"] == [SELF]
    assert {name for name, sources in directives.items() if not set(sources) <= allowed} == set()
