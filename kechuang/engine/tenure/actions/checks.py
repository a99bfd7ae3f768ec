"""Spot checks: drawn by chance with everything that draws them again, recorded line by line."""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.engine.enums import CheckResult
from kechuang.engine.honours.models import Honour
from kechuang.engine.tenure import messages, rules
from kechuang.engine.tenure.models import Draw, SpotCheck
from kechuang.engine.tenure.queries.checks import checked_plan, pool_of
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.models import Org

ANSWERS = ("yes", "partly", "no")
LARGEST = 2**53
"""So that every program that reads the seed reads the same number."""


@transaction.atomic
def draw_sample(
    programme_code: str, org: Org, *, share: float, by: Actor, title: str = "", seed: int | None = None
) -> Draw:
    """Draw of the holders in the charge of `org`, of each district and level its share, one at least; a check for each."""
    require(by, "honour.check", org)
    plan = checked_plan(programme_code)
    if plan is None:
        raise Refused(_("这个项目没有抽查清单。"))
    if not 0 < share <= 1:
        raise Refused(_("抽查比例应大于 0 且不超过 100%。"))
    if seed is not None and not 0 <= seed < LARGEST:
        raise Refused(_("随机种子应为 0 至 %(most)s 的整数。") % {"most": LARGEST - 1})
    pool = pool_of(programme_code, org)
    if not pool:
        raise Refused(_("本单位负责的范围内现在没有有效的称号。"))
    row = Draw.objects.create(
        programme_code=programme_code, org=org, title=title.strip()[:120] or str(clock.today()), share=share,
        seed=secrets.randbelow(LARGEST) if seed is None else seed, pool=[[one.number, one.layer] for one in pool],
        drawn_at=clock.now(), drawn_by=by.user,
    )  # fmt: skip
    checklist = [[item.code, item.text] for item in plan.checklist]
    chosen = Honour.objects.filter(number__in=rules.draw(pool, share, row.seed)).order_by("number")
    SpotCheck.objects.bulk_create([SpotCheck(draw=row, honour=honour, checklist=checklist) for honour in chosen])
    audit.record(
        "draw_sample", by=by, on=row, scope_path=org.path,
        detail={"programme": programme_code, "share": share, "seed": row.seed, "pool": len(pool), "drawn": len(chosen)},
    )  # fmt: skip
    return row


@transaction.atomic
def record_check(
    check: SpotCheck, *, visited_on: date, found: Mapping[str, Any], result: str, by: Actor, remark: str = ""
) -> SpotCheck:
    """What was found, line by line, and what it comes to. The holder is told. Recorded again, the audit keeps both."""
    rows = SpotCheck.objects.select_related("honour__org", "honour__person__user", "honour__call__org", "draw__org")
    locked = rows.select_for_update(of=("self",)).get(pk=check.pk)
    require(by, "honour.check", locked)
    if visited_on > clock.today() or visited_on < clock.start_of(locked.draw.drawn_at.date()).date():
        raise Refused(_("检查日期应在抽取之后、今天之前。"))
    lines = {code for code, _text in locked.checklist}
    if {code for code, line in found.items() if line.get("answer") in ANSWERS} != lines:
        raise Refused(_("请逐项填写检查清单。"))
    if result not in CheckResult.values:
        raise Refused(_("请选择检查结论。"))
    if result != CheckResult.GOOD and not remark.strip():
        raise Refused(_("请写明发现的问题，持有者会看到。"))
    locked.found = {
        code: {"answer": line["answer"], "note": str(line.get("note", ""))[:400]} for code, line in sorted(found.items())
    }  # fmt: skip
    locked.visited_on, locked.remark, locked.result = visited_on, remark.strip(), result
    locked.recorded_at, locked.recorded_by = clock.now(), by.user
    locked.save()
    audit.record(
        "record_check", by=by, on=locked.honour, scope_path=locked.scope_path, reason=locked.remark,
        detail={"check": locked.pk, "result": result, "on": visited_on},
    )  # fmt: skip
    messages.tell_checked(locked, by)
    return locked
