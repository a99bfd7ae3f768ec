"""Background work on rosters."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from kechuang.base.errors import Refused
from kechuang.base.jobs import JobFailed, Progress, job
from kechuang.orgs.actions import exports, retention
from kechuang.orgs.actions.rosters import check_rows, take_good_rows, undo_roster
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Verdict
from kechuang.orgs.models import ExportRequest, RetentionRun, RosterUpload


def _stepper(progress: Progress) -> Callable[[int, int], None]:
    def step(done: int, total: int) -> None:
        if progress.job.total != total:
            progress.total(total)
        progress.step(done)

    return step


def _actor(progress: Progress) -> Actor:
    return Actor.of(progress.by) if progress.by else Actor.system(progress.job.kind)


@job("orgs.check_roster", title=_("检查名册"))
def check_roster(progress: Progress, upload: int) -> dict[str, int]:
    found = RosterUpload.objects.select_related("org", "file").get(pk=upload)
    check_rows(found, by=_actor(progress), step=_stepper(progress))
    if found.error:
        raise JobFailed(found.error)
    refused = found.rows.filter(verdict=Verdict.REFUSED).count()
    return {"rows": found.rows.count(), "refused": refused}


@job("orgs.take_roster", title=_("导入名册"))
def take_roster(progress: Progress, upload: int) -> dict[str, int]:
    found = RosterUpload.objects.select_related("org").get(pk=upload)
    try:
        return take_good_rows(found, by=_actor(progress), step=_stepper(progress))
    except Refused as refusal:
        raise JobFailed(refusal.sentence) from refusal


@job("orgs.make_export", title=_("生成导出文件"))
def make_export(progress: Progress, export: int) -> dict[str, int]:
    """Safe to repeat: a file that is made stays as it is."""
    row = exports.make_export(ExportRequest.objects.get(pk=export))
    return {"rows": row.rows}


@job("orgs.retain", title=_("到期删除"))
def retain(progress: Progress, run: int) -> dict[str, dict[str, int]]:
    """Safe to repeat: what is gone is not due any more."""
    done = retention.run_retention(RetentionRun.objects.get(pk=run), by=_actor(progress), step=_stepper(progress))
    return dict(done.done)


@job("orgs.undo_roster", title=_("撤回名册"))
def take_roster_back(progress: Progress, upload: int) -> dict[str, int]:
    found = RosterUpload.objects.select_related("org").get(pk=upload)
    try:
        return undo_roster(found, by=_actor(progress), step=_stepper(progress))
    except Refused as refusal:
        raise JobFailed(refusal.sentence) from refusal
