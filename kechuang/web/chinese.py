"""Chinese on pages in another language is marked as Chinese (WCAG 3.1.2): people, schools and titles keep their own script, and a
screen reader must know when to change its voice, a browser which shapes of the characters to draw.

It is done once, on the finished page, because data stand everywhere: no template has to think of it. What a template marks
itself stays as it is.
"""

import re
from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

H = r"\u3400-\u9fff\U00020000-\U0003ffff"
HAN = re.compile(f"[{H}]")
RUN = re.compile(f"[{H}“《（]*[{H}](?:[{H}\u3000-\u303f\uff00-\uffef“”·0-9]*[{H}”》）。！？])?")
"""Chinese words with the punctuation and the figures between them: 红树林（二期）, 第3中学."""
OWN = "script|style|option|title|textarea|text|tspan|desc"
PLAIN = re.compile(
    rf"""(?:[^<{H}]+|<(?!!--|(?:html|{OWN})\b)(?:(?!\slang=)[^>"'{H}]|"[^"{H}]*"|'[^'{H}]*')*+>)+""", re.IGNORECASE
)
"""As much as there is without Chinese: nothing to be done about it."""
PIECE = re.compile(r"""<!--.*?-->|<([a-zA-Z][^\s/>]*|/)((?:"[^"]*"|'[^']*'|[^'">])*)>|[^<]+|<""", re.DOTALL)
RAW = frozenset({"script", "style"})
WHOLE = frozenset({"option", "title", "textarea", "text", "tspan", "desc"})
"""Elements that hold nothing but text, those of pictures too: the mark is their own attribute."""
SPOKEN = re.compile(r"""\s(?:alt|aria-label|placeholder)="([^"]*)\"""")
MARK = ' lang="zh-CN"'
"""Not the zh-Hans of templates: tests look for sentences without a translation in what only this marks."""


def mark(page: str) -> str:
    """The page with its Chinese marked, whether it stands between tags or is only spoken (the words of a picture or a field)."""
    return "".join(_pieces(page)) if HAN.search(page) else page


def _pieces(page: str) -> Iterator[str]:
    at = 0
    while at < len(page):
        if plain := PLAIN.match(page, at):
            yield plain.group()
            at = plain.end()
            continue
        piece = PIECE.match(page, at)
        assert piece  # its last way out is a single "<"
        text, name = piece.group(), (piece.group(1) or "").lower()
        at = piece.end()
        if not name:
            yield text if text.startswith("<!--") else RUN.sub(_marked, text)
        elif name in RAW or (name != "html" and ' lang="' in piece.group(2)):
            end = _end_of(name, page, at)
            yield page[piece.start() : end]
            at = end
        elif name in WHOLE:
            end = page.find("<", at)
            yield (text[:-1] + MARK + ">" if _is_chinese(page[at:end]) else text) + page[at:end]
            at = end
        else:
            yield _spoken(text)


def _end_of(name: str, page: str, at: int) -> int:
    """Where the element ends whose start tag ends at `at`; elements of its kind may stand in it."""
    depth = 1
    for tag in re.compile(rf"<(/?){name}\b", re.IGNORECASE).finditer(page, at):
        depth += -1 if tag.group(1) else 1
        if not depth:
            return tag.start()
    return at


def _marked(found: re.Match[str]) -> str:
    return f"<bdi{MARK}>{found.group()}</bdi>"


def _is_chinese(text: str) -> bool:
    """Text with Chinese in it and no word of another language."""
    return bool(HAN.search(text)) and not re.search("[A-Za-z]{2}", text)


def _spoken(tag: str) -> str:
    """A tag whose words are Chinese throughout says so; beside English words it cannot be told apart."""
    words = SPOKEN.findall(tag) if HAN.search(tag) else []
    if not words or not all(_is_chinese(text) for text in words):
        return tag
    end = "/>" if tag.endswith("/>") else ">"
    return tag.removesuffix(end) + MARK + end


class MarkedChinese:
    """Marks what goes out in a language other than Chinese. Stands behind the kept copies of public pages, so that those are marked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if (get_language() or "zh").startswith("zh") or getattr(response, "streaming", False):
            return response
        if response.get("Content-Type", "").startswith("text/html") and response.charset.lower() == "utf-8":
            response.content = mark(response.content.decode()).encode()
        return response
