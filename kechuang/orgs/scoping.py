"""Row scoping: one QuerySet that every model with an organisation uses. It fails closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import Q

from kechuang.base.prepared import NUMBER, TEXT, Kind, Prepared, Several
from kechuang.orgs.rules import BY_AUTHORITY

if TYPE_CHECKING:
    from kechuang.orgs.actor import Actor

T = TypeVar("T")
EVERYTHING = -1


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


@dataclass(frozen=True)
class Seer:
    """What scoping asks of an actor, with examples in the places of account, person and paths: for queries compiled once."""

    user: int | None = None
    person: int | None = None
    subtrees: tuple[str, ...] = ()
    is_owner: bool = True

    def paths(self, _permission: str) -> list[str]:
        return list(self.subtrees)

    def has_own(self, _permission: str) -> bool:
        return self.is_owner


class Sight(Generic[T]):
    """A query over what an actor may see, compiled once for each shape of an actor's rights (base/prepared.py).

    `build(see, *values)` writes it: `see(rows)` are the rows of a scoped queryset that the actor may see. What an actor sees is
    said by the queryset's own `visible_to`, and by nothing else.
    """

    def __init__(self, permission: str, build: Callable[..., models.QuerySet[Any]], *kinds: Kind | Several) -> None:
        self.permission, self._build, self._kinds = permission, build, kinds
        self._shapes: dict[tuple[int, int], Prepared[T]] = {}

    def __call__(self, actor: Actor, *values: Any) -> list[T]:
        paths = actor.paths(self.permission)
        who = [one.pk for one in (actor.user, actor.person) if one] if actor.has_own(self.permission) else []
        shape = (len(who), EVERYTHING if "/" in paths else len(paths))
        prepared = self._shapes.get(shape)
        if prepared is None:
            prepared = self._shapes[shape] = self._prepared(*shape)
        return prepared(*who, *(paths if shape[1] >= 0 else ()), *values)

    def first(self, actor: Actor, *values: Any) -> T | None:
        """The first row, or nothing. The query says itself that it wants one."""
        return next(iter(self(actor, *values)), None)

    def _prepared(self, owners: int, count: int) -> Prepared[T]:
        """Of an actor with account (1) or account and person (2) who has own rows, and so many subtrees."""
        end = owners + max(count, 0)

        def build(*places: Any) -> models.QuerySet[Any]:
            user, person = (*places[:owners], None, None)[:2]
            seer: Any = Seer(user, person, places[owners:end] if count >= 0 else ("/",), is_owner=owners > 0)
            return self._build(lambda rows: rows.visible_to(seer, self.permission), *places[end:])

        return Prepared(build, *[NUMBER] * owners, *[TEXT] * max(count, 0), *self._kinds, spare=owners)
