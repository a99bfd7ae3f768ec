"""Row scoping: one QuerySet that every model with an organisation uses. It fails closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import Q

from kechuang.orgs.rules import BY_AUTHORITY

if TYPE_CHECKING:
    from kechuang.orgs.actor import Actor


def under(lookup: str, paths: list[str]) -> Q:
    """Rows whose path lies in one of the subtrees; no subtree, no rows."""
    if "/" in paths:
        return Q(pk__isnull=False)  # not an empty Q: that would vanish beside an "or"
    inside = Q(pk__in=[])
    for path in paths:
        inside |= Q(**{f"{lookup}__startswith": path})
    return inside


class ScopedQuerySet(models.QuerySet):
    """Subclasses name `scope_path`, the lookup of the path of the organisation a row belongs to.

    `view_permission` is the permission that `visible_to` asks for by default. `authority_path`, where a row also
    belongs to a call, is the lookup of the path of the organisation that runs it (see rules.BY_AUTHORITY).
    `own_rows` adds what an actor sees without any office: the own entry, the own child, the own assignment.
    """

    scope_path: str = ""
    authority_path: str = ""
    view_permission: str = ""

    def visible_to(self, actor: Actor, permission: str = "") -> Self:
        permission = permission or self.view_permission
        if not permission:
            raise ImproperlyConfigured(f"{type(self).__name__} names no view_permission and none was given.")
        lookup = self._lookup(permission)
        return self.filter(under(lookup, actor.paths(permission)) | self._own(actor, permission))

    def _lookup(self, permission: str) -> str:
        if not self.scope_path:
            raise ImproperlyConfigured(f"{type(self).__name__} names no scope_path: nobody may read its rows.")
        return self.authority_path or self.scope_path if permission in BY_AUTHORITY else self.scope_path

    def _own(self, actor: Actor, permission: str) -> Q:
        return self.own_rows(actor) if actor.has_own(permission) else Q(pk__in=[])

    def own_rows(self, actor: Actor) -> Q:
        return Q(pk__in=[])
