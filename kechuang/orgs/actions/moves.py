"""What a change of school means beyond the record: roles of the pupil and the guardians, unused codes, and what upper apps hold.
A few queries however many pupils move, because a city's roster moves thousands at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from kechuang.base import clock
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Guardianship, Membership, Org, SignInCode
from kechuang.orgs.moves import Moved, run_move_hooks


def settle_moves(moves: Sequence[Moved], *, by: Actor) -> None:
    """After the records of `moves` were saved at the new school, inside the caller's transaction."""
    if not moves:
        return
    people = [move.person for move in moves]
    standing = Membership.objects.filter(person__in=people, role=Role.PUPIL, ended_at__isnull=True)
    standing.update(ended_at=clock.now(), ended_by=by.user)
    _begin([(move.person, move.new) for move in moves], Role.PUPIL, by)
    _move_guardians(moves, by)
    SignInCode.objects.filter(pupil__in=people, used_at__isnull=True, revoked_at__isnull=True).update(
        revoked_at=clock.now()
    )
    run_move_hooks(moves, by)


def _move_guardians(moves: Sequence[Moved], by: Actor) -> None:
    """Guardians are guardians where their children learn: no longer at a school without one, and at once at the new one."""
    new = {move.person: move.new for move in moves}
    bonds = Guardianship.objects.standing().filter(pupil__in=new).values_list("guardian", "pupil")
    wanted: dict[int, dict[int, Org]] = defaultdict(dict)
    for guardian, pupil in bonds:
        wanted[guardian][new[pupil].pk] = new[pupil]
    if not wanted:
        return
    held = Membership.objects.current().filter(person__in=wanted, role=Role.GUARDIAN)
    children = Guardianship.objects.standing().filter(guardian__in=wanted)
    places = set(children.values_list("guardian", "pupil__pupil__school"))
    over = [pk for pk, person, org in held.values_list("pk", "person", "org") if (person, org) not in places]
    Membership.objects.filter(pk__in=over).update(ended_at=clock.now(), ended_by=by.user)
    known = set(held.values_list("person", "org"))
    fresh = [(g, school) for g, schools in wanted.items() for pk, school in schools.items() if (g, pk) not in known]
    _begin(fresh, Role.GUARDIAN, by)


def _begin(places: Sequence[tuple[int, Org]], role: Role, by: Actor) -> None:
    facts = {"role": role, "since": clock.today(), "granted_by": by.user, "granted_at": clock.now()}
    Membership.objects.bulk_create([Membership(person_id=pk, org=org, **facts) for pk, org in places], batch_size=1000)
