"""The nodes that a page has hundreds of, in fewer steps: variables, conditions, sentences with values, included templates.

Django resolves `{{ entry.title }}` in some thirty calls, most of them for what is seldom there: an index, a method, a number to be
localised. Here the usual case comes first, and whatever is not the usual case is handed to Django's own code, so that a page reads the
same. Templates are compiled with these expressions (`QuickTemplate`); `folding.py` puts the nodes in the places of Django's.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template import Template
from django.template.base import (
    DebugLexer,
    FilterExpression,
    Lexer,
    Node,
    NodeList,
    Parser,
    Variable,
    VariableDoesNotExist,
    VariableNode,
    render_value_in_context,
)
from django.template.context import BaseContext, Context
from django.template.defaulttags import IfNode, TemplateLiteral, URLNode
from django.template.loader_tags import IncludeNode, construct_relative_path
from django.templatetags.i18n import BlockTranslateNode, LanguageNode, TranslateNode
from django.urls import NoReverseMatch, get_resolver, get_script_prefix, get_urlconf, reverse
from django.urls.converters import IntConverter, SlugConverter, StringConverter
from django.utils.html import escape
from django.utils.safestring import SafeData, SafeString, mark_safe
from django.utils.timezone import template_localtime
from django.utils.translation import get_language, gettext, ngettext

NOTHING: Any = object()
"""What a variable is that is not there."""
OF_DICTS = frozenset(dir(dict))
"""What `{{ facts.items }}` may mean besides a key."""
UNSAFE = re.compile("[&<>\"']")
MOST_COUNTS = 200
"""Numbers for which a sentence with a plural is kept."""
MOST_WORDS = 2000
"""Words of declarations that one place of a template keeps."""


def language_of(context: Context) -> str:
    """The language that is active while this context is rendered; asked once, for asking costs ten calls."""
    try:
        return context.kept_language  # type: ignore[attr-defined, no-any-return]
    except AttributeError:
        language = context.kept_language = get_language() or ""  # type: ignore[attr-defined]
        return language


# --- expressions -------------------------------------------------------------------------------------------------


class QuickVariable(Variable):
    """Looks in dictionaries and attributes first; indexes, failures and methods that want arguments are Django's."""

    __slots__ = ("first", "rest")

    def __init__(self, var: str) -> None:
        super().__init__(var)
        self.first, self.rest = (self.lookups[0], self.lookups[1:]) if self.lookups is not None else ("", ())

    def look(self, context: Any) -> Any:
        """The value, or NOTHING."""
        if self.lookups is None:
            return self.literal
        if not isinstance(context, BaseContext):
            return self._slowly(context)
        for scope in reversed(context.dicts):
            if self.first in scope:
                value = scope[self.first]
                break
        else:
            return NOTHING
        try:
            if callable(value):
                value = _called(value, context)
            for bit in self.rest:
                value = _part(value, bit)
                if value is NOTHING:
                    return NOTHING
                if callable(value):
                    value = _called(value, context)
        except Exception:  # noqa: BLE001 -- Django decides which failures are silent
            return self._slowly(context)
        return value

    def _slowly(self, context: Any) -> Any:
        try:
            return self.resolve(context)
        except VariableDoesNotExist:
            return NOTHING


def _part(value: Any, bit: str) -> Any:
    if type(value) is dict and bit not in OF_DICTS and not bit.isdecimal():
        return value.get(bit, NOTHING)
    if hasattr(type(value), "__getitem__"):
        try:
            return value[bit]
        except (TypeError, AttributeError, KeyError, ValueError, IndexError):
            pass
    return getattr(value, bit)


def _called(value: Any, context: Context) -> Any:
    if getattr(value, "do_not_call_in_templates", False):
        return value
    if getattr(value, "alters_data", False):
        return context.template.engine.string_if_invalid
    return value()


