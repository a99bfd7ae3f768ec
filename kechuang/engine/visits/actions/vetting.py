"""准入查询 and the stop-list: who may come near a school at all."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.engine.enums import VettingResult, VisitState
from kechuang.engine.visits import messages, rules
from kechuang.engine.visits.models import GuestVisit, PoolMember, Stop, Vetting
from kechuang.engine.visits.queries import known_to_office
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.models import Person


def _known(person: Person, permission: str, by: Actor) -> Person:
    """The person, locked; only one of the pools that the actor has in charge."""
    require(by, permission)
    if not by.is_system and not known_to_office(by).filter(pk=person.pk).exists():
        raise PermissionDenied(_("这个人不在您负责的范围内。"))
    return Person.objects.select_for_update(of=("self",)).get(pk=person.pk)


@transaction.atomic
def record_vetting(person: Person, result: str, checked_on: date, *, by: Actor) -> Vetting:
    """Keep what the query of the ministry said: result, date, checker, and nothing else (domain.md §3.7).

    Whoever may not enter a school is not found any more and has every agreed visit cancelled.
    """
    person = _known(person, "vetting.record", by)
    if sentence := rules.why_not_checked(checked_on, clock.today()):
        raise Refused(sentence)
    if result not in VettingResult.values:
        raise Refused(_("请选择查询结果。"))
    row = Vetting.objects.create(
        person=person, result=result, checked_on=checked_on, checker=by.user, recorded_at=clock.now()
    )
    newest = Vetting.objects.filter(person=person).order_by("checked_on", "pk").last()
    clear = newest is not None and newest.result == VettingResult.CLEAR
    PoolMember.objects.filter(person=person).update(cleared_on=newest.checked_on if newest and clear else None)
    audit.record("record_vetting", by=by, on=person, detail={"on": checked_on, "clear": result == VettingResult.CLEAR})
    if not clear:
        _cancel_all(person, by)
    return row


@transaction.atomic
def stop_person(person: Person, *, reason: str, by: Actor) -> Stop:
    """Put somebody on the stop-list: no application, no search, no invitation; what was agreed is cancelled at once."""
    person = _known(person, "pool.stop", by)
    if not reason.strip():
        raise Refused(_("请写明停止的理由，只有市级管理员看得到。"))
    if Stop.objects.filter(person=person, lifted_at__isnull=True).exists():
        raise Refused(_("%(name)s 已在停止名单中。") % {"name": person.name})
    row = Stop.objects.create(person=person, reason=reason.strip(), stopped_at=clock.now(), stopped_by=by.user)
    audit.record("stop_person", by=by, on=person, detail={"stop": row.pk})
    _cancel_all(person, by)
    messages.tell_stopped(person, by)
    return row


@transaction.atomic
def lift_stop(person: Person, *, reason: str, by: Actor) -> Stop:
    person = _known(person, "pool.stop", by)
    row = Stop.objects.select_for_update().filter(person=person, lifted_at__isnull=True).first()
    if row is None:
        raise Refused(_("%(name)s 不在停止名单中。") % {"name": person.name})
    if not reason.strip():
        raise Refused(_("请写明解除的理由。"))
    row.lifted_at, row.lifted_by, row.lift_reason = clock.now(), by.user, reason.strip()
    row.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    audit.record("lift_stop", by=by, on=person, detail={"stop": row.pk})
    return row


def _cancel_all(person: Person, by: Actor) -> None:
    """What was agreed or asked falls away; the schools read that the visitor cannot come, not why."""
    rows = GuestVisit.objects.select_for_update(of=("self",)).filter(member__person=person, state__in=rules.OPEN)
    why = _("来访者不能到校")
    for visit in rows.select_related("org", "teacher__user", "created_by", "member__person__user").order_by("pk"):
        visit.state, visit.ended_at, visit.ended_by, visit.ended_because = (
            VisitState.CANCELLED,
            clock.now(),
            by.user,
            why,
        )
        visit.save(update_fields=["state", "ended_at", "ended_by", "ended_because"])
        audit.record("cancel_visit", by=by, on=visit, scope_path=visit.scope_path, reason=why)
        messages.tell(messages.school_side(visit), "cancelled", messages.CANCELLED, visit, by)
