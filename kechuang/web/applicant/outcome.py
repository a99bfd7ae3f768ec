"""What came of an application: when and where to defend it, what the experts wrote for the pupils, the certificates."""

from dataclasses import dataclass, field

from kechuang.engine.applications.models import Application
from kechuang.engine.awards.models import Certificate
from kechuang.engine.awards.queries import certificates_of
from kechuang.engine.enums import AssignmentState, CertificateState
from kechuang.engine.reviews.models import DefenceSlot, Score

DECIDED = frozenset({"awarded", "not_awarded", "revoked"})


@dataclass(frozen=True)
class Outcome:
    slot: DefenceSlot | None = None
    feedback: list[str] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)


def outcome_of(application: Application) -> Outcome:
    """Nothing before its time: the slot while the defence is ahead, feedback and certificates after the decision."""
    if application.state == "in_defence":
        slots = DefenceSlot.objects.filter(entry__application=application).select_related("panel")
        return Outcome(slot=slots.order_by("starts_at").last())
    if application.state not in DECIDED:
        return Outcome()
    issued = [c for c in certificates_of(application.pk) if c.state != CertificateState.PENDING]
    return Outcome(feedback=_feedback(application), certificates=issued)


def _feedback(application: Application) -> list[str]:
    sheets = Score.objects.filter(
        assignment__entry__application=application, assignment__state=AssignmentState.SUBMITTED
    )
    return list(sheets.exclude(feedback="").order_by("pk").values_list("feedback", flat=True))