class QuickExpression(FilterExpression):
    """A variable and its filters; what the filters ask for is looked up when the template is compiled."""

    __slots__ = ("steps",)

    def __init__(self, token: str, parser: Parser) -> None:
        super().__init__(token, parser)
        if self.is_var:
            self.var = QuickVariable(self.var.var)
        self.steps = [
            (
                func,
                [
                    (is_looked_up, QuickVariable(arg.var) if is_looked_up else mark_safe(arg))
                    for is_looked_up, arg in args
                ],  # nosec
                getattr(func, "expects_localtime", False),
                getattr(func, "needs_autoescape", False),
                getattr(func, "is_safe", False),
            )
            for func, args in self.filters
        ]

    def resolve(self, context: Any, ignore_failures: bool = False) -> Any:
        if not self.is_var:
            value: Any = self.var
        elif type(self.var) is not QuickVariable or self.var.translate:  # {% translate %} asks for more than the value
            return super().resolve(context, ignore_failures)
        elif (value := self.var.look(context)) is NOTHING:
            if not ignore_failures and context.template.engine.string_if_invalid:
                return super().resolve(context, ignore_failures)
            value = None if ignore_failures else ""
        return self._filtered(value, context) if self.steps else value

    def _filtered(self, value: Any, context: Context) -> Any:
        for func, args, expects_localtime, needs_autoescape, is_safe in self.steps:
            given = [arg.resolve(context) if is_looked_up else arg for is_looked_up, arg in args]
            if expects_localtime:
                value = template_localtime(value, context.use_tz)
            found = func(value, *given, autoescape=context.autoescape) if needs_autoescape else func(value, *given)
            value = mark_safe(found) if is_safe and isinstance(value, SafeData) else found  # nosec
        return value


class QuickParser(Parser):
    def compile_filter(self, token: str) -> FilterExpression:
        return QuickExpression(token, self)


class QuickTemplate(Template):
    """Compiled with quick expressions."""

    def compile_nodelist(self) -> NodeList:
        lexer = DebugLexer(self.source) if self.engine.debug else Lexer(self.source)
        engine = self.engine
        parser = QuickParser(lexer.tokenize(), engine.template_libraries, engine.template_builtins, self.origin)
        try:
            nodes = parser.parse()
        except Exception as error:
            if self.engine.debug:
                error.template_debug = self.get_exception_info(error, error.token)  # type: ignore[attr-defined]
            raise
        self.extra_data = getattr(parser, "extra_data", {})
        return nodes


# --- values ------------------------------------------------------------------------------------------------------


def shown(value: Any, context: Context) -> str:
    """A value as it stands in the page: text and whole numbers at once, the rest as Django does it."""
    kind = type(value)
    if kind is str:
        return escape(value) if context.autoescape and UNSAFE.search(value) else value
    if kind is SafeString:
        return str(value)
    if kind is int and not settings.USE_THOUSAND_SEPARATOR:
        return str(value)
    return render_value_in_context(value, context)


class QuickValue(VariableNode):
    def render(self, context: Context) -> str:
        try:
            value = self.filter_expression.resolve(context)
        except UnicodeDecodeError:
            return ""
        return shown(value, context)


# --- conditions --------------------------------------------------------------------------------------------------


class QuickIf(IfNode):
    """Asks a condition that is a mere value without the steps of an operator."""

    def __init__(self, node: IfNode) -> None:
        super().__init__(node.conditions_nodelists)
        self.ways = [(_question(condition), nodes) for condition, nodes in node.conditions_nodelists]

    def render(self, context: Context) -> str:
        for holds, nodes in self.ways:
            if holds(context):
                return "".join([node.render_annotated(context) for node in nodes])
        return ""


def _question(condition: Any) -> Callable[[Context], Any]:
    if condition is None:
        return lambda context: True
    if type(condition) is TemplateLiteral and isinstance(condition.value, QuickExpression):
        resolve = condition.value.resolve
        return lambda context: resolve(context, True)

    def holds(context: Context) -> Any:
        try:
            return condition.eval(context)
        except VariableDoesNotExist:
            return None

    return holds


