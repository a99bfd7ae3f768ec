"""Templates with what never changes worked out once: a loader that folds constant tags after a template is compiled.

A page holds a hundred `{% translate "…" %}`, `{% icon "…" %}`, `{% static "…" %}` and `{% url "…" %}` whose outcome depends on nothing but
the language or the address scheme, and each costs as much as a variable with three filters. Here they become text, or text per language,
and neighbours of that sort become one. What does depend on the page takes fewer steps (`quick.py`). No page reads differently for it.
"""

from typing import Any

from django.conf import settings
from django.template import Template, TemplateDoesNotExist
from django.template.base import FilterExpression, Node, NodeList, TextNode, Variable
from django.template.context import Context
from django.template.defaulttags import IfNode, URLNode
from django.template.loaders.base import Loader as BaseLoader
from django.template.loaders.cached import Loader as CachedLoader
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode
from django.urls import get_script_prefix, get_urlconf

from kechuang.web.quick import QuickTemplate, language_of, quick
from kechuang.web.templatetags._component import ComponentNode


class CompilingLoader(BaseLoader):
    """Compiles and folds each file once, whichever page extends it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.compiled: dict[str, Template] = {}
        super().__init__(*args, **kwargs)

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        tried = []
        for origin in self.get_template_sources(template_name):
            if skip is not None and origin in skip:
                tried.append((origin, "Skipped to avoid recursion"))
                continue
            try:
                return self._compiled(origin)
            except TemplateDoesNotExist:
                tried.append((origin, "Source does not exist"))
        raise TemplateDoesNotExist(template_name, tried=tried)

    def _compiled(self, origin: Any) -> Template:
        template = self.compiled.get(origin.name)
        if template is None:
            template = QuickTemplate(origin.loader.get_contents(origin), origin, origin.template_name, self.engine)
            fold(template.nodelist, is_annotated=self.engine.debug)
            self.compiled[origin.name] = template
        return template


class Loader(CachedLoader, CompilingLoader):
    """Django's cached loader over templates that are compiled here."""

    def reset(self) -> None:
        super().reset()
        self.compiled.clear()


def fold(nodes: NodeList, *, is_annotated: bool = False) -> None:
    """Fold a compiled template in place, with all that is nested in it. Annotated nodes tell an error page where they stand."""
    for place, node in enumerate(nodes):
        nodes[place] = _folded(node)
        for inner in _inner(nodes[place]):
            fold(inner, is_annotated=is_annotated)
    nodes[:] = _joined(nodes)
    if not is_annotated:
        for node in nodes:
            if type(node).render_annotated is Node.render_annotated:
                node.render_annotated = node.render  # type: ignore[method-assign]


def _inner(node: Node) -> list[NodeList]:
    if isinstance(node, IfNode):
        return [inner for _condition, inner in node.conditions_nodelists]
    return [value for value in vars(node).values() if isinstance(value, NodeList)]


def _folded(node: Node) -> Node:
    if isinstance(node, TranslateNode) and not node.message_context and _is_literal(node.filter_expression):
        return _like(node, Assigned(node, node.asvar) if node.asvar else PerLanguage(node))
    if isinstance(node, StaticNode) and not node.varname and is_constant(node.path):
        return _like(node, Once(node))
    if isinstance(node, URLNode) and not node.args and not node.kwargs and is_constant(node.view_name):
        return _like(node, Address(node, node.asvar) if node.asvar else PerAddressScheme(node))
    if isinstance(node, ComponentNode):
        if (text := node.constant_text()) is not None:
            return _like(node, TextNode(text))
        if node.depends_on_language_alone:
            return _like(node, PerLanguage(node))
    new = quick(node)
    return node if new is node else _like(node, new)


def _like(node: Node, new: Node) -> Node:
    """The new node tells of the same place in the file, for errors."""
    new.token, new.origin = node.token, node.origin  # type: ignore[attr-defined]
    return new


def _joined(nodes: NodeList) -> list[Node]:
    """Neighbours that never change, or change by language or address scheme alone, become one."""
    found: list[Node] = []
    for node in nodes:
        last = found[-1] if found else None
        if type(node) is TextNode and type(last) is TextNode:
            found[-1] = _like(last, TextNode(last.s + node.s))
        elif last is not None and _may_join(last) and _may_join(node):
            found[-1] = _like(last, Run([*_parts(last), node]))
        else:
            found.append(node)
    return found


def _may_join(node: Node) -> bool:
    return type(node) in (TextNode, PerLanguage, Once, PerAddressScheme, Run)


def _parts(node: Node) -> list[Node]:
    return node.nodes if isinstance(node, Run) else [node]


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

    def key(self, context: Context) -> Any:
        raise NotImplementedError

    def render(self, context: Context) -> str:
        key = self.key(context)
        text = self.texts.get(key)
        if text is None:
            text = self.texts[key] = self.node.render(context)
        return text

    render_annotated = render


class PerLanguage(Kept):
    def key(self, context: Context) -> Any:
        return language_of(context)


class PerAddressScheme(Kept):
    def key(self, context: Context) -> Any:
        return settings.ROOT_URLCONF, get_urlconf(), get_script_prefix()


class Once(Kept):
    def key(self, context: Context) -> Any:
        return settings.STATIC_URL


class Assigned(PerLanguage):
    """Into a variable instead of the page."""

    def __init__(self, node: Node, name: str) -> None:
        super().__init__(node)
        self.name = name

    def render(self, context: Context) -> str:
        key = self.key(context)
        if key not in self.texts:
            self.node.render(context)
            self.texts[key] = context[self.name]
        context[self.name] = self.texts[key]
        return ""

    render_annotated = render


class Address(Assigned):
    def key(self, context: Context) -> Any:
        return settings.ROOT_URLCONF, get_urlconf(), get_script_prefix()


class Run(Node):
    """Several of them in a row, rendered once per whatever they depend on together."""

    child_nodelists = ()

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        kinds = {type(node): node for node in nodes if isinstance(node, Kept)}
        self.keys = [node.key for node in kinds.values()]
        self.texts: dict[Any, str] = {}

    def render(self, context: Context) -> str:
        key = tuple([key(context) for key in self.keys])
        text = self.texts.get(key)
        if text is None:
            text = self.texts[key] = "".join([node.render(context) for node in self.nodes])
        return text

    render_annotated = render
