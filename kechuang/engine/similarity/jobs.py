"""Comparing a call outlasts a request."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.base.jobs import Progress, job
from kechuang.engine.applications.models import Application
from kechuang.engine.calls.models import Call
from kechuang.engine.similarity import actions


@job(actions.COMPARE, title=gettext_lazy("比对申报文字"))
def compare(progress: Progress, *, call: int) -> dict[str, Any]:
    """Safe to repeat: reports are written anew."""
    found = Call.objects.select_related("org").get(pk=call)
    progress.total(Application.objects.filter(call=found, state__in=actions.STANDING).count())
    done = actions.compare_call(found, step=progress.step)
    words = {"n": done.entries, "texts": done.texts, "alarms": done.alarms}
    return {"sentence": _("比对了 %(n)s 份申报和 %(texts)s 份文字，%(alarms)s 份达到提醒比例。") % words}
