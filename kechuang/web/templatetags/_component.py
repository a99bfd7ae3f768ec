"""Template components with declared attributes: an unknown one is an error when the template compiles, not a silent nothing.

A component is a template in `components/` and a `Component` that lists what it takes. `{% card title="…" %}…{% endcard %}`
hands its body on as `slot`; `{% slot actions %}…{% endslot %}` inside it fills a declared slot of that name. Attributes that
start with `hx-`, `data-` or `aria-` go to the element as they are.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django import template
from django.template import Engine, Template, TemplateSyntaxError
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, Variable
from django.template.context import Context
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from kechuang.web.quick import language_of

PASSED_ON = ("hx-", "data-", "aria-")
NAME = re.compile(r"^[a-z][a-z0-9_-]*$")
SLOTS = "_open_slots"
NOTHING = SafeString("")


class Required:
    """Marks an attribute that has no default."""


REQUIRED = Required()


@dataclass(frozen=True)
class Component:
    name: str
    attributes: dict[str, Any] = field(default_factory=dict)
    choices: dict[str, Iterable[str]] = field(default_factory=dict)
    positional: str = ""
    slots: tuple[str, ...] | None = None
    prepare: Callable[[dict[str, Any], Context], dict[str, Any] | None] | None = None
    html: Callable[[dict[str, Any]], SafeString] | None = None
    """Instead of a template: for the smallest parts, of which a list has hundreds. Depends on the attributes alone."""
    is_plain: bool = False
    """Whether its template shows nothing but the attributes and words: no request, no token."""

    def compile(self, parser: Parser, token: Token) -> "ComponentNode":
        given, passed_on = self._read(parser, token.split_contents()[1:])
        missing = [name for name, default in self.attributes.items() if default is REQUIRED and name not in given]
        if missing:
            raise TemplateSyntaxError(f"{{% {self.name} %}} needs {', '.join(missing)}.")
        body = None
        if self.slots is not None:
            body = parser.parse((f"end{self.name}",))
            parser.delete_first_token()
        return ComponentNode(self, given, passed_on, body)

    def _read(self, parser: Parser, bits: list[str]) -> tuple[dict[str, Any], dict[str, FilterExpression]]:
        given: dict[str, Any] = {}
        passed_on: dict[str, FilterExpression] = {}
        for place, bit in enumerate(bits):
            name, equals, value = bit.partition("=")
            if equals and NAME.match(name):
                if name.startswith(PASSED_ON):
                    passed_on[name] = parser.compile_filter(value)
                else:
                    self._check(name, value)
                    given[name] = parser.compile_filter(value)
            elif self.positional and place == 0:
                self._check(self.positional, bit)
                given[self.positional] = parser.compile_filter(bit)
            elif bit.startswith(PASSED_ON):
                passed_on[bit] = parser.compile_filter('""')
            else:
                self._check(bit, "")
                given[bit] = True
        return given, passed_on

    def _check(self, name: str, value: str) -> None:
        if name not in self.attributes:
            known = ", ".join(self.attributes) or "none"
            raise TemplateSyntaxError(f"{{% {self.name} %}} has no attribute {name!r}; it has: {known}.")
        if name in self.choices and value[:1] in {'"', "'"}:
            self.check_choice(name, value[1:-1])

    def check_choice(self, name: str, value: str) -> None:
        allowed = self.choices.get(name)
        if allowed is not None and value and str(value) not in allowed:
            raise TemplateSyntaxError(
                f"{{% {self.name} %}}: {name} cannot be {value!r}; choose {', '.join(sorted(allowed))}."
            )


class OpenSlots(dict[str, SafeString]):
    """The named slots of the component that is being rendered."""

    def __init__(self, component: Component) -> None:
        super().__init__()
        self.component = component


class ComponentNode(Node):
    child_nodelists = ("body",)
    page: Template | None = None

    def __init__(
        self,
        component: Component,
        given: dict[str, Any],
        passed_on: dict[str, FilterExpression],
        body: NodeList | None,
    ) -> None:
        self.component, self.passed_on = component, passed_on
        self.body = body if body is not None else NodeList()
        self.is_block = body is not None
        self.words = {name: value for name, value in given.items() if _is_words(value)}
        given = {name: value for name, value in given.items() if name not in self.words}
        self.fixed = {name: None if default is REQUIRED else default for name, default in component.attributes.items()}
        self.fixed |= {name: value if value is True else value.var for name, value in given.items() if _is_fixed(value)}
        self.varying = [(name, value.resolve) for name, value in given.items() if not _is_fixed(value)]
        for name, value in self.fixed.items():
            component.check_choice(name, value)
        self.in_language: dict[str, dict[str, Any]] = {}

    def constant_text(self) -> SafeString | None:
        """What it is whatever the page and its language, where that can be known: a named icon without words, say."""
        if self.component.html is None or self.varying or self.words or self.passed_on or self.is_block:
            return None
        if any(isinstance(value, Promise) for value in self.fixed.values()):
            return None
        return self.component.html(self.fixed)

    @property
    def depends_on_language_alone(self) -> bool:
        """Whether it is the same for everybody who reads the language."""
        return self.component.is_plain and not (self.varying or self.passed_on or self.is_block)

    def _start(self, context: Context) -> dict[str, Any]:
        """The attributes that the page does not change; sentences in the reader's language, looked up once for each."""
        if not self.words:
            return self.fixed.copy()
        language = language_of(context)
        known = self.in_language.get(language)
        if known is None:
            known = self.in_language[language] = self.fixed | {
                name: value.resolve(context) for name, value in self.words.items()
            }
        return known.copy()

    def render(self, context: Context) -> SafeString:
        values = self._start(context)
        for name, resolve in self.varying:
            values[name] = value = resolve(context)
            if name in self.component.choices:
                self.component.check_choice(name, value)
        if self.component.html is not None:
            return self.component.html(values)
        values["attrs"] = self._attrs(context) if self.passed_on else NOTHING
        if self.is_block:
            self._fill_slots(values, context)
        if self.component.prepare:
            values.update(self.component.prepare(values, context) or {})
        for carried in ("csrf_token", "request"):
            if carried not in values:
                values[carried] = context.get(carried)
        return self._page(values, context)

    def _page(self, values: dict[str, Any], context: Context) -> SafeString:
        """The component's template sees its own values and nothing of the page's."""
        page = self.page or self._find(context.template.engine)
        outer = context.dicts
        context.dicts = [outer[0], values]
        try:
            with context.render_context.push_state(page):
                return page.nodelist.render(context)
        finally:
            context.dicts = outer

    def _find(self, engine: Engine) -> Template:
        """Found once, unless templates are being edited."""
        page = engine.get_template(f"components/{self.component.name}.html")
        if not engine.debug:
            self.page = page
        return page

    def _attrs(self, context: Context) -> SafeString:
        pairs = ((name, expression.resolve(context)) for name, expression in self.passed_on.items())
        return format_html_join("", ' {}="{}"', ((name, value) for name, value in pairs if value is not None))

    def _fill_slots(self, values: dict[str, Any], context: Context) -> None:
        slots = OpenSlots(self.component)
        with context.push(**{SLOTS: slots}):
            values["slot"] = SafeString(self.body.render(context).strip())
        for name in self.component.slots or ():
            values[name] = slots.get(name, "")


