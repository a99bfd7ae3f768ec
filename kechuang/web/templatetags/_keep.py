"""`{% keep key %}…{% endkeep %}`: a part of a page that is the same for everybody with this key and language, rendered once by each process.

Only for what follows from the key alone: the menu of a role, say. Never for anything that a row of the database may change.
"""

from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context

from kechuang.web.quick import language_of

MOST = 300
"""Parts of one place; when there are more, all are rendered anew."""


class KeepNode(Node):
    def __init__(self, key: FilterExpression, body: NodeList) -> None:
        self.key, self.body = key, body
        self.texts: dict[Any, str] = {}

    def render(self, context: Context) -> str:
        key = self.key.resolve(context)
        if not key:
            return self.body.render(context)
        key = (language_of(context), key)
        text = self.texts.get(key)
        if text is None:
            if len(self.texts) >= MOST:
                self.texts.clear()
            text = self.texts[key] = self.body.render(context)
        return text


def keep(parser: Parser, token: Token) -> KeepNode:
    bits = token.split_contents()
    if len(bits) != 2:
        raise template.TemplateSyntaxError("{% keep key %} takes one key.")
    body = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeepNode(parser.compile_filter(bits[1]), body)
