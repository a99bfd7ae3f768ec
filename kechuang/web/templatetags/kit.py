"""The component kit: `{% load kit %}`. The page /components/ shows each of them."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.core.paginator import Page
from django.template import TemplateSyntaxError
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from kechuang.base import clock, names
from kechuang.base.names import person_name

from . import _fields, _pictures, _timeline, _words
from ._component import REQUIRED, Kit
from ._keep import keep

ICONS: dict[str, str] = json.loads((Path(__file__).parent / "icons.json").read_text(encoding="utf-8"))
TONES = _words.TONES
SIZES = ("small", "medium", "large")

register = Kit()
register.tag("keep", keep)

register.filter("day_words", _words.day_words)
register.filter("date_words", _words.date_words)
register.filter("moment_words", _words.moment_words)
register.filter("iso", _words.iso)
register.filter("time_left", _words.time_left)
register.filter("file_size", _words.file_size)


@register.filter
def number(value: Any) -> str:
    """Thousands apart, in every language alike."""
    return f"{value:,}" if isinstance(value, int | float) else str(value if value is not None else "")


@register.filter
def translated(text: str) -> str:
    """Words of a declaration in the reader's language, where the catalogue knows them; what an officer wrote stays as it is."""
    return gettext(text) if text else ""


@register.filter
def named(person: Any) -> str:
    """A person's name, given as text or as a person, in the order of the reader's language."""
    return person_name(str(person), getattr(person, "name_en", "")) if person else ""


@register.filter
def listed(items: Any) -> str:
    """Several things in one line, as the reader's language separates them."""
    return names.listed(items)


@register.simple_tag
def comma() -> str:
    """What stands between two things of a list."""
    return names.listed(("", ""))


@register.filter
def state_label(state: Any) -> str:
    return _words.state_words(state)[0]


@register.simple_tag
def built(name: str) -> str:
    """The address of a file of the built front end; a missing one stops the page with the remedy."""
    if (
        getattr(settings, "REQUIRE_FRONT_END", True)
        and not settings.PRODUCTION
        and finders.find(f"dist/{name}") is None
    ):
        raise ImproperlyConfigured(f"The front end is not built: dist/{name} is missing. Run `make setup`.")
    return static(f"dist/{name}")


@register.simple_tag
def web_font() -> bool:
    """Whether pages bring their own Chinese font instead of the system's."""
    return bool(settings.WEB_FONT)


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request is not None else ""
    return chosen if chosen in {"light", "dark"} else "auto"


@register.simple_tag(takes_context=True)
def print_size(context: Context) -> str:
    """`large` for those who asked for large print; a cookie, so that a public page needs no account."""
    request = context.get("request")
    return "large" if request is not None and request.COOKIES.get("print") == "large" else "usual"


@lru_cache(maxsize=512, typed=True)  # typed: text that is safe and text that is not are two
def svg(name: str, label: str = "", size: str = "medium") -> SafeString:
    if name not in ICONS:
        raise TemplateSyntaxError(f"No icon {name!r}: add its name to frontend/icons.txt and run `npm run icons`.")
    told = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon icon-{}" {} width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{}</svg>',
        size,
        told,
        mark_safe(ICONS[name]),
    )


def _icon(values: dict[str, Any]) -> SafeString:
    return svg(str(values["name"]), str(values["label"] or ""), values["size"])


def _badge(values: dict[str, Any], context: Context) -> dict[str, Any]:
    label, tone = _words.state_words(values["state"]) if values["state"] is not None else ("", "muted")
    return {"label": values["label"] or label, "tone": values["tone"] or tone}


def _stat(values: dict[str, Any], context: Context) -> dict[str, Any]:
    return {"shown": number(values["value"])}


def _progress(values: dict[str, Any], context: Context) -> dict[str, Any]:
    most = values["max"] or 0
    return {"percent": round(100 * (values["value"] or 0) / most) if most else 0}


def _deadline(values: dict[str, Any], context: Context) -> dict[str, Any]:
    at, now = values["at"], clock.now()
    if not at:
        return {}
    return {
        "left": _words.time_left(at, now),
        "tone": _words.urgency(at, now),
        "words": _words.moment_words(at),
        "now": now,
    }


def _file_drop(values: dict[str, Any], context: Context) -> dict[str, Any]:
    """The formats in words, as they are said before a file is chosen."""
    return {
        "formats": names.listed(ending.strip(". ").upper() for ending in str(values["accept"]).split(",") if ending)
    }


def _steps(values: dict[str, Any], context: Context) -> dict[str, Any]:
    """Items are dicts or objects with label and state (done, now, next); `current` names the place instead."""
    items, current = list(values["items"]), values["current"]
    if current is None:
        return {"items": items}
    place = int(current)
    states = ["done" if n < place else "now" if n == place else "next" for n in range(1, len(items) + 1)]
    return {"items": [_as_step(item, state) for item, state in zip(items, states, strict=True)]}


def _as_step(item: Any, state: str) -> dict[str, Any]:
    if isinstance(item, dict):
        return {**item, "state": state}
    return {"label": item, "state": state, "url": ""}


def _pagination(values: dict[str, Any], context: Context) -> dict[str, Any]:
    page = values["page"]
    if not isinstance(page, Page):
        return {"numbers": []}
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"numbers": list(numbers), "total": page.paginator.count, "gap": page.paginator.ELLIPSIS}


