"""A written test: one mark for each candidate, entered by the office or read from its sheet (a round of kind "test")."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.engine.programme.declaration import RoundPlan
from kechuang.engine.reviews.actions.rounds import locked, require_open
from kechuang.engine.reviews.models import ExamMark, ReviewRound
from kechuang.orgs.actor import Actor, require

PLACES = Decimal("0.01")


@dataclass(frozen=True)
class Mark:
    """What a candidate wrote: points, or absent."""

    points: Decimal | None = None

    @property
    def is_absent(self) -> bool:
        return self.points is None


ABSENT = Mark()
ABSENT_WORDS = frozenset({_n("缺考"), "absent"})


def read_mark(plan: RoundPlan, text: object, *, absent: bool = False) -> Mark | None:
    """The mark that somebody typed; None where nothing was. Refused where it is no number or out of range."""
    words = str(text if text is not None else "").strip()
    if absent or words.lower() in ABSENT_WORDS:
        if words and words.lower() not in ABSENT_WORDS:
            raise Refused(_("缺考的不填成绩。"))
        return ABSENT
    if not words:
        return None
    facts = {"value": words[:20], "full": f"{plan.full_marks:g}"}
    try:
        points = Decimal(words)
    except InvalidOperation:
        raise Refused(_("成绩“%(value)s”不是数字，请填 0 至 %(full)s 之间的数，缺考写“缺考”。") % facts) from None
    if not points.is_finite() or not 0 <= points <= Decimal(str(plan.full_marks)):
        raise Refused(_("成绩 %(value)s 超出范围，请填 0 至 %(full)s 之间的数。") % facts)
    if points != points.quantize(PLACES):
        raise Refused(_("成绩 %(value)s 最多保留两位小数。") % facts)
    return Mark(points)


@transaction.atomic
def record_marks(round: ReviewRound, marks: Mapping[str, Mark], *, by: Actor) -> int:
    """Keep the marks (alias → mark); what was there before is replaced, with both in the ledger. Returns how many changed."""
    require(by, "round.manage", round.call)
    round = locked(round)
    if round.plan.kind != "test":
        raise Refused(_("“%(round)s”不是测试，成绩由专家评定。") % {"round": _(round.plan.name)})
    require_open(round)
    entries = {entry.alias: entry for entry in round.entries.standing().filter(alias__in=list(marks))}
    if strange := sorted(set(marks) - set(entries)):
        raise Refused(_("本轮没有这些准考号：%(names)s。") % {"names": "、".join(strange[:8])})
    before = {row.entry_id: row for row in ExamMark.objects.filter(entry__in=entries.values())}
    changed = {}
    for alias, mark in marks.items():
        row = before.get(entries[alias].pk)
        if row is not None and (row.points, row.is_absent) == (mark.points, mark.is_absent):
            continue
        changed[alias] = [_words(row), "absent" if mark.is_absent else f"{mark.points}"]
        ExamMark.objects.update_or_create(
            entry=entries[alias],
            defaults={
                "points": mark.points,
                "is_absent": mark.is_absent,
                "entered_at": clock.now(),
                "entered_by": by.user,
            },
        )
    if changed:
        audit.record("record_marks", by=by, on=round, scope_path=round.scope_path, detail={"marks": changed})
    return len(changed)


def _words(row: ExamMark | None) -> str:
    return "" if row is None else "absent" if row.is_absent else f"{row.points}"
