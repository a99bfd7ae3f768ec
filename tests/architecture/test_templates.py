"""What must hold of every template: no inline style or script, nothing unused."""

import re
from pathlib import Path

from django.template import engines
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "kechuang"
TEMPLATES = {path: str(path).split("/templates/", 1)[1] for path in sorted(PACKAGE.glob("**/templates/**/*.html"))}
OVERRIDES = re.compile(
    r"^(layouts|account|mfa|socialaccount|usersessions|allauth|registration|[45]\d\d\.html|axes|django|csrf)"
)
"""Templates that a library or Django asks for by this name, and the page shapes that new pages start from."""
INLINE = re.compile(
    r"\sstyle=|<style\b|\son[a-z]+=|javascript:|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE
)


def words_of_the_package() -> str:
    parts = [path.read_text(encoding="utf-8") for path in PACKAGE.glob("**/*.py")]
    parts += [path.read_text(encoding="utf-8") for path in TEMPLATES]
    return "\n".join(parts)


def test_no_template_carries_style_or_script() -> None:
    assert {name: INLINE.findall(path.read_text(encoding="utf-8")) for path, name in TEMPLATES.items()
            if INLINE.search(path.read_text(encoding="utf-8"))} == {}  # fmt: skip


def test_every_template_compiles() -> None:
    for name in TEMPLATES.values():
        get_template(name)


def test_no_template_is_unused() -> None:
    words = words_of_the_package()
    from kechuang.web.templatetags.kit import register

    components = {f"components/{name}.html" for name in register.components}
    called = re.compile(r"""["']([\w/.-]+\.html)(?:#[\w-]+)?["']""")
    used = set(called.findall(words)) | components

    assert [name for name in TEMPLATES.values() if name not in used and not OVERRIDES.match(name)] == []


def test_every_component_is_shown() -> None:
    from kechuang.web.templatetags.kit import register

    shown = (PACKAGE / "web/templates/components.html").read_text(encoding="utf-8")
    inner = {"fields": "field", "copy": "copy"}

    called = set(re.findall(r"\{%-?\s*(\w+)", shown)) | set(inner.values())

    assert set(register.components) - called - {"field"} == set()


def test_every_load_is_used() -> None:
    unused = []
    for path, name in TEMPLATES.items():
        text = path.read_text(encoding="utf-8")
        tags = set(re.findall(r"\{%-?\s*(\w+)", text)) | set(re.findall(r"\|\s*(\w+)", text))
        translated = "_(" in text
        for library in (word for line in re.findall(r"\{%\s*load\s+([^%]+?)\s*%\}", text) for word in line.split()):
            given = engines["django"].engine.template_libraries[library]
            offered = {*given.tags, *given.filters}
            if not (offered & tags or (library == "i18n" and translated)):
                unused.append((name, library))

    assert unused == []


def test_icons_are_those_of_the_list() -> None:
    from kechuang.web.templatetags.kit import ICONS

    assert sorted(ICONS) == sorted((ROOT / "frontend/icons.txt").read_text(encoding="utf-8").split())