# --- sentences ---------------------------------------------------------------------------------------------------


class QuickSentence(BlockTranslateNode):
    """`{% blocktranslate %}`: the sentence is put together once, its translation looked up once for each language (and number)."""

    def __init__(self, node: BlockTranslateNode) -> None:
        super().__init__(
            node.extra_context, node.singular, node.plural, node.countervar, node.counter, node.message_context,
            node.trimmed, node.asvar, node.tag_name,
        )  # fmt: skip
        self.one, self.names = self.render_token_list(self.singular)
        self.many = ""
        if self.plural:
            self.many, more = self.render_token_list(self.plural)
            self.names = [*self.names, *more]
        self.kept: dict[Any, str] = {}

    @staticmethod
    def serves(node: Node) -> bool:
        return type(node) is BlockTranslateNode and not node.message_context and bool(node.plural) == bool(node.counter)

    def render(self, context: Context, nested: bool = False) -> str:
        if nested:
            return super().render(context, nested)
        with context.push(**{name: value.resolve(context) for name, value in self.extra_context.items()}):
            count = None
            if self.counter is not None and self.plural:
                count = context[self.countervar] = self.counter.resolve(context)
            if count is not None and type(count) is not int:
                return super().render(context)
            values = {name: shown(self._value(name, context), context) for name in self.names}
        try:
            result = self._sentence(context, count) % values
        except (KeyError, ValueError):
            return super().render(context)
        if self.asvar:
            context[self.asvar] = SafeString(result)  # nosec
            return ""
        return result

    def _value(self, name: str, context: Context) -> Any:
        found = context.get(name, NOTHING)
        if found is not NOTHING:
            return found
        invalid = context.template.engine.string_if_invalid
        return invalid % name if "%s" in invalid else invalid

    def _sentence(self, context: Context, count: int | None) -> str:
        key = (language_of(context), count)
        sentence = self.kept.get(key)
        if sentence is None:
            if len(self.kept) >= MOST_COUNTS:
                self.kept.clear()
            sentence = gettext(self.one) if count is None else ngettext(self.one, self.many, count)
            self.kept[key] = sentence
        return sentence


class InLanguage(LanguageNode):
    """Parts of a page in another language: what was known of the page's own does not hold inside."""

    def render(self, context: Context) -> str:
        outside = context.__dict__.pop("kept_language", None)
        try:
            return super().render(context)
        finally:
            context.__dict__.pop("kept_language", None)
            if outside is not None:
                context.kept_language = outside  # type: ignore[attr-defined]


class QuickTranslate(TranslateNode):
    """`{% translate question.label %}`: words that follow from the page, looked up once for each language."""

    def __init__(self, node: TranslateNode) -> None:
        super().__init__(node.filter_expression, node.noop, node.asvar, node.message_context)
        self.kept: dict[tuple[str, str], str] = {}

    @staticmethod
    def serves(node: Node) -> bool:
        if type(node) is not TranslateNode or node.noop or node.asvar or node.message_context:
            return False
        expression = node.filter_expression
        return type(expression) is QuickExpression and not expression.filters and type(expression.var) is QuickVariable

    def render(self, context: Context) -> str:
        words = self.filter_expression.var.look(context)
        if type(words) is not str or not words or "%" in words:
            return super().render(context)
        key = (language_of(context), words)
        found = self.kept.get(key)
        if found is None:
            if len(self.kept) >= MOST_WORDS:
                self.kept.clear()
            found = self.kept[key] = gettext(words)
        return shown(found, context)


# --- addresses ---------------------------------------------------------------------------------------------------

PLAIN = re.compile("[A-Za-z0-9_-]+")
PATH = re.compile(r"(?:[A-Za-z0-9/_.-]|%\(\w+\)s)*")
"""An address in which nothing has to be quoted."""
TEXTS = frozenset({StringConverter, SlugConverter})


