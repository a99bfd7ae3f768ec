"""While somebody looks as another: `request.actor` is the other, the database takes no writes, and everything is written down."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.orgs.models import Look

KEY = "look"
STAYS_OPEN = frozenset({"look_end", "account_logout", "set_language", "set_print", "session"})
"""What a looker does as themself."""
SHOWN = frozenset({"desk", "office"})
"""Pages of everybody who has signed in, which show work and no private matter."""
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def current(request: HttpRequest) -> Look | None:
    """The look of this session, while it lasts; one query, and none for those who do not look."""
    pk = request.session.get(KEY)
    if pk is None:
        return None
    live = Look.objects.live().filter(pk=pk, looker=request.user.pk, person__user__is_active=True)
    return live.select_related("person__user", "looker", "org").first()


def is_closed(name: str, permission: str) -> bool:
    """One's own matters (messages, keys of the account, consents, reviews) are never shown to a looker."""
    private = permission == "signed-in" or permission.startswith(("consent.", "review."))
    return private and name not in SHOWN | STAYS_OPEN


def read_only(request: HttpRequest) -> AbstractContextManager[None]:
    """The last wall: whatever a page tries, no row changes while somebody looks (`request.as_oneself` lifts it)."""

    def refuse_writes(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        if str(sql).lstrip().upper().startswith(WRITES) and not getattr(request, "as_oneself", False):
            raise Refused(only_looking())
        return execute(sql, params, many, context)

    return connection.execute_wrapper(refuse_writes)


def only_looking() -> str:
    return _("您正以别人的视角查看，只能看，不能办理。要办理请先结束查看。")
