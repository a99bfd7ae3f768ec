"""Questions about people and organisations that the engine asks in bulk."""

from collections import defaultdict
from collections.abc import Iterable

from kechuang.orgs.models import Consent, Org
from kechuang.orgs.rules import consent_stands


def missing_consents(people: Iterable[int], purposes: Iterable[str]) -> set[int]:
    """Ids of those for whom the consent to one of the purposes does not stand (never asked, refused or withdrawn)."""
    wanted, asked = set(purposes), set(people)
    if not wanted or not asked:
        return set()
    history: dict[tuple[int, str], list[tuple[str, str, int | None]]] = defaultdict(list)
    rows = Consent.objects.filter(pupil__in=asked, purpose__in=wanted).order_by("pk")
    for pupil, purpose, *answer in rows.values_list("pupil_id", "purpose", "answered_as", "answer", "age_then"):
        history[pupil, purpose].append(tuple(answer))
    return {person for person in asked if not all(consent_stands(history[person, purpose]) for purpose in wanted)}


def reporting_unit_id(path: str) -> int:
    """The id of the organisation right under the city on `path`: a district or the line of the city's own schools."""
    parts = path.strip("/").split("/")
    return int(parts[1] if len(parts) > 1 else parts[0])


def reporting_unit(org: Org) -> Org:
    return Org.objects.get(pk=reporting_unit_id(org.path))
