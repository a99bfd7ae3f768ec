"""Reads of reports with a name."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from kechuang.engine.enums import ReportState
from kechuang.engine.honours.models import Honour
from kechuang.engine.tenure.models import OPEN, Report
from kechuang.orgs.actor import Actor

CHECK = "honour.check"
_SHOWN = ("honour__org", "honour__person", "call__org", "office")


def reports_seen(actor: Actor) -> QuerySet[Report]:
    """What the actor may read, the most urgent first."""
    return Report.objects.visible_to(actor).select_related(*_SHOWN).order_by("due_on", "pk")


def reports_of(honour: Honour) -> list[Report]:
    return list(honour.reports.select_related("call__org", "honour__org", "honour__person").order_by("due_on", "pk"))


def owed_by(actor: Actor, day: date) -> list[Report]:
    """What the actor has to write now: for the own organisations, or as the person who holds the honour."""
    orgs = [org.pk for org in actor.orgs_for("application.edit")]
    mine = Q(honour__org__in=orgs, honour__person=None)
    if actor.person is not None:
        mine |= Q(honour__person=actor.person)
    rows = Report.objects.filter(mine, state__in=OPEN, opens_on__lte=day)
    return list(rows.select_related(*_SHOWN).order_by("due_on", "pk"))


def waiting_in(actor: Actor, day: date) -> dict[str, tuple[int, Any]]:
    """Of the reports that the actor's own office reads: how many wait for its word and since when, how many are late."""
    offices = [org.pk for org in actor.orgs_for(CHECK)]
    if not offices:
        return {}
    rows = Report.objects.filter(office__in=offices)
    found = rows.aggregate(
        n=Count("pk", filter=Q(state=ReportState.SUBMITTED)),
        since=Min("submitted_at", filter=Q(state=ReportState.SUBMITTED)),
        late=Count("pk", filter=Q(state__in=OPEN, due_on__lt=day)),
        due=Min("due_on", filter=Q(state__in=OPEN, due_on__lt=day)),
    )
    return {"submitted": (found["n"], found["since"]), "late": (found["late"], found["due"])}


def with_late(rows: QuerySet[Honour], day: date) -> QuerySet[Honour]:
    """Honours, each told whether a report of it is late and whether one waits for the office."""
    reports = Report.objects.filter(honour=OuterRef("pk"))
    return rows.annotate(
        is_late=Exists(reports.filter(state__in=OPEN, due_on__lt=day)),
        is_handed_in=Exists(reports.filter(state=ReportState.SUBMITTED)),
    )


def counted(rows: Iterable[Report]) -> tuple[int, int]:
    """Of the reports of one honour: accepted, and all that are not waived."""
    states = [report.state for report in rows if report.state != ReportState.WAIVED]
    return states.count(ReportState.ACCEPTED), len(states)
