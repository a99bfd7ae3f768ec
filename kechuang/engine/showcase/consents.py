"""Who of the awarded teams agreed to what, for those who publish works."""

from collections.abc import Iterable
from dataclasses import dataclass

from kechuang.engine.applications.models import TeamMember
from kechuang.engine.awards.models import Award
from kechuang.orgs.queries import missing_consents

PURPOSES = ("showcase", "publicity", "media")


@dataclass(frozen=True)
class TeamConsents:
    """Per purpose the members whose consent does not stand; `is_showable` when all agreed to 作品展示."""

    members: tuple[str, ...]
    showcase: tuple[str, ...]
    publicity: tuple[str, ...]
    media: tuple[str, ...]

    @property
    def is_showable(self) -> bool:
        return bool(self.members) and not self.showcase


def team_consents(awards: Iterable[Award]) -> dict[int, TeamConsents]:
    """Application id → the consents of its team; four queries whatever the number of awards."""
    ids = [award.application_id for award in awards]
    rows = list(
        TeamMember.objects.filter(application__in=ids)
        .select_related("person")
        .order_by("application_id", "order", "id")
    )
    people = {row.person_id for row in rows}
    missing = {purpose: missing_consents(people, (purpose,)) for purpose in PURPOSES}
    found = {}
    for pk in ids:
        team = [row for row in rows if row.application_id == pk]
        without = {p: tuple(str(row.person) for row in team if row.person_id in missing[p]) for p in PURPOSES}
        found[pk] = TeamConsents(tuple(str(row.person) for row in team), **without)
    return found
