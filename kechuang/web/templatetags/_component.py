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
from django.template import TemplateSyntaxError
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

PASSED_ON = ("hx-", "data-", "aria-")
NAME = re.compile(r"^[a-z][a-z0-9_-]*$")
SLOTS = "_open_slots"


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

    def __init__(
        self,
        component: Component,
        given: dict[str, Any],
        passed_on: dict[str, FilterExpression],
        body: NodeList | None,
    ) -> None:
        self.component, self.given, self.passed_on = component, given, passed_on
        self.body = body if body is not None else NodeList()
        self.is_block = body is not None

    def render(self, context: Context) -> SafeString:
        values = {name: None if default is REQUIRED else default for name, default in self.component.attributes.items()}
        for name, expression in self.given.items():
            values[name] = expression if expression is True else expression.resolve(context)
            self.component.check_choice(name, values[name])
        values["attrs"] = self._attrs(context)
        values.update(self._slots(context))
        if self.component.prepare:
            values.update(self.component.prepare(values, context) or {})
        for carried in ("csrf_token", "request"):
            values.setdefault(carried, context.get(carried))
        page = context.template.engine.get_template(f"components/{self.component.name}.html")
        return page.render(context.new(values))

    def _attrs(self, context: Context) -> SafeString:
        pairs = ((name, expression.resolve(context)) for name, expression in self.passed_on.items())
        return format_html_join("", ' {}="{}"', ((name, value) for name, value in pairs if value is not None))

    def _slots(self, context: Context) -> dict[str, Any]:
        if not self.is_block:
            return {}
        slots = OpenSlots(self.component)
        with context.push(**{SLOTS: slots}):
            body = self.body.render(context)
        return {"slot": SafeString(body.strip()), **{name: slots.get(name, "") for name in self.component.slots or ()}}


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
