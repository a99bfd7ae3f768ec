"""Who may begin an application, and for whom: by the kind of applicant that the programme names."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.engine.programme.declaration import Programme
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import OrgKind, Role
from kechuang.orgs.models import Membership, Org, Person
from kechuang.orgs.rules import BY_OFFICE, PERSONAL, covers

EDIT = "application.edit"
_SCHOOLS = frozenset({OrgKind.SCHOOL, OrgKind.CAMPUS, OrgKind.DELEGATION})


def entering_orgs(actor: Actor, plan: Programme) -> list[Org]:
    """The organisations that `actor` may begin an application for (their own), each once and still there."""
    held = {m.org.pk: m.org for m in actor.memberships if _enters(m, plan)}
    return sorted((org for org in held.values() if org.closed_on is None), key=lambda org: org.path)


def _enters(membership: Membership, plan: Programme) -> bool:
    """Pupils and teachers enter works of their school; a person applies where the own role is held; else it takes the office."""
    role, org = Role(membership.role), membership.org
    if plan.applicant == "team":
        return EDIT in PERSONAL.get(role, ()) and org.kind in _SCHOOLS
    if plan.nominated:
        return EDIT in BY_OFFICE[role]
    if plan.applicant == "person":
        return role in plan.roles or _recommends(membership, plan)
    return EDIT in BY_OFFICE[role] and answers(org, plan)


def _recommends(membership: Membership, plan: Programme) -> bool:
    """An employer's office, where the programme lets it fill in for its people."""
    return (
        plan.may_nominate
        and membership.org.kind == OrgKind.PARTNER
        and EDIT in BY_OFFICE[membership.role]
        and membership.role not in plan.roles
    )


def names_others(actor: Actor, plan: Programme) -> bool:
    """Whether `actor` says whom the application is about: always where nominated, else an employer's office."""
    if plan.nominated or not plan.may_nominate:
        return plan.nominated
    return not any(membership.role in plan.roles for membership in actor.memberships)


def answers(org: Org, plan: Programme) -> bool:
    """Whether `org` is of the kind that the programme asks. A campus is no legal person: its school applies."""
    if plan.applicant in {"person", "team"}:
        return True
    kind = "school" if org.kind == OrgKind.SCHOOL else org.partner_kind
    return kind == "school" if plan.applicant == "school" else kind in plan.org_kinds


def filling_org(plan: Programme, org: Org, person: Person | None, by: Actor) -> Org | None:
    """The organisation whose office fills the application in (None where the applicants do it themselves), or a refusal."""
    own = entering_orgs(by, plan)
    over = [one for one in own if covers(one.path, org.path)]
    if not over:
        raise PermissionDenied(_("您不属于这个单位，不能代它申报。"))
    if not answers(org, plan):
        raise Refused(_("“%(org)s”不是这个项目的申报主体。") % {"org": org})
    is_named = names_others(by, plan)
    if is_named and plan.applicant == "person" and not _serves(person, org, plan.roles):
        raise Refused(_("请选择在“%(org)s”任职、身份符合要求的人。") % {"org": org})
    if plan.applicant == "team" or (plan.applicant == "person" and not is_named):
        return None
    return max(over, key=lambda one: len(one.path))


def _serves(person: Person | None, org: Org, roles: Iterable[str]) -> bool:
    return person is not None and Membership.objects.current().filter(person=person, org=org, role__in=roles).exists()


def nominees(actor: Actor, plan: Programme, words: str) -> list[tuple[Org, Person | None]]:
    """Whom the offices of `actor` may nominate under this full name: organisations, or people with the place they serve."""
    paths = [org.path for org in entering_orgs(actor, plan)]
    words = words.strip()
    if not words or not paths:
        return []
    if plan.applicant == "person":
        held = (
            Membership.objects.current().filter(person__name=words, role__in=plan.roles).select_related("org", "person")
        )
        found = [(m.org, m.person) for m in held.order_by("pk") if any(covers(path, m.org.path) for path in paths)]
        return list({(org.pk, person.pk): (org, person) for org, person in found}.values())
    orgs = Org.objects.current().filter(name=words).order_by("path")
    return [(org, None) for org in orgs if any(covers(path, org.path) for path in paths) and answers(org, plan)]