def _avatar(values: dict[str, Any], context: Context) -> dict[str, Any]:
    name = str(values["name"] or "?").strip()
    return {"initial": name[:1].upper(), "hue": sum(map(ord, name)) % 6}


register.component("icon", positional="name", attributes={"name": REQUIRED, "label": "", "size": "medium"},
    choices={"name": ICONS, "size": SIZES}, html=_icon)  # fmt: skip
register.component("button", positional="label",
    attributes={"label": "", "href": "", "tone": "plain", "size": "medium", "icon": "", "type": "submit", "name": "",
        "value": "", "form": "", "disabled": False, "wide": False, "id": "", "formaction": "", "new_tab": False},
    choices={"tone": ("primary", "plain", "danger", "ghost", "link"), "size": SIZES, "icon": ICONS,
        "type": ("submit", "button", "reset")}, is_plain=True)  # fmt: skip
register.component("badge", positional="state",
    attributes={"state": None, "label": "", "tone": "", "icon": ""},
    choices={"tone": TONES, "icon": ICONS}, prepare=_badge, is_plain=True)  # fmt: skip
register.component("page_header", positional="title",
    attributes={"title": REQUIRED, "over": "", "text": "", "count": None, "unit": ""},
    slots=("actions", "badges", "meta"))  # fmt: skip
register.component("card", attributes={"title": "", "text": "", "icon": "", "flush": False, "id": "", "tone": ""},
    choices={"icon": ICONS, "tone": TONES}, slots=("actions", "footer"))  # fmt: skip
register.component("stat", attributes={"label": REQUIRED, "value": REQUIRED, "unit": "", "note": "", "icon": "",
    "href": "", "tone": ""}, choices={"tone": TONES, "icon": ICONS}, prepare=_stat)  # fmt: skip
register.component("timeline", attributes={"items": REQUIRED, "empty": ""}, prepare=_timeline.timeline(svg))
register.component("empty", attributes={"title": REQUIRED, "icon": "folder-open"}, choices={"icon": ICONS},
    slots=("actions",))  # fmt: skip
register.component(
    "table", attributes={"caption": REQUIRED, "cards": True, "selectable": False, "id": ""}, slots=("bulk",)
)
register.component("list_card", attributes={"title": REQUIRED, "href": "", "text": ""}, slots=("badges", "facts"))
register.component("filter_bar", attributes={"search": "", "value": "", "name": "q", "active": (), "clear": "", "id": "",
    "action": ""}, slots=())  # fmt: skip
register.component("progress", attributes={"value": REQUIRED, "max": 100, "label": "", "tone": "primary", "unit": "",
    "hide_label": False}, choices={"tone": TONES}, prepare=_progress)  # fmt: skip
register.component("steps", attributes={"items": REQUIRED, "current": None, "label": ""}, prepare=_steps)
register.component("alert", attributes={"tone": "info", "title": "", "icon": "", "id": ""},
    choices={"tone": TONES, "icon": ICONS}, slots=("actions",))  # fmt: skip
register.component("dl", attributes={"items": (), "columns": 1}, slots=())
register.component("tabs", attributes={"items": REQUIRED, "label": ""})
register.component("pagination", attributes={"page": None, "next_url": "", "previous_url": "", "total": None},
    prepare=_pagination)  # fmt: skip
register.component("confirm", attributes={"id": REQUIRED, "title": REQUIRED, "action": REQUIRED, "label": REQUIRED,
    "tone": "primary", "reason": "", "reason_help": "", "name": "", "value": ""}, choices={"tone": ("primary", "danger")},
    slots=())  # fmt: skip
register.component("file_drop", attributes={"name": REQUIRED, "label": REQUIRED, "endpoint": "", "purpose": "", "accept": "",
    "max_bytes": 0, "help": "", "done": "", "multiple": False, "required": False, "error": "", "most": 0, "full": False},
    prepare=_file_drop, slots=())  # fmt: skip
register.component(
    "deadline", positional="at", attributes={"at": REQUIRED, "label": "", "aloud": False}, prepare=_deadline
)
register.component("avatar", positional="name", attributes={"name": REQUIRED, "size": "medium"}, choices={"size": SIZES},
    prepare=_avatar)  # fmt: skip
register.component("copy", attributes={"text": REQUIRED, "label": ""})
register.component("criterion", attributes={"name": REQUIRED, "label": REQUIRED, "points": REQUIRED, "value": None,
    "anchors": (), "help": "", "error": "", "step": 1})  # fmt: skip
register.component(
    "field", positional="of", attributes={"of": REQUIRED, "label": "", "help": ""}, prepare=_fields.field
)
register.component("fields", positional="of", attributes={"of": REQUIRED, "only": ""}, prepare=_fields.fields)
register.component("error_summary", positional="of", attributes={"of": REQUIRED}, prepare=_fields.error_summary)
register.component("chart", positional="of", attributes={"of": REQUIRED, "id": "", "size": "medium", "plain": False},
    choices={"size": SIZES}, prepare=_pictures.chart)  # fmt: skip
register.component("tile_map", positional="of", attributes={"of": REQUIRED}, prepare=_pictures.tile_map)
