"""The how-to pages of docs/how-to, shown in the help of the same audience, so that there is one text and it is the one people read."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

FOLDER = Path(settings.BASE_DIR) / "docs" / "how-to"
PICTURES = "../pictures/"


@lru_cache(maxsize=32)
def how_to(page: str) -> SafeString:
    """The page as HTML without its title; empty where an installation ships without docs. Our own text, so it is safe."""
    path = FOLDER / f"{page}.md"
    if not path.is_file():
        return SafeString("")
    title, _newline, text = path.read_text(encoding="utf-8").partition("\n")
    assert title.startswith("# "), path
    parser = MarkdownIt("commonmark", {"html": False, "xhtmlOut": False}).enable("table")
    tokens = parser.parse(text)
    for token in tokens:
        for child in token.children or ():
            _point_inside(child)
    return mark_safe(parser.renderer.render(tokens, parser.options, {}))


def _point_inside(token) -> None:
    """Pictures come from the static files; a link to another how-to page leads to its help page."""
    source, target = str(token.attrGet("src") or ""), str(token.attrGet("href") or "")
    if source.startswith(PICTURES):
        token.attrSet("src", static(f"pictures/{source.removeprefix(PICTURES)}"))
        token.attrSet("loading", "lazy")
    elif target.endswith(".md") and "/" not in target:
        token.attrSet("href", reverse("help", args=[target.removesuffix(".md")]))
    elif ".md" in target:
        token.attrSet("href", reverse("help"))