def address_of(name: str, args: Sequence[Any]) -> str:
    """As `reverse` says it, for a page with one address whose parts are plain words and numbers; `reverse` for any other."""
    parts = _parts_of(name, len(args), get_urlconf(), settings.ROOT_URLCONF, get_script_prefix())
    if parts is None or not all(_fits(arg, kind) for arg, kind in zip(args, parts[1], strict=True)):
        return reverse(name, args=args)
    return parts[0] % tuple(args)


def _fits(arg: Any, kind: type) -> bool:
    if type(arg) is int:
        return arg >= 0
    return kind in TEXTS and isinstance(arg, str) and PLAIN.fullmatch(arg) is not None


@lru_cache(maxsize=1024)
def _parts_of(
    name: str, count: int, urlconf: str | None, _root: str, prefix: str
) -> tuple[str, tuple[type, ...]] | None:
    """The address with a %s in the place of each part, and which kind of part it is."""
    resolver = get_resolver(urlconf)
    if ":" in name:
        return None
    ways = [
        (prefix.replace("%", "%%") + result, params, converters)
        for possibility, _pattern, _defaults, converters in resolver.reverse_dict.getlist(name)
        for result, params in possibility
    ]
    if len(ways) != 1 or len(ways[0][1]) != count or not PATH.fullmatch(ways[0][0]):
        return None
    ((text, params, converters),) = ways
    kinds = tuple(type(converters.get(param)) for param in params)
    if not all(kind in TEXTS or kind is IntConverter for kind in kinds):
        return None
    return text % {param: "%s" for param in params}, kinds


class QuickAddress(URLNode):
    """`{% url "file" paper.public_id %}`."""

    @staticmethod
    def serves(node: Node) -> bool:
        if type(node) is not URLNode or node.kwargs or not node.args:
            return False
        return not node.view_name.filters and isinstance(node.view_name.var, str) and ":" not in node.view_name.var

    def render(self, context: Context) -> str:
        try:
            url = address_of(self.view_name.var, [arg.resolve(context) for arg in self.args])
        except NoReverseMatch:
            return super().render(context)
        if self.asvar:
            context[self.asvar] = url
            return ""
        return escape(url) if context.autoescape and UNSAFE.search(url) else url


# --- included templates ------------------------------------------------------------------------------------------


class QuickInclude(IncludeNode):
    """Of a template whose name is written out: found once, unless templates are being edited."""

    found: Template | None = None

    @staticmethod
    def serves(node: Node) -> bool:
        return type(node) is IncludeNode and not node.template.is_var and not node.template.filters

    def render(self, context: Context) -> str:
        template = self.found
        if template is None:
            engine = context.template.engine
            name = construct_relative_path(self.origin.template_name, self.template.var)
            template = engine.select_template((name,))
            if not engine.debug:
                self.found = template
        values = {name: value.resolve(context) for name, value in self.extra_context.items()}
        if self.isolated_context:
            return template.render(context.new(values))
        with context.push(**values):
            return template.render(context)


SERVED: tuple[tuple[Any, Callable[[Any], Node]], ...] = (
    (QuickSentence, QuickSentence),
    (QuickTranslate, QuickTranslate),
    (QuickAddress, lambda node: QuickAddress(node.view_name, node.args, node.kwargs, node.asvar)),
    (
        QuickInclude,
        lambda node: QuickInclude(
            node.template, extra_context=node.extra_context, isolated_context=node.isolated_context
        ),
    ),
)


def quick(node: Node) -> Node:
    """The node that stands for this one, or the node itself."""
    kind = type(node)
    if kind is VariableNode:
        return QuickValue(node.filter_expression)
    if kind is IfNode:
        return QuickIf(node)
    if kind is LanguageNode:
        return InLanguage(node.nodelist, node.language)
    return next((make(node) for served, make in SERVED if served.serves(node)), node)
