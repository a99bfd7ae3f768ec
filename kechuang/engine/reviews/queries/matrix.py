"""The complete inputs of an assignment, as plain JSON: what is stored is what was solved."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from kechuang.engine.enums import AssignmentState
from kechuang.engine.programme.declaration import Programme
from kechuang.engine.reviews import matching
from kechuang.engine.reviews.models import Affiliation, Assignment, Conflict, ReviewRound
from kechuang.orgs.enums import OrgKind
from kechuang.orgs.models import Org


def assignment_inputs(
    round: ReviewRound, *, seed: int, mode: str = "fair", extra: Mapping[int, int] | None = None
) -> dict[str, Any]:
    """Experts [id, fields, stages, most, kind, place], entries [id, alias, stage, discipline, wanted] and the pairs that stand or may not be.

    With `extra` (entry → further experts) only those entries are asked for, on top of what stands.
    """
    entries = _entries(round)
    aliases = {row[0] for row in entries}
    standing, gone = _pairs(round)
    fixed = [pair for pair in standing if pair[1] in aliases]
    if extra is not None:
        have = Counter(entry for _reviewer, entry in fixed)
        entries = [[*row[:4], have[row[0]] + extra.get(row[0], 0)] for row in entries]
    reviewers = _reviewers(round)
    invited = {row[0] for row in reviewers}
    return {
        "version": matching.VERSION,
        "mode": mode,
        "seed": seed,
        "reviewers": _with_room(reviewers, fixed),
        "entries": entries,
        "near": _near(round.call.plan),
        "coverage": [[need.kind, need.least] for need in round.plan.coverage],
        "spread": round.plan.spread_most if round.plan.spread else 0,
        "conflicts": _conflicts(round),
        "fixed": [pair for pair in fixed if pair[0] in invited],
        "forbidden": [pair for pair in gone if pair[0] in invited],
    }


def _entries(round: ReviewRound) -> list[list[Any]]:
    rows = round.entries.standing().order_by("alias")
    wanted = round.plan.reviews_per_entry
    fields = ("pk", "alias", "application__stage", "application__discipline")
    return [[*row, wanted] for row in rows.values_list(*fields)]


def _reviewers(round: ReviewRound) -> list[list[Any]]:
    most = round.plan.load_max
    rows = round.round_reviewers.filter(reviewer__is_active=True).order_by("reviewer_id")
    fields = ("reviewer_id", "reviewer__fields", "reviewer__stages", "load_max", "reviewer__max_load", "reviewer__kind")
    places = _places(round) if round.plan.spread else {}
    return [
        [pk, known, stages, min(load or own, most), kind, places.get(pk, "")]
        for pk, known, stages, load, own, kind in rows.values_list(*fields)
    ]


def _places(round: ReviewRound) -> dict[int, str]:
    """Expert → the organisation or district of their first standing employer on record, or the employer's name."""
    wide = round.plan.spread == "district"
    rows = round.round_reviewers.order_by("reviewer_id").values_list("reviewer_id", "reviewer__employer_name")
    found = {} if wide else {pk: name.strip() for pk, name in rows}
    now = Affiliation.objects.filter(
        reviewer__round_reviewers__round=round, kind=Affiliation.Kind.EMPLOYER, until__isnull=True
    )
    held = list(now.order_by("-pk").values_list("reviewer_id", "org_id", "org__path"))
    districts = set(Org.objects.filter(kind=OrgKind.DISTRICT).values_list("pk", flat=True)) if wide else set()
    for pk, org, path in held:
        above = [int(part) for part in path.strip("/").split("/")]
        place = next((part for part in above if part in districts), None) if wide else org
        if place is not None:
            found[pk] = f"org:{place}"
    return found


def _with_room(reviewers: list[list[Any]], fixed: list[list[int]]) -> list[list[Any]]:
    """An expert who already has more than the limit keeps what stands."""
    have = Counter(reviewer for reviewer, _entry in fixed)
    return [[pk, known, stages, max(most, have[pk]), *rest] for pk, known, stages, most, *rest in reviewers]


def _pairs(round: ReviewRound) -> tuple[list[list[int]], list[list[int]]]:
    """(standing, gone) pairs; a pair once recused or void never comes back."""
    standing: list[list[int]] = []
    gone: list[list[int]] = []
    rows = Assignment.objects.filter(round=round).order_by("pk").values_list("reviewer_id", "entry_id", "state")
    for reviewer, entry, state in rows:
        dead = state in (AssignmentState.RECUSED, AssignmentState.VOID)
        (gone if dead else standing).append([reviewer, entry])
    return standing, gone


def _conflicts(round: ReviewRound) -> list[list[int]]:
    entry_of = dict(round.entries.values_list("application_id", "pk"))
    rows = Conflict.objects.filter(call=round.call, application__in=entry_of).values_list(
        "reviewer_id", "application_id"
    )
    return [list(pair) for pair in sorted({(reviewer, entry_of[application]) for reviewer, application in rows})]


def _near(plan: Programme) -> dict[str, list[str]]:
    return {discipline.code: list(discipline.near) for discipline in plan.disciplines}
