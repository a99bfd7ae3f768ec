"""What the partner's answer means for a submission: the guard that every workflow asks, and the gap that the form shows."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from kechuang.engine.applications.batch import Batch
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.queries import Gap, gap_finder
from kechuang.engine.enums import PartnershipState
from kechuang.engine.partnerships.queries import live_of
from kechuang.engine.programme.registry import guard


@guard("partner_confirmed")
def partner_confirmed(batch: Batch) -> dict[int, str]:
    """Where the declaration names a partner, nobody submits before it has said yes (plan 四(四)2: of both sides' free will)."""
    if batch.call.plan.partner is None:
        return {}
    return {pk: _("还不能提交：%(what)s。") % {"what": words} for pk, words in lacking(batch.applications).items()}


@gap_finder
def gap_of_partner(applications: Sequence[Application]) -> dict[int, list[Gap]]:
    asking = [application for application in applications if application.call.plan.partner is not None]
    return {pk: [Gap("partner", words)] for pk, words in lacking(asking).items()} if asking else {}


def lacking(applications: Sequence[Application]) -> dict[int, str]:
    """Of each application without a partner who has said yes, what is still to be done."""
    live, found = live_of(applications), {}
    for application in applications:
        plan, row = application.call.plan.partner, live.get(application.pk)
        if plan is None or (row is not None and row.state == PartnershipState.CONFIRMED):
            continue
        if row is None:
            found[application.pk] = _("请一个单位担任%(label)s") % {"label": _(plan.label)}
        else:
            found[application.pk] = _("等“%(org)s”确认合作") % {"org": row.partner}
    return found
