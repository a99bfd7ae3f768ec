"""What officers and experts read of a comparison."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from kechuang.engine.applications.models import Application
from kechuang.engine.calls.models import Call
from kechuang.engine.programme.publishing import SimilarityPlan
from kechuang.engine.similarity.models import Fingerprint, SimilarityReport
from kechuang.orgs.actor import Actor

SIDE = 30
"""Characters before and after a passage, so that one sees where it stands."""
LONG, TAIL = 260, 80
"""Of a longer passage the beginning and the end are shown."""
MOST_SHOWN = 8


@dataclass(frozen=True)
class Excerpt:
    before: str
    passage: str
    after: str


@dataclass(frozen=True)
class Alike:
    """Another entry that shares text. `excerpts` are pairs (here, there); empty where the reader may not read the other."""

    share: float
    application: Application
    edition: int
    is_same_holder: bool
    excerpts: list[tuple[Excerpt, Excerpt]]
    may_read: bool

    @property
    def percent(self) -> int:
        return round(100 * self.share)


def reports_of(call: Call, actor: Actor) -> QuerySet[SimilarityReport]:
    """The call's reports, the most alike first."""
    rows = SimilarityReport.objects.visible_to(actor).filter(application__call=call)
    return rows.select_related("application__org__parent", "application__person").order_by("-share", "application_id")


def report_of(application: Application) -> SimilarityReport | None:
    return SimilarityReport.objects.filter(application=application).first()


def alarm(application_id: int, plan: SimilarityPlan | None) -> int:
    """The share in percent where it reaches the declared alarm, else 0: all that experts learn, no foreign text."""
    if plan is None:
        return 0
    share = SimilarityReport.objects.filter(application=application_id).values_list("share", flat=True).first()
    return round(100 * share) if share is not None and share >= plan.alarm_share else 0


def beside_each_other(report: SimilarityReport, actor: Actor) -> list[Alike]:
    """The passages of both texts: four queries, however many entries share something."""
    mine = Fingerprint.objects.filter(application=report.application_id, edition=0).defer("prints").first()
    ids = [row["with"] for row in report.found]
    prints = Fingerprint.objects.filter(pk__in=ids).defer("prints")
    others = {
        f.pk: f for f in prints.select_related("application__call__org", "application__org", "application__person")
    }
    found = []
    for row in report.found:
        other = others.get(row["with"])
        if other is not None and mine is not None:
            may_read = actor.can("application.screen", other.application)
            pairs = _pairs(mine.text, other.text, row["spans"]) if may_read else []
            found.append(
                Alike(row["share"], other.application, other.edition, _same(report.application, other.application), pairs, may_read)
            )  # fmt: skip
    return found


def _same(one: Application, other: Application) -> bool:
    """The same person, or for organisations the same organisation: going on with the own work is no copying."""
    return one.person_id == other.person_id if one.person_id else one.org_id == other.org_id


def _pairs(mine: str, theirs: str, spans: Sequence[Any]) -> list[tuple[Excerpt, Excerpt]]:
    return [
        (_excerpt(mine, a, b), _excerpt(theirs, c, d))
        for a, b, c, d in sorted(spans, key=lambda span: span[0] - span[1])[:MOST_SHOWN]
    ]


def _excerpt(text: str, start: int, end: int) -> Excerpt:
    passage = text[start:end]
    if len(passage) > LONG:
        passage = f"{passage[: LONG - TAIL]} …… {passage[-TAIL:]}"
    return Excerpt(text[max(0, start - SIDE) : start], passage, text[end : end + SIDE])
