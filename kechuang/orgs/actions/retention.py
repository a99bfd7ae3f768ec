"""Deleting what is due: rules an officer may set, a preview, a run with its report."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.jobs import enqueue
from kechuang.base.models import AuditEntry, Job
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.models import (
    KeptFigure,
    RetentionRule,
    RetentionRun,
)
from kechuang.orgs.retention import Keeping, keeping_named, keepings

logger = logging.getLogger("kechuang.retention")

BATCH = 200
GAP, SETTLED = timedelta(days=30), timedelta(days=7)
MOST = 3650


@dataclass(frozen=True)
class Rule:
    """A kind of data with the rule in force and how much is due by it now."""

    keeping: Keeping
    days: int
    is_automatic: bool
    due: int = 0

    @property
    def before(self) -> datetime:
        return clock.now() - timedelta(days=self.days)


def rules_in_force(*, counted: bool = False) -> list[Rule]:
    """Every kind with its days; `counted` asks each how much is due (the preview)."""
    known = {row.kind: row for row in RetentionRule.objects.all()}
    found = []
    for one in keepings():
        row = known.get(one.code)
        rule = Rule(one, row.days if row else one.days, row.is_automatic if row else one.automatic)
        found.append(Rule(one, rule.days, rule.is_automatic, one.rows(rule.before).count()) if counted else rule)
    return found


@transaction.atomic
def set_rule(code: str, days: int, is_automatic: bool, *, by: Actor) -> RetentionRule:
    require(by, "retention.manage")
    one = keeping_named(code)
    if one is None or not one.least <= days <= MOST:
        least = one.least if one else 0
        raise Refused(_("保存天数应在 %(least)s 到 %(most)s 天之间。") % {"least": least, "most": MOST})
    facts = {"days": days, "is_automatic": is_automatic, "set_at": clock.now(), "set_by": by.user}
    row, _new = RetentionRule.objects.update_or_create(kind=code, defaults=facts)
    audit.record("set_retention_rule", by=by, on=row, detail={"kind": code, "days": days, "automatic": is_automatic})
    return row


@transaction.atomic
def begin_retention(codes: list[str], *, by: Actor) -> RetentionRun:
    """Queue the deletion of the kinds named; the run keeps what was due when it was asked for."""
    require(by, "retention.manage")
    chosen = [rule for rule in rules_in_force(counted=True) if rule.keeping.code in codes and rule.due]
    if not chosen:
        raise Refused(_("所选的种类现在没有到期的数据。"))
    run = RetentionRun.objects.create(
        started_by=by.user,
        kinds=[rule.keeping.code for rule in chosen],
        due={rule.keeping.code: rule.due for rule in chosen},
    )
    audit.record("begin_retention", by=by, on=run, detail={"due": run.due})
    enqueue("orgs.retain", args={"run": run.pk}, by=by, key=f"retain:{run.pk}")
    return run


def run_retention(
    run: RetentionRun, *, by: Actor, step: Callable[[int, int], None] = lambda done, total: None
) -> RetentionRun:
    """Delete batch by batch, write down after each what is gone. Safe to repeat: what is gone is not due any more."""
    if run.finished_at:
        return run
    rules = {rule.keeping.code: rule for rule in rules_in_force()}
    total, gone = sum(run.due.values()), 0
    for code in run.kinds:
        if code not in rules:
            continue
        rule, done = rules[code], Counter(run.done.get(code, {}))
        before = rule.before
        while batch := _one_batch(rule.keeping, before, by):
            done.update(batch)
            gone += max(batch.values())
            run.done = {**run.done, code: dict(done)}
            run.save(update_fields=["done"])
            step(min(gone, total), total)
    with transaction.atomic():
        run.finished_at = clock.now()
        run.save(update_fields=["finished_at"])
        audit.record("run_retention", by=by, on=run, detail={"due": run.due, "done": run.done})
    return run


@transaction.atomic
def _one_batch(one: Keeping, before: datetime, by: Actor) -> dict[str, int]:
    done = one.erase(before, by) if one.erase else {one.code: delete_batch(one.rows(before))}
    return {name: n for name, n in done.items() if n}


def delete_batch(rows: QuerySet[Any]) -> int:
    """Delete the first BATCH of `rows`; returns how many there were."""
    ids = list(rows.values_list("pk", flat=True)[:BATCH])
    rows.model._base_manager.filter(pk__in=ids).delete()
    return len(ids)


def retain_by_itself() -> None:
    """Every night: the kinds that are switched to automatic and have something due, unless a run of today did it."""
    if not 1 <= clock.now().hour < 5:
        return
    due = {r.keeping.code: r.due for r in rules_in_force(counted=True) if r.is_automatic and r.due}
    if due and not _clock_is_steady():
        logger.warning(
            "Nothing is deleted by itself: the ledger has a gap of a month before this week. Is the clock right?"
        )
        return
    if due and not Job.objects.filter(kind="orgs.retain", state__in=Job.LIVE).exists():
        run = RetentionRun.objects.create(kinds=list(due), due=due)
        enqueue("orgs.retain", args={"run": run.pk}, key=f"retain:{run.pk}")


def _clock_is_steady() -> bool:
    """Whether anything happened in the month before this week. A clock that jumped ahead makes years of data due in one night,
    and leaves a gap in the ledger; a person may still begin a run."""
    now = clock.now()
    return AuditEntry.objects.filter(at__range=(now - GAP - SETTLED, now - SETTLED)).exists()


def keep_figure(kind: str, about: str, n: int, scope_path: str = "") -> None:
    """What the statistics still need of rows that go."""
    if n:
        KeptFigure.objects.create(kind=kind, about=about[:80], scope_path=scope_path, n=n)
