"""Templates with what never changes worked out once: a loader that folds constant tags after a template is compiled.

A page holds a hundred `{% translate "…" %}`, `{% icon "…" %}`, `{% static "…" %}` and `{% url "…" %}` whose outcome depends on nothing but
the language or the address scheme, and each costs as much as a variable with three filters. Here they become text, or text per language.
Nothing else of a template changes.
"""

from typing import Any

from django.conf import settings
from django.template import Template
from django.template.base import FilterExpression, Node, NodeList, TextNode, Variable
from django.template.context import Context
from django.template.defaulttags import IfNode, URLNode
from django.template.loaders.cached import Loader as CachedLoader
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode
from django.urls import get_script_prefix, get_urlconf
from django.utils.translation import get_language

from kechuang.web.templatetags._component import ComponentNode


class Loader(CachedLoader):
    """Django's cached loader; what it compiles is folded before it is kept."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        key = self.cache_key(template_name, skip)
        cached = self.get_template_cache.get(key)
        if isinstance(cached, Template):
            return cached
        template = super().get_template(template_name, skip)
        fold(template.nodelist)
        return template


def fold(nodes: NodeList) -> None:
    """Fold a compiled template in place, with all that is nested in it."""
    for place, node in enumerate(nodes):
        nodes[place] = _folded(node)
        for inner in _inner(nodes[place]):
            fold(inner)
    nodes[:] = _joined(nodes)


def _inner(node: Node) -> list[NodeList]:
    if isinstance(node, IfNode):
        return [inner for _condition, inner in node.conditions_nodelists]
    return [value for value in vars(node).values() if isinstance(value, NodeList)]


def _folded(node: Node) -> Node:
    if (
        isinstance(node, TranslateNode)
        and not node.asvar
        and not node.message_context
        and _is_literal(node.filter_expression)
    ):
        return _like(node, PerLanguage(node))
    if isinstance(node, StaticNode) and not node.varname and is_constant(node.path):
        return _like(node, Once(node))
    if (
        isinstance(node, URLNode)
        and not node.asvar
        and not node.args
        and not node.kwargs
        and is_constant(node.view_name)
    ):
        return _like(node, PerAddressScheme(node))
    if isinstance(node, ComponentNode) and (text := node.constant_text()) is not None:
        return _like(node, TextNode(text))
    return node


def _like(node: Node, new: Node) -> Node:
    """The new node tells of the same place in the file, for errors."""
    new.token, new.origin = node.token, node.origin  # type: ignore[attr-defined]
    return new


def _joined(nodes: NodeList) -> list[Node]:
    found: list[Node] = []
    for node in nodes:
        if type(node) is TextNode and found and type(found[-1]) is TextNode:
            found[-1] = _like(found[-1], TextNode(found[-1].s + node.s))
        else:
            found.append(node)
    return found


def is_constant(expression: FilterExpression) -> bool:
    return not expression.filters and not isinstance(expression.var, Variable)


def _is_literal(expression: FilterExpression) -> bool:
    """What `{% translate %}` makes of a quoted sentence: a variable that is a literal."""
    return not expression.filters and isinstance(expression.var, Variable) and isinstance(expression.var.literal, str)


class Kept(Node):
    """Renders what it stands for once per key."""

    child_nodelists = ()

    def __init__(self, node: Node) -> None:
        self.node = node
        self.texts: dict[Any, str] = {}

    def key(self) -> Any:
        raise NotImplementedError

    def render(self, context: Context) -> str:
        key = self.key()
        text = self.texts.get(key)
        if text is None:
            text = self.texts[key] = self.node.render(context)
        return text

    render_annotated = render


class PerLanguage(Kept):
    def key(self) -> Any:
        return get_language()


class PerAddressScheme(Kept):
    def key(self) -> Any:
        return settings.ROOT_URLCONF, get_urlconf(), get_script_prefix()


class Once(Kept):
    def key(self) -> Any:
        return settings.STATIC_URL
