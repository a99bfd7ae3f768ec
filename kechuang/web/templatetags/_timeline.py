"""The lines of a timeline, written out in Python: an application has a dozen of them, each with a dozen conditions."""

from collections.abc import Callable, Mapping
from typing import Any

from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kechuang.web.lines import escaped

from . import _words

Svg = Callable[[str, str, str], SafeString]
ICONS = {"now": "circle-dot", "next": "circle-dashed"}


def timeline(svg: Svg) -> Callable[[dict[str, Any], Context], dict[str, Any]]:
    """What the component's template needs; `svg` draws an icon."""

    def prepare(values: dict[str, Any], context: Context) -> dict[str, Any]:
        return {"lines": mark_safe("".join([_line(item, svg) for item in values["items"] or ()]))}

    return prepare


def _line(item: Mapping[str, Any], svg: Svg) -> str:
    """`item`: title; state (done, now, next), at, by, note, tone, icon, url and link where there are any."""
    get = item.get
    state = get("state") or "done"
    is_now = state == "now"
    tone = f" tone-{escaped(get('tone'))}" if get("tone") else ""
    badge = f' <span class="badge tone-primary">{escaped(_("现在"))}</span>' if is_now else ""
    current = ' aria-current="step"' if is_now else ""
    return (
        f'<li class="spine-item spine-{escaped(state)}{tone}"{current}>'
        f'<span class="spine-dot">{svg(get("icon") or ICONS.get(state, "check"), "", "small")}</span><div class="spine-words">'
        f'<p class="spine-title">{escaped(get("title"))}{badge}</p>{_meta(get("at"), get("by"))}{_rest(item)}</div></li>\n'
    )


def _meta(at: Any, by: Any) -> str:
    if not (at or by):
        return ""
    when = f'<time datetime="{_words.iso(at)}">{escaped(_words.moment_words(at))}</time>' if at else ""
    return f'<p class="spine-meta">{when}{f"<span>{escaped(by)}</span>" if by else ""}</p>'


def _rest(item: Mapping[str, Any]) -> str:
    note, url = item.get("note"), item.get("url")
    said = f'<p class="spine-note">{escaped(note)}</p>' if note else ""
    return f'{said}<a href="{escaped(url)}">{escaped(item.get("link") or url)}</a>' if url else said
