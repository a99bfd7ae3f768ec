"""Who acts: a user, the person behind it, and what the current memberships allow.

`actor.can(permission, obj)`: `obj` is an Org or has `scope_path` (the path of the organisation it belongs to).
- Grants in rules.PERSONAL reach only rows that say so themselves: `obj.belongs_to(actor) -> bool`.
- Permissions in rules.BY_AUTHORITY are tested against `obj.authority_path` (the path of the organisation that runs the
  call) where the object has one; for `application.*` it must have one.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.prepared import DAY, NUMBER, Prepared
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Look, Membership, Org, Person, User
from kechuang.orgs.rules import BY_AUTHORITY, BY_OFFICE, GRANTS, PERSONAL, STAFF, covers, roles_granted_by

if TYPE_CHECKING:
    from collections.abc import Iterable

_HELD: Prepared[Membership] = Prepared(
    lambda user, day: Membership.objects.current(day).filter(person__user=user).select_related("org", "person__user"),
    NUMBER,
    DAY,
)


def memberships_of_account(user_id: int) -> list[Membership]:
    """The current memberships with their organisation, person and account."""
    return _HELD(user_id, clock.today())


class Actor:
    def __init__(
        self,
        user: User | None = None,
        person: Person | None = None,
        memberships: Iterable[Membership] = (),
        name: str = "",
    ) -> None:
        self.user = user
        self.person = person
        self.memberships = list(memberships)
        self.system_name = name
        self.look: Look | None = None
        self._paths: dict[str, list[str]] = {}

    @classmethod
    def of(cls, user: Any) -> Actor:
        """One query: the current memberships with their organisation and person; none where the sign-in has just read them."""
        if user is None or not user.is_authenticated or not user.is_active:
            return cls()
        memberships = memberships_of_account(user.pk) if user.held is None else user.held
        user.held = None
        person = memberships[0].person if memberships else Person.objects.filter(user=user).first()
        if person:
            person.user = user
        return cls(user, person, memberships)

    @classmethod
    def looking(cls, look: Look) -> Actor:
        """As the person looked at sees it; who looks stands in `look.looker`. Writing is refused by the middleware."""
        seen = cls.of(look.person.user)
        seen.look = look
        return seen

    @classmethod
    def of_person(cls, person: Person) -> Actor:
        return cls.of(person.user)

    @classmethod
    def system(cls, name: str = "system") -> Actor:
        """The platform itself, from a command or a job: it may do everything, and the audit row says which part."""
        return cls(name=name)

    @classmethod
    def anonymous(cls) -> Actor:
        return cls()

    def __repr__(self) -> str:
        return f"<Actor {self.label}>"

    @property
    def is_system(self) -> bool:
        return bool(self.system_name)

    @property
    def is_authenticated(self) -> bool:
        return self.user is not None

    @property
    def label(self) -> str:
        """How the audit names the actor: never a pupil's name."""
        return self.system_name or (self.user.username if self.user else "anonymous")

    @property
    def name(self) -> str:
        return self.person.name if self.person else self.label

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(membership.role) for membership in self.memberships)

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF)

    @cached_property
    def home_org(self) -> Org | None:
        """The organisation of the first staff membership, else of the first membership."""
        staff = [membership for membership in self.memberships if membership.role in STAFF]
        return next((membership.org for membership in staff or self.memberships), None)

    def has_role(self, role: str, org: Org | None = None) -> bool:
        """Holds the role, at this organisation or above it when one is given."""
        held = [membership for membership in self.memberships if membership.role == role]
        return any(org is None or covers(membership.org.path, org.path) for membership in held)

    def holds(self, permission: str) -> bool:
        """Holds the permission anywhere, by office or for the own rows."""
        return self.can(permission)

    def has_own(self, permission: str) -> bool:
        return any(permission in PERSONAL.get(role, ()) for role in self.roles)

    def own_paths(self, permission: str) -> list[str]:
        """Where the actor holds the permission for the own rows: a pupil's or teacher's schools."""
        return sorted({m.org.path for m in self.memberships if permission in PERSONAL.get(Role(m.role), ())})

    def paths(self, permission: str) -> list[str]:
        """The subtrees in which an office grants the permission, without those inside another; '/' is everything."""
        if self.is_system:
            return ["/"]
        known = self._paths.get(permission)
        if known is None:
            found = {membership.org.path for membership in self.memberships if self._by_office(membership, permission)}
            known = self._paths[permission] = sorted(
                path for path in found if not any(other != path and covers(other, path) for other in found)
            )
        return list(known)

    def orgs_for(self, permission: str) -> list[Org]:
        """The organisations in which the actor holds an office that grants the permission."""
        held = {m.org.pk: m.org for m in self.memberships if self._by_office(m, permission)}
        return sorted(held.values(), key=lambda org: org.path)

    def can(self, permission: str, obj: Any = None) -> bool:
        if self.is_system:
            return True
        if obj is None:
            return any(permission in GRANTS[role] for role in self.roles)
        path = _path_of(permission, obj)
        return any(covers(prefix, path) for prefix in self.paths(permission)) or self._owns(permission, obj)

    def _owns(self, permission: str, obj: Any) -> bool:
        belongs_to = getattr(obj, "belongs_to", None)
        return belongs_to is not None and self.has_own(permission) and bool(belongs_to(self))

    @staticmethod
    def _by_office(membership: Membership, permission: str) -> bool:
        return permission in BY_OFFICE[membership.role]


def _path_of(permission: str, obj: Any) -> str:
    if permission in BY_AUTHORITY:
        authority = getattr(obj, "authority_path", None)
        if authority is not None:
            return authority
        if permission.startswith("application."):
            raise ImproperlyConfigured(
                f"{type(obj).__name__} has no authority_path, which {permission} is tested against."
            )
    return obj.scope_path


def require(actor: Actor, permission: str, obj: Any = None) -> None:
    """The check at the door of an action; pages have checked before, commands and tests have not."""
    if not actor.can(permission, obj):
        raise PermissionDenied(_("您没有进行这项操作的权限。如确需办理，请联系本单位的管理员。"))


def may_hand_out(actor: Actor, role: str, org: Org) -> bool:
    """Whether the offices that the actor holds at or above `org` may give this role."""
    here = [Role(m.role) for m in actor.memberships if covers(m.org.path, org.path)]
    return actor.is_system or role in roles_granted_by(here)
