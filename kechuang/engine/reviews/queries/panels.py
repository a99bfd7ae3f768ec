"""The defence: what its timetable is made from, and the table itself."""

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from kechuang.engine.applications.models import Adviser, TeamMember
from kechuang.engine.reviews.models import Conflict, DefenceSlot, Panel, ReviewRound
from kechuang.judging.timetables import Defence
from kechuang.judging.timetables import Panel as PanelFacts


@dataclass(frozen=True)
class DefenceFacts:
    panels: list[PanelFacts]
    defences: list[Defence]
    conflicts: set[tuple[int, int]]


def panels_of(round: ReviewRound) -> QuerySet[Panel]:
    return Panel.objects.filter(round=round).prefetch_related("reviewers__person").order_by("pk")


def defence_facts(round: ReviewRound) -> DefenceFacts:
    """Panels and entries with the persons who must be there, and the (panel, entry) pairs in conflict."""
    panels = list(panels_of(round))
    entries = list(
        round.entries.standing()
        .order_by("alias")
        .values_list("pk", "application_id", "application__discipline", "application__org_id")
    )
    present = _present(round)
    seated = {panel.pk: list(panel.reviewers.all()) for panel in panels}
    defences = [
        Defence(entry, people=frozenset(present[application]), school=school, panels=_hearing(panels, discipline))
        for entry, application, discipline, school in entries
    ]
    facts = [
        PanelFacts(panel.pk, judges=frozenset(r.person_id for r in seated[panel.pk]), room=panel.room)
        for panel in panels
    ]
    judges = {panel: [reviewer.pk for reviewer in reviewers] for panel, reviewers in seated.items()}
    return DefenceFacts(facts, defences, _conflicts(round, judges))


def _hearing(panels: list[Panel], discipline: str) -> frozenset[Hashable]:
    """The panels of the discipline; where no panel names it, those that name none."""
    named = {panel.pk for panel in panels if discipline in panel.disciplines}
    return frozenset(named or {panel.pk for panel in panels if not panel.disciplines} or {panel.pk for panel in panels})


def _present(round: ReviewRound) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    here = round.entries.standing().values("application")
    for model in (TeamMember, Adviser):
        rows = model.objects.filter(application__in=here).values_list("application_id", "person_id")
        for application, person in rows:
            found[application].add(person)
    return found


def _conflicts(round: ReviewRound, judges: dict[int, list[int]]) -> set[tuple[int, int]]:
    """A panel may not hear an entry that one of its experts may not judge."""
    entry_of = dict(round.entries.values_list("application_id", "pk"))
    panels_with: dict[int, list[int]] = defaultdict(list)
    for panel, reviewers in judges.items():
        for reviewer in reviewers:
            panels_with[reviewer].append(panel)
    rows = Conflict.objects.filter(call=round.call, reviewer__in=panels_with, application__in=entry_of)
    return {
        (panel, entry_of[application])
        for reviewer, application in rows.values_list("reviewer_id", "application_id")
        for panel in panels_with[reviewer]
    }


@dataclass(frozen=True)
class SlotRow:
    """A line of the door list (officers only: it names title and school)."""

    id: int
    panel_id: int
    panel: str
    room: str
    starts_at: datetime
    ends_at: datetime
    alias: str
    title: str
    school: str


def timetable_of(round: ReviewRound) -> list[SlotRow]:
    rows = DefenceSlot.objects.filter(panel__round=round).select_related("panel", "entry__application__org")
    return [
        SlotRow(
            row.pk, row.panel_id, row.panel.name, row.panel.room, row.starts_at, row.ends_at, row.entry.alias,
            row.entry.application.title, row.entry.application.org.name,
        )
        for row in rows.order_by("starts_at", "panel__name")
    ]  # fmt: skip
