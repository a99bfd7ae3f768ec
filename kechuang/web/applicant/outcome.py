"""What came of an application: when and where to defend it, what the experts wrote for the pupils, the certificates."""

from dataclasses import dataclass, field

from django.utils import timezone

from kechuang.base import clock
from kechuang.engine.applications.models import Application
from kechuang.engine.awards.models import Certificate
from kechuang.engine.awards.queries import certificates_of
from kechuang.engine.enums import AssignmentState, CertificateState
from kechuang.engine.reviews.models import DefenceSlot, Score
from kechuang.engine.reviews.queries.expected import DONE, Expected, expected

DECIDED = frozenset({"awarded", "not_awarded", "revoked"})


@dataclass(frozen=True)
class Outcome:
    slot: DefenceSlot | None = None
    expected: Expected | None = None
    before: int = 0
    feedback: list[str] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)


def outcome_of(application: Application) -> Outcome:
    """Nothing before its time: the slot while the defence is ahead, feedback and certificates after the decision."""
    if application.state == "in_defence":
        slots = DefenceSlot.objects.filter(entry__application=application).select_related("panel")
        return _waiting(slots.order_by("starts_at").last())
    if application.state not in DECIDED:
        return Outcome()
    issued = [c for c in certificates_of(application.pk) if c.state != CertificateState.PENDING]
    return Outcome(feedback=_feedback(application), certificates=issued)


def _feedback(application: Application) -> list[str]:
    sheets = Score.objects.filter(
        assignment__entry__application=application, assignment__state=AssignmentState.SUBMITTED
    )
    return list(sheets.exclude(feedback="").order_by("pk").values_list("feedback", flat=True))


def _waiting(slot: DefenceSlot | None) -> Outcome:
    """The slot with what to expect of it now, and how many go in before: the team in the corridor reads this."""
    if slot is None:
        return Outcome()
    room = list(slot.panel.slots.order_by("starts_at"))
    found = expected(room, clock.now())
    place = next(n for n, other in enumerate(room) if other.pk == slot.pk)
    same_day = [
        n for n, other in enumerate(room) if timezone.localdate(other.starts_at) == timezone.localdate(slot.starts_at)
    ]
    before = sum(found[n].state != DONE for n in same_day if n < place)
    return Outcome(slot=slot, expected=found[place], before=before)
