"""Giving entries to experts: the solver proposes, the record keeps what it was asked and what it said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.messages import notify
from kechuang.engine.programme.codec import digest
from kechuang.engine.reviews import matching, rules
from kechuang.engine.reviews.actions.pool import BATCH
from kechuang.engine.reviews.actions.rounds import locked, require_open, users_of
from kechuang.engine.reviews.models import Assignment, ReviewRound, RoundEntry
from kechuang.engine.reviews.queries.borders import next_reviews
from kechuang.engine.reviews.queries.matrix import assignment_inputs
from kechuang.engine.reviews.queries.samples import sample_entries
from kechuang.engine.wording import sentences
from kechuang.orgs.actor import Actor, require


@dataclass(frozen=True)
class Assigned:
    """What an assignment did. `sentence` tells what is short, in numbers ("" = every entry has its experts)."""

    new: int
    pairs: int
    total: float
    bound: float
    worst: float
    shortfall: dict[str, int]
    sentence: str
    seconds: float


@transaction.atomic
def assign_reviewers(
    round: ReviewRound, *, by: Actor, seed: int | None = None, mode: str | None = None, now: datetime | None = None
) -> Assigned:
    """Fill every entry up to the round's number of experts. What stands stays; conflicts and recusals are never assigned.

    Run again after recusals or with more experts, it only adds. The round keeps the complete inputs of the last run.
    """
    require(by, "round.manage", round.call)
    round = locked(round)
    require_open(round)
    if round.plan.kind != "scoring":
        raise Refused(_("“%(round)s”是问辩轮次，请通过排定问辩时间来安排专家。") % {"round": _(round.plan.name)})
    if not round.round_reviewers.exists():
        raise Refused(_("还没有邀请专家。请先从专家库邀请专家，再分配作品。"))
    give_samples(round, now or clock.now())
    mode = mode or round.plan.assignment
    inputs = assignment_inputs(round, seed=round.seed if seed is None else seed, mode=mode)
    found = matching.match(inputs)
    new = _new_pairs(inputs, found)
    insert_assignments(round, new, now or clock.now())
    sentence = _sentence(found, len(inputs["reviewers"]))
    round.assignment_record = _record(inputs, found, round.assignment_record, now or clock.now())
    round.save(update_fields=["assignment_record"])
    detail = {
        name: round.assignment_record[name]
        for name in ("seed", "mode", "inputs_digest", "pairs_digest", "total", "bound")
    }
    detail |= {"new": len(new), "shortfall": found.shortfall}
    audit.record("assign_reviewers", by=by, on=round, detail=detail, scope_path=round.scope_path)
    tell_of_assignment(round, new, by)
    return Assigned(
        len(new), len(found.pairs), found.total, found.bound, found.worst, found.shortfall, sentence, found.seconds
    )


def _sentence(found: matching.Matching, experts: int) -> str:
    parts = (
        rules.shortfall_sentence(found.shortfall, experts),
        rules.coverage_sentence(found.uncovered),
        *sentences(found.advice[: matching.SENTENCES]),
    )
    return "".join(filter(None, parts))


def give_samples(round: ReviewRound, now: datetime) -> list[tuple[int, int]]:
    """Give every expert the round's common sample entries, drawn with its seed; conflicts and recusals stand in the way.

    They are ordinary reviews of ordinary entries, given first: their scores count like any other and link experts who
    otherwise share no entry.
    """
    if not round.plan.samples:
        return []
    drawn = sample_entries(round)
    taken = set(round.assignments.values_list("reviewer_id", "entry_id"))
    barred = {(reviewer, entry) for reviewer, entry in assignment_inputs(round, seed=round.seed)["conflicts"]}
    reviewers = round.round_reviewers.filter(reviewer__is_active=True).order_by("reviewer_id")
    pairs = [(pk, entry) for pk in reviewers.values_list("reviewer_id", flat=True) for entry in drawn]
    new = [pair for pair in pairs if pair not in taken and pair not in barred]
    insert_assignments(round, new, now, is_sample=True)
    return new


def _new_pairs(inputs: dict[str, Any], found: matching.Matching) -> list[tuple[int, int]]:
    fixed = {(reviewer, entry) for reviewer, entry in inputs["fixed"]}
    return sorted(pair for pair in found.pairs if pair not in fixed)


def _record(inputs: dict[str, Any], found: matching.Matching, last: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "inputs": inputs,
        "inputs_digest": digest(inputs),
        "pairs_digest": found.digest,
        "pairs": len(found.pairs),
        "seed": inputs["seed"],
        "mode": inputs["mode"],
        "version": inputs["version"],
        "gap": found.gap,
        "total": found.total,
        "worst": found.worst,
        "bound": found.bound,
        "seconds": found.seconds,
        "shortfall": found.shortfall,
        "made_at": now.isoformat(),
        "run": last.get("run", 0) + 1,
    }


def insert_assignments(
    round: ReviewRound,
    pairs: Iterable[tuple[int, int]],
    now: datetime,
    *,
    is_extra: bool = False,
    is_sample: bool = False,
) -> None:
    marks = {"is_extra": is_extra, "is_sample": is_sample}
    rows = [
        Assignment(round=round, reviewer_id=reviewer, entry_id=entry, assigned_at=now, **marks)
        for reviewer, entry in pairs
    ]
    Assignment.objects.bulk_create(rows, BATCH)


def tell_of_assignment(round: ReviewRound, pairs: list[tuple[int, int]], by: Actor) -> None:
    """One message to each expert who got something new."""
    users = users_of({reviewer for reviewer, _entry in pairs})
    name, count = round.plan.name, len(pairs)
    if not users:
        return
    notify(
        users.values(),
        "review.assigned",
        must_read=True,
        title=lambda: _("“%(round)s”有新的作品等待您评审") % {"round": _(name)},
        body=lambda: (
            ngettext(
                "组委会在“%(round)s”中分配了 %(n)s 份评审，请登录查看分给您的作品。如与作品有利害关系，请申请回避。",
                "组委会在“%(round)s”中分配了 %(n)s 份评审，请登录查看分给您的作品。如与作品有利害关系，请申请回避。",
                count,
            )
            % {"round": _(name), "n": count}
        ),
        url="/reviews/",
        about=round,
        by=by,
    )


def replay_assignment(round: ReviewRound) -> bool:
    """Whether the stored inputs still give the pairs that were assigned."""
    record = round.assignment_record
    if not record or digest(record["inputs"]) != record["inputs_digest"]:
        return False
    return matching.match(record["inputs"]).digest == record["pairs_digest"]


@transaction.atomic
def give_next_reviews(
    round: ReviewRound, *, by: Actor, budget: int | None = None, now: datetime | None = None
) -> list[tuple[int, int]]:
    """Give the further reviews that settle most border entries, each to the expert who tells most; (reviewer, entry) pairs."""
    require(by, "round.manage", round.call)
    round, now = locked(round), now or clock.now()
    require_open(round)
    found = next_reviews(round, budget)
    if found is None or not found.pairs:
        raise Refused(_("现在没有需要增加评审的边界作品，或没有可以增派的专家。"))
    insert_assignments(round, found.pairs, now, is_extra=True)
    detail = {
        "pairs": [list(pair) for pair in found.pairs],
        "border": len(found.advice.border),
        "settled": found.settled,
        "method": round.plan.method,
    }
    audit.record("give_next_reviews", by=by, on=round, detail=detail, scope_path=round.scope_path)
    tell_of_assignment(round, list(found.pairs), by)
    return list(found.pairs)


def add_extra_reviewer(entry: RoundEntry, *, by: Actor, now: datetime | None = None) -> Assignment:
    """One more expert for an entry whose experts differ too much; refused where nobody is left to ask."""
    found = add_extra_reviewers(entry.round, [entry], by=by, now=now)
    if not found:
        raise Refused(
            _("没有可以增派给 %(alias)s 的专家：其余专家或有回避关系，或已达最大评审量，或专业不符。请再邀请专家。")
            % {"alias": entry.alias}
        )
    return found[0]


@transaction.atomic
def add_extra_reviewers(
    round: ReviewRound, entries: Iterable[RoundEntry], *, by: Actor, now: datetime | None = None
) -> list[Assignment]:
    """One more expert for each entry where one can be had, chosen by the same solver; all that stands is kept."""
    require(by, "round.manage", round.call)
    round, now = locked(round), now or clock.now()
    require_open(round)
    wanted = {entry.pk: 1 for entry in entries}
    inputs = assignment_inputs(round, seed=round.seed, extra=wanted)
    new = [pair for pair in _new_pairs(inputs, matching.match(inputs)) if pair[1] in wanted]
    insert_assignments(round, new, now, is_extra=True)
    audit.record(
        "add_extra_reviewers",
        by=by,
        on=round,
        detail={"entries": sorted(wanted), "pairs": [list(pair) for pair in new], "inputs_digest": digest(inputs)},
        scope_path=round.scope_path,
    )
    tell_of_assignment(round, new, by)
    return list(
        Assignment.objects.filter(round=round, is_extra=True, entry__in=[entry for _r, entry in new]).order_by("-pk")[
            : len(new)
        ]
    )
