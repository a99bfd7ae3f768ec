"""The sensitivity sheet of a ranking: computed from its stored inputs, stored beside them, and replayable like it."""

import json
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang import judging
from kechuang.base import audit
from kechuang.base.errors import Refused
from kechuang.engine.decisions import rules
from kechuang.engine.decisions.models import RankingRecord
from kechuang.engine.programme.codec import digest
from kechuang.engine.reviews.queries.borders import border_ratios
from kechuang.orgs.actor import Actor, require


def run_sensitivity(record: RankingRecord) -> dict[str, Any]:
    """What changes without any one judge, how far judges agree, and what each is like: plain JSON with one spelling."""
    scores = record.inputs["scores"]
    ratios = border_ratios(record.round)
    found = judging.sensitivity(
        *rules.score_columns(scores),
        criteria=rules.criteria_columns(scores),
        method=record.inputs["method"],
        prize_ratios=ratios or None,
        groups={row[0]: row[2] for row in record.inputs["entries"]},
    )
    plain: dict[str, Any] = json.loads(judging.canonical_json(found))
    plain["ratios"] = [[name, share] for name, share in ratios.items()]
    return plain


@transaction.atomic
def analyse_ranking(record: RankingRecord, *, by: Actor) -> RankingRecord:
    """Compute and keep the sheet; a second time it comes out the same."""
    require(by, "round.manage", record.round.call)
    if not record.inputs["scores"]:
        raise Refused(_("这次排名没有评分，无法分析。"))
    found = run_sensitivity(record)
    record.sensitivity = {"outputs": found, "digest": digest(found)}
    record.save(update_fields=["sensitivity"])
    detail = {"ranking": record.pk, "digest": record.sensitivity["digest"]}
    audit.record("analyse_ranking", by=by, on=record.round, detail=detail, scope_path=record.round.scope_path)
    return record


def replay_sensitivity(record: RankingRecord) -> bool:
    """Whether the stored sheet is untouched and comes out again."""
    held = record.sensitivity
    return digest(held["outputs"]) == held["digest"] == digest(run_sensitivity(record))
