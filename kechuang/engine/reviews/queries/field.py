"""What the field knows of an entry: the experts' points for each item, and who may open the record of a visit."""

from collections import defaultdict

from kechuang.engine.applications.models import Application
from kechuang.engine.applications.perform import takes_part
from kechuang.engine.reviews.models import RoundEntry, Score
from kechuang.orgs.actor import Actor


def expert_marks(application: Application) -> dict[str, float]:
    """Mean marks by criterion of the submitted sheets, over all rounds that scored the entry."""
    given: dict[str, list[float]] = defaultdict(list)
    rows = Score.objects.filter(assignment__entry__application=application, assignment__state="submitted")
    for marks in rows.values_list("marks", flat=True):
        for code, mark in marks.items():
            given[code].append(float(mark))
    return {code: round(sum(marks) / len(marks), 2) for code, marks in given.items()}


def is_visitor(actor: Actor, entry: RoundEntry) -> bool:
    """An expert who has this entry to judge, or whoever runs the round."""
    if actor.can("round.manage", entry.round.call):
        return True
    assigned = entry.assignments.exclude(state__in=["void", "recused"])
    return actor.person is not None and assigned.filter(reviewer__person=actor.person).exists()


def is_host(actor: Actor, entry: RoundEntry) -> bool:
    return takes_part(actor, entry.application)


def visited_entry(actor: Actor, pk: int) -> RoundEntry | None:
    """The entry of a round with a checklist, for its visitors, its host, and the offices over the host."""
    rows = RoundEntry.objects.select_related("round__call__org", "application__org", "application__call__org", "visit")
    entry = rows.filter(pk=pk).first()
    if entry is None or not entry.round.plan.checklist:
        return None
    seen = is_visitor(actor, entry) or is_host(actor, entry) or actor.can("application.recommend", entry.application)
    return entry if seen else None


def visits_of(application: Application) -> list[int]:
    """The entries of an application in rounds that go to the place: for a link to each."""
    if not any(plan.checklist for plan in application.call.plan.rounds):
        return []
    codes = [plan.code for plan in application.call.plan.rounds if plan.checklist]
    rows = RoundEntry.objects.filter(
        round__code__in=codes, application=application, round__state__in=["open", "closed"]
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))
