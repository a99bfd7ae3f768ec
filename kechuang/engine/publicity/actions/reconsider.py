"""复核: people who did not decide first look at an objection, answer it, and the decision follows."""

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.perform import perform
from kechuang.engine.decisions.actions import amend_decision
from kechuang.engine.decisions.models import Decision
from kechuang.engine.enums import ObjectionState
from kechuang.engine.publicity import messages, queries, rules
from kechuang.engine.publicity.actions.notices import republish_notice
from kechuang.engine.publicity.models import Objection, Reconsideration
from kechuang.orgs.actor import Actor, require

KEEP, CHANGE_PRIZE, STRIKE = Reconsideration.Effect


@transaction.atomic
def decide_objection(
    objection: Objection, *, finding: str, effect: str, new_prize: str = "", by: Actor
) -> Reconsideration:
    """Answer an objection. `keep` dismisses it; `change_prize` and `strike` amend the decision and republish the notice.

    Order: the entry's move, the decision's next version, the new notice, the letter, the messages; all or nothing.
    """
    objection = queries.locked_objection(objection)
    require(by, "objection.reconsider", objection.notice.call)
    _refuse_where_wrong(objection, finding, effect, new_prize, by)
    assert by.user is not None  # refused above
    amended = _amend(objection, effect, new_prize, by) if effect != KEEP else None
    result = Reconsideration.objects.create(
        objection=objection, finding=finding.strip(), effect=effect, new_prize=new_prize if effect == CHANGE_PRIZE else "",
        amended=amended, letter=_letter(objection, finding, effect, new_prize), decided_at=clock.now(), decided_by=by.user,
    )  # fmt: skip
    objection.state = ObjectionState.DISMISSED if effect == KEEP else ObjectionState.UPHELD
    objection.answered_at = result.decided_at
    objection.save(update_fields=["state", "answered_at"])
    audit.record("decide_objection", by=by, on=objection, detail={"number": objection.number, "effect": effect, "prize": new_prize},
                 scope_path=objection.scope_path, reason=finding)  # fmt: skip
    messages.tell_answered(objection, result, by)
    return result


def _refuse_where_wrong(objection: Objection, finding: str, effect: str, new_prize: str, by: Actor) -> None:
    if effect not in Reconsideration.Effect.values:
        raise Refused(_("请选择处理结果：维持、调整奖项或取消获奖资格。"))
    user_id = by.user.pk if by.user else None
    sentence = rules.why_not_reconsider(user_id, queries.first_deciders(objection)) or rules.why_not_decide(
        objection.state,
        effect,
        new_prize,
        finding=finding,
        about_entry=objection.application_id is not None,
        prizes={prize.code for prize in objection.notice.call.plan.prizes.prizes},
    )
    if sentence:
        raise Refused(sentence)


def _amend(objection: Objection, effect: str, new_prize: str, by: Actor) -> Decision:
    """The entry's own move, the decision's next version, and the notice that replaces the one now open."""
    notice = queries.current_notice(objection.notice)
    reason = _("异议 %(number)s 复核") % {"number": objection.number}
    if notice.decision.kind == Decision.Kind.SHORTLIST and effect == CHANGE_PRIZE:
        raise Refused(_("入围公示没有奖项可以调整；请选择维持，或取消资格。"))
    struck = _strike(objection, reason, by) if effect == STRIKE else []
    assert objection.application_id is not None  # refused above
    change = {objection.application_id: "" if struck else new_prize}
    amended = amend_decision(notice.decision, change, reason=reason, by=by)
    republish_notice(notice, amended, by=by, struck=struck)
    return amended


def _strike(objection: Objection, reason: str, by: Actor) -> list[Application]:
    """Take the entry out of the race before its decision is amended: an amended decision leaves the disqualified alone."""
    application = objection.application
    assert application is not None
    perform(application, "disqualify", by=by, reason=reason)
    return [application]


def _letter(objection: Objection, finding: str, effect: str, new_prize: str) -> str:
    """The letter as it is kept and sent: a document, so Chinese whatever language its writer reads."""
    call = objection.notice.call
    prize = call.plan.prize(new_prize)
    with translation.override(settings.LANGUAGE_CODE):
        return rules.letter(
            number=objection.number, name=objection.name, notice=objection.notice.title, entry=objection.title, finding=finding,
            outcome=rules.outcome(effect, prize.name if prize else ""), office=call.org.name, day=clock.today(),
        )  # fmt: skip
