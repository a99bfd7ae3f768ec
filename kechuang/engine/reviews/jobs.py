"""The steps of a round that take seconds in a large edition, as jobs."""

from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kechuang.base.jobs import Progress, job
from kechuang.engine.reviews import actions
from kechuang.engine.reviews.models import ReviewRound
from kechuang.orgs.actor import Actor


def _asked(round: int, by: int) -> tuple[ReviewRound, Actor]:
    """The round, and who asked: the right is checked again when the job runs."""
    return ReviewRound.objects.select_related("call__org").get(pk=round), Actor.of(get_user_model().objects.get(pk=by))


@job("reviews.find_conflicts", title=gettext_lazy("查找回避关系"))
def find_conflicts(progress: Progress, *, round: int, by: int) -> dict[str, Any]:
    row, actor = _asked(round, by)
    progress.total(1)
    count = actions.find_conflicts(row, by=actor)
    progress.step(1)
    return {"sentence": ngettext("查到 %(n)s 条回避关系。", "查到 %(n)s 条回避关系。", count) % {"n": count}}


@job("reviews.assign", title=gettext_lazy("分配评审专家"))
def assign(progress: Progress, *, round: int, by: int) -> dict[str, Any]:
    """Conflicts first: nobody is given what they may not judge."""
    row, actor = _asked(round, by)
    progress.total(2)
    actions.find_conflicts(row, by=actor)
    progress.step(1, _("回避关系已查清，正在分配"))
    done = actions.assign_reviewers(row, by=actor)
    progress.step(2)
    return {"sentence": _("新分配 %(new)s 份评审。") % {"new": done.new}, "shortfall": done.shortfall}