def _is_fixed(value: Any) -> bool:
    """A flag, or an expression whose outcome the page does not change."""
    return value is True or (not value.filters and not isinstance(value.var, Variable))


def _is_words(value: Any) -> bool:
    """`_("…")` without filters: the same whatever the page."""
    return (
        value is not True
        and not value.filters
        and isinstance(value.var, Variable)
        and value.var.translate
        and isinstance(value.var.literal, str)
        and not value.var.message_context
    )


class SlotNode(Node):
    def __init__(self, name: str, body: NodeList) -> None:
        self.name, self.body = name, body

    def render(self, context: Context) -> str:
        slots = context.get(SLOTS)
        if slots is None or self.name not in (slots.component.slots or ()):
            owner = f"{{% {slots.component.name} %}}" if slots is not None else "this place"
            raise TemplateSyntaxError(f"{owner} has no slot {self.name!r}.")
        slots[self.name] = SafeString(self.body.render(context).strip())
        return ""


def slot(parser: Parser, token: Token) -> SlotNode:
    bits = token.split_contents()
    if len(bits) != 2:
        raise TemplateSyntaxError("{% slot name %} takes one name.")
    body = parser.parse(("endslot",))
    parser.delete_first_token()
    return SlotNode(bits[1], body)


class Kit(template.Library):
    """A tag library that components are declared in."""

    def __init__(self) -> None:
        super().__init__()
        self.components: dict[str, Component] = {}
        self.tag("slot", slot)

    def component(self, name: str, **declaration: Any) -> Component:
        component = Component(name, **declaration)
        self.components[name] = component
        self.tag(name, component.compile)
        return component
