"""The defence: what its timetable is made from, and the table itself."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import QuerySet

from kechuang.base import clock
from kechuang.engine.applications.models import Adviser, TeamMember
from kechuang.engine.reviews import scheduling
from kechuang.engine.reviews.models import Conflict, DefenceSlot, Panel, ReviewRound
from kechuang.engine.reviews.scheduling import Held, free_places
from kechuang.judging.timetables import Defence, Weights
from kechuang.judging.timetables import Panel as PanelFacts
from kechuang.orgs.enums import OrgKind
from kechuang.orgs.models import Org


@dataclass(frozen=True)
class DefenceFacts:
    """Panels by name, entries by alias, so that the timetable's own sentences can be read."""

    panels: list[PanelFacts]
    defences: list[Defence]
    conflicts: set[tuple[str, str]]
    panel_ids: dict[str, int]
    entry_ids: dict[str, int]
    away: dict[str, list[tuple[datetime, datetime]]]


def panels_of(round: ReviewRound) -> QuerySet[Panel]:
    return Panel.objects.filter(round=round).prefetch_related("reviewers__person").order_by("pk")


def defence_facts(round: ReviewRound, far: Iterable[int] = ()) -> DefenceFacts:
    """Panels and entries with the persons who must be there, and the (panel, entry) pairs in conflict.

    `far` are districts whose entries should come later in the day.
    """
    panels = list(panels_of(round))
    entries = round.entries.standing().order_by("alias")
    fields = (
        "pk",
        "alias",
        "application_id",
        "application__discipline",
        "application__org_id",
        "application__org__path",
    )
    rows = list(entries.values_list(*fields))
    present = _present(round)
    away = set(far)
    defences = [
        Defence(
            alias, frozenset(present[application]), school, far=float(bool(away.intersection(ids_of(path)))),
            panels=_hearing(panels, discipline),
        )
        for _pk, alias, application, discipline, school, path in rows
    ]  # fmt: skip
    facts = [PanelFacts(p.name, judges=frozenset(r.person_id for r in p.reviewers.all()), room=p.room) for p in panels]
    aliases = {row[2]: row[1] for row in rows}
    return DefenceFacts(
        panels=facts,
        defences=defences,
        conflicts=_conflicts(round, panels, aliases),
        panel_ids={panel.name: panel.pk for panel in panels},
        entry_ids={alias: pk for pk, alias, *_rest in rows},
        away={panel.name: spans(panel.away) for panel in panels},
    )


def ids_of(path: str) -> list[int]:
    """The organisations of a path, from the city down."""
    return [int(part) for part in path.strip("/").split("/") if part]


def spans(away: Iterable[Sequence[str]]) -> list[tuple[datetime, datetime]]:
    return [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in away]


def districts_of(round: ReviewRound) -> list[tuple[int, str]]:
    """The districts that entries of the round come from, by name."""
    paths = round.entries.standing().values_list("application__org__path", flat=True)
    here = {pk for path in set(paths) for pk in ids_of(path)}
    rows = Org.objects.filter(pk__in=here, kind=OrgKind.DISTRICT).order_by("name")
    return list(rows.values_list("pk", "name"))


def timetable_inputs(
    facts: DefenceFacts, times: Sequence[datetime], *, minutes: int, seed: int, far: Iterable[int]
) -> dict[str, Any]:
    """Everything a timetable rests on, as plain JSON: panels [name, room, judges, away], entries [alias, people, school, far, panels]."""
    return {
        "version": scheduling.VERSION,
        "seed": seed,
        "minutes": minutes,
        "far": sorted(far),
        "weights": asdict(Weights()),
        "slots": [[f"{clock.local(at):%Y-%m-%d %H:%M}", at.isoformat()] for at in times],
        "panels": [
            [p.key, p.room, sorted(map(_number, p.judges)), [[a.isoformat(), b.isoformat()] for a, b in facts.away[str(p.key)]]]
            for p in facts.panels
        ],
        "entries": [[d.key, sorted(map(_number, d.people)), d.school, d.far, sorted(map(str, d.panels))] for d in facts.defences],
        "conflicts": [list(pair) for pair in sorted(facts.conflicts)],
    }  # fmt: skip


def _number(key: Hashable) -> int:
    return cast("int", key)


def held_sittings(round: ReviewRound, facts: DefenceFacts) -> list[Held]:
    """The sittings that stand now, with who must be there."""
    people = {defence.key: defence for defence in facts.defences}
    judges = {panel.key: panel.judges for panel in facts.panels}
    rows = DefenceSlot.objects.filter(panel__round=round).select_related("panel", "entry")
    return [
        Held(
            row.entry.alias, row.panel.name, row.panel.room, row.starts_at, row.ends_at,
            people[row.entry.alias].people if row.entry.alias in people else frozenset(),
            judges.get(row.panel.name, frozenset()),
            people[row.entry.alias].school if row.entry.alias in people else None,
        )
        for row in rows
    ]  # fmt: skip


def free_places_of(round: ReviewRound, alias: str, most: int = 12) -> list[Held]:
    """Where one entry may move while everybody else stays, best first: at the times of the timetable it stands in."""
    facts = defence_facts(round)
    held = held_sittings(round, facts)
    moved = next((one for one in held if one.entry == alias), None)
    if moved is None:
        return []
    starts = [datetime.fromisoformat(at) for _label, at in round.timetable_record.get("inputs", {}).get("slots", ())]
    hearing = next((d.panels for d in facts.defences if d.key == alias), frozenset())
    panels = [
        (str(p.key), str(p.room), p.judges, facts.away[str(p.key)])
        for p in facts.panels
        if not hearing or p.key in hearing
    ]
    free = free_places(moved, panels, starts or [one.starts_at for one in held], held, facts.conflicts)
    return free[:most]


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
