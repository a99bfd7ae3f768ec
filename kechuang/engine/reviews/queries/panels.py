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
    """Panels by name, entries by alias, so that the timetable's own sentences can be read."""

    panels: list[PanelFacts]
    defences: list[Defence]
    conflicts: set[tuple[str, str]]
    panel_ids: dict[str, int]
    entry_ids: dict[str, int]


def panels_of(round: ReviewRound) -> QuerySet[Panel]:
    return Panel.objects.filter(round=round).prefetch_related("reviewers__person").order_by("pk")


def defence_facts(round: ReviewRound) -> DefenceFacts:
    """Panels and entries with the persons who must be there, and the (panel, entry) pairs in conflict."""
    panels = list(panels_of(round))
    entries = round.entries.standing().order_by("alias")
    fields = ("pk", "alias", "application_id", "application__discipline", "application__org_id")
    rows = list(entries.values_list(*fields))
    present = _present(round)
    defences = [
        Defence(alias, people=frozenset(present[application]), school=school, panels=_hearing(panels, discipline))
        for _pk, alias, application, discipline, school in rows
    ]
    facts = [PanelFacts(p.name, judges=frozenset(r.person_id for r in p.reviewers.all()), room=p.room) for p in panels]
    aliases = {application: alias for _pk, alias, application, _discipline, _school in rows}
    return DefenceFacts(
        panels=facts,
        defences=defences,
        conflicts=_conflicts(round, panels, aliases),
        panel_ids={panel.name: panel.pk for panel in panels},
        entry_ids={alias: pk for pk, alias, *_rest in rows},
    )


def _hearing(panels: list[Panel], discipline: str) -> frozenset[Hashable]:
    """The panels of the discipline; where no panel names it, those that name none; failing that, all."""
    named = {panel.name for panel in panels if discipline in panel.disciplines}
    return frozenset(named or {p.name for p in panels if not p.disciplines} or {p.name for p in panels})


def _present(round: ReviewRound) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    here = round.entries.standing().values("application")
    for model in (TeamMember, Adviser):
        rows = model.objects.filter(application__in=here).values_list("application_id", "person_id")
        for application, person in rows:
            found[application].add(person)
    return found


def _conflicts(round: ReviewRound, panels: list[Panel], aliases: dict[int, str]) -> set[tuple[str, str]]:
    """A panel may not hear an entry that one of its experts may not judge."""
    panels_with: dict[int, list[str]] = defaultdict(list)
    for panel in panels:
        for reviewer in panel.reviewers.all():
            panels_with[reviewer.pk].append(panel.name)
    rows = Conflict.objects.filter(call=round.call, reviewer__in=panels_with, application__in=aliases)
    return {
        (panel, aliases[application])
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
    started_at: datetime | None = None
    finished_at: datetime | None = None
    delay_minutes: int = 0


def timetable_of(round: ReviewRound) -> list[SlotRow]:
    rows = DefenceSlot.objects.filter(panel__round=round).select_related("panel", "entry__application__org")
    return [
        SlotRow(
            row.pk, row.panel_id, row.panel.name, row.panel.room, row.starts_at, row.ends_at, row.entry.alias,
            row.entry.application.title, row.entry.application.org.name, row.started_at, row.finished_at, row.delay_minutes,
        )
        for row in rows.order_by("starts_at", "panel__name")
    ]  # fmt: skip
