"""The steps of a round that take seconds in a large edition, as jobs."""

from datetime import datetime
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

    def found() -> dict[str, Any]:
        count = actions.find_conflicts(row, by=actor)
        return {"sentence": ngettext("查到 %(n)s 条回避关系。", "查到 %(n)s 条回避关系。", count) % {"n": count}}

    return progress.once(found)


@job("reviews.build_timetable", title=gettext_lazy("排定问辩时间"))
def build_timetable(
    progress: Progress, *, round: int, by: int, start: str, minutes: int, hours: dict[str, Any], far: list[int]
) -> dict[str, Any]:
    row, actor = _asked(round, by)
    progress.total(1)
    times = actions.Hours(**(hours | {"lunch": tuple(hours["lunch"])}))

    def built() -> dict[str, Any]:
        made = actions.build_timetable(
            row, start=datetime.fromisoformat(start), minutes=minutes, hours=times, far=far, by=actor
        )
        words = {"placed": made.placed, "left": len(made.unplaced)}
        return {"sentence": _("排好 %(placed)s 件，没有排上 %(left)s 件。") % words}

    return progress.once(built)


@job("reviews.assign", title=gettext_lazy("分配评审专家"))
def assign(progress: Progress, *, round: int, by: int) -> dict[str, Any]:
    """Conflicts first: nobody is given what they may not judge."""
    row, actor = _asked(round, by)
    progress.total(1)

    def assigned() -> dict[str, Any]:
        actions.find_conflicts(row, by=actor)
        done = actions.assign_reviewers(row, by=actor)
        return {"sentence": _("新分配 %(new)s 份评审。") % {"new": done.new}, "shortfall": done.shortfall}

    return progress.once(assigned)
