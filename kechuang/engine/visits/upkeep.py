"""What the worker does by itself for visits: invitations that nobody answered, tomorrow's visits, vettings that run out."""

from datetime import timedelta

from django.db import transaction

from kechuang.base import audit, clock
from kechuang.engine.enums import VisitState
from kechuang.engine.visits import messages, rules
from kechuang.engine.visits.models import GuestVisit, PoolMember
from kechuang.engine.visits.queries import pools
from kechuang.orgs.actor import Actor
from kechuang.orgs.queries import officers_with

BATCH = 200
_SIDES = ("org", "teacher__user", "created_by", "member__person__user")


@transaction.atomic
def lapse_invitations() -> int:
    """An invitation whose hour has come without an answer is over; the school is told."""
    by = Actor.system("visits")
    rows = GuestVisit.objects.select_for_update(of=("self",)).select_related(*_SIDES)
    due = list(rows.filter(state=VisitState.INVITED, starts_at__lte=clock.now()).order_by("pk")[:BATCH])
    for visit in due:
        visit.state = VisitState.LAPSED
        visit.save(update_fields=["state"])
        audit.record("lapse_invitation", by=by, on=visit, scope_path=visit.scope_path)
        messages.tell(messages.school_side(visit), "lapsed", messages.LAPSED, visit)
    return len(due)


def remind_of_visits() -> int:
    """On the day before, both sides; nobody twice."""
    now = clock.now()
    rows = GuestVisit.objects.select_related(*_SIDES).filter(
        state=VisitState.ACCEPTED, starts_at__gt=now, starts_at__lte=now + timedelta(days=1)
    )
    return sum(
        messages.tell(
            [*messages.school_side(visit), *messages.visitor_side(visit)], "tomorrow", messages.TOMORROW, visit,
            once=f"guest_visit:{visit.pk}:{visit.starts_at:%Y%m%d%H%M}",
        )
        for visit in rows.order_by("pk")[:BATCH]
    )  # fmt: skip


def remind_of_vettings() -> int:
    """The office that vets reads of it a month before a member's vetting runs out."""
    today, told = clock.today(), 0
    for code, plan in pools().items():
        assert plan.pool is not None
        months = plan.pool.vetting_months
        soon = rules.oldest_clear(today + timedelta(days=rules.WARNED_DAYS), months)
        rows = PoolMember.objects.filter(programme_code=code, cleared_on__lt=soon).standing(today)
        for member in rows.select_related("person", "org").order_by("pk")[:BATCH]:
            assert member.cleared_on is not None
            until = rules.clear_until(member.cleared_on, months).isoformat()
            told += messages.tell_vetting_over(member, officers_with("vetting.record", member.org.path), until)
    return told
