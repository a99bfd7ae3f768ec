"""Every stored computation of a call, run again from its stored inputs: assignments, timetables, rankings, sheets, decisions."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kechuang.engine.calls.models import Call
from kechuang.engine.decisions.actions import replay, replay_decision
from kechuang.engine.decisions.sensitivity import replay_sensitivity
from kechuang.engine.reviews.actions import replay_assignment, replay_timetable
from kechuang.engine.reviews.models import ReviewRound

KIND_OF_STEP = {"review": "scoring", "test": "test", "defence": "panel"}


@dataclass(frozen=True)
class Replayed:
    """One stored result: the round it stands in, what it is, its stored digest, and whether it came out the same."""

    round: str
    what: str
    digest: str
    ok: bool


def steps_of(call: Call) -> list[str]:
    """What `--step` may name: a round's code, or the step of the schedule that holds rounds."""
    return [*(plan.code for plan in call.plan.rounds), *KIND_OF_STEP]


def replay_call(call: Call, step: str = "") -> Iterator[Replayed]:
    """One line per stored result of the call, or of one step of it."""
    for round in ReviewRound.objects.filter(call=call).select_related("call__org").order_by("number"):
        if step in ("", round.code) or KIND_OF_STEP.get(step) == round.plan.kind:
            yield from _of_round(round)


def _of_round(round: ReviewRound) -> Iterator[Replayed]:
    record = round.assignment_record
    if record:
        yield Replayed(round.code, _("分配"), record["pairs_digest"], replay_assignment(round))
    timetable = round.timetable_record
    if timetable:
        yield Replayed(round.code, _("问辩时间"), timetable["sittings_digest"], replay_timetable(round))
    for ranking in round.rankings.order_by("pk"):
        ranking.round = round
        yield Replayed(
            round.code, _("排名（%(method)s）") % {"method": ranking.method}, ranking.outputs_digest, replay(ranking).ok
        )
        if ranking.sensitivity:
            yield Replayed(round.code, _("稳定性分析"), ranking.sensitivity["digest"], replay_sensitivity(ranking))
    for decision in round.decisions.order_by("pk"):
        words = {"kind": decision.get_kind_display(), "version": decision.version}
        name = _("%(kind)s结果（第 %(version)s 版）") % words
        yield Replayed(round.code, name, decision.lines_digest, replay_decision(decision).ok)
