"""Who stands in for whom, and who wants to look: what the desk says about both."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.prepared import DAY, MOMENT, NUMBER, Prepared
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Look, Membership
from kechuang.orgs.rules import DELEGABLE
from kechuang.orgs.scoping import Sight
from kechuang.web.account.delegations import delegated
from kechuang.web.desk.tasks import Task
from kechuang.web.navigation import address

_ASKED: Sight[datetime] = Sight(
    "support.approve",
    lambda see, since: see(Look.objects).waiting(since).order_by().values_list("asked_at", flat=True),
    MOMENT,
)
_DELEGATED: Prepared[Membership] = Prepared(delegated, NUMBER, DAY)


def tasks(actor: Actor) -> list[Task]:
    """Support that waits for this office's word."""
    if not actor.paths("support.approve"):
        return []
    asked = _ASKED(actor, clock.now() - Look.PATIENCE)
    if not asked:
        return []
    title, label = _("技术支持申请查看本单位人员的页面"), _("去批准或拒绝")
    return [Task(title, address("support_office"), label, len(asked), "", min(asked), icon="eye")]


def delegations(actor: Actor) -> list[dict[str, Any]]:
    """On both desks: to whom, from whom, which role, until when."""
    if not actor.roles & DELEGABLE:
        return []
    return [
        {
            "given": row.person_id != actor.person.pk,  # type: ignore[union-attr]
            "name": row.person.name if row.person_id != actor.person.pk else row.delegated_from.person.name,  # type: ignore[union-attr]
            "role": row.get_role_display(),
            "org": row.org.label,
            "until": row.until,
        }
        for row in _DELEGATED(actor.person.pk, clock.today())  # type: ignore[union-attr]
    ]
