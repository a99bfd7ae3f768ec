"""The slow part of what the worker does for holders, one at a time: a city has some thousand of them."""

from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.base.jobs import Progress, enqueue, job
from kechuang.engine.partnerships.duties import remind_of_ends
from kechuang.engine.tenure.actions.reports import plan_missing
from kechuang.engine.tenure.duties import remind_of_reports

KEEP = "engine.keep_terms"


def enqueue_terms() -> None:
    """At most one at a time; nothing in the night."""
    if 7 <= clock.now().hour < 22:
        enqueue(KEEP, key=KEEP)


@job(KEEP, title=_("称号任期：安排报告，提醒报告和协议的期限"))
def keep_terms(progress: Progress) -> dict[str, int]:
    """Safe to repeat: a report is planned once, each message names its occasion."""
    planned = plan_missing()
    progress.check_stopped()
    return {"planned": planned, "reports": remind_of_reports(), "agreements": remind_of_ends()}
