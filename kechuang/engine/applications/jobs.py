"""Background work on applications."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kechuang.base.jobs import Progress, job
from kechuang.engine.applications import bulk
from kechuang.engine.applications.models import BulkAct
from kechuang.orgs.actor import Actor


@job("applications.bulk", title=_("批量办理"))
def carry_out_bulk(progress: Progress, *, act: int) -> dict[str, Any]:
    """Carry out a large act of an officer, with the officer's own rights as they are now."""
    found = BulkAct.objects.select_related("call__org").get(pk=act)
    progress.total(len(found.steps))
    bulk.carry_out_bulk(found, by=Actor.of(progress.by), step=lambda done, total: progress.step(done))
    return {"done": len(found.done), "refused": len(found.refused)}
