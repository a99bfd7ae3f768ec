"""The sensitivity sheet of a large round as a job."""

from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.base.jobs import Progress, job
from kechuang.engine.decisions.models import RankingRecord
from kechuang.engine.decisions.sensitivity import analyse_ranking
from kechuang.orgs.actor import Actor


@job("decisions.sensitivity", title=gettext_lazy("分析排名的稳定性"))
def sensitivity(progress: Progress, *, record: int, by: int) -> dict[str, Any]:
    row = RankingRecord.objects.select_related("round__call__org").get(pk=record)
    progress.total(1)

    def analysed() -> dict[str, Any]:
        analyse_ranking(row, by=Actor.of(get_user_model().objects.get(pk=by)))
        return {"sentence": _("分析完成，请查看稳定性分析。")}

    return progress.once(analysed)
