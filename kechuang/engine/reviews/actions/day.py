"""The day of the defence: who went in, who came out, who is late. Marked by the organiser or by the room's own experts."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.engine.reviews.models import DefenceSlot, ReviewRound, RoundReviewer
from kechuang.orgs.actor import Actor, require

LONGEST_DELAY = 240


def _locked(slot: DefenceSlot, by: Actor) -> DefenceSlot:
    found = (
        DefenceSlot.objects.select_for_update(of=("self",))
        .select_related("panel__round__call__org", "entry")
        .get(pk=slot.pk)
    )
    if not may_mark(found, by):
        raise PermissionDenied(_("只有组委会和这个专家组的专家可以登记进场和结束。"))
    return found


def may_mark(slot: DefenceSlot, actor: Actor) -> bool:
    """The organiser, or one of the panel's own experts."""
    if actor.can("round.manage", slot.panel.round.call):
        return True
    return actor.person is not None and slot.panel.reviewers.filter(person=actor.person).exists()


def _saved(slot: DefenceSlot, action: str, by: Actor, **detail: object) -> DefenceSlot:
    slot.save(update_fields=["started_at", "finished_at", "delay_minutes"])
    audit.record(
        action, by=by, on=slot.panel.round, scope_path=slot.panel.round.scope_path,
        detail={"alias": slot.entry.alias, **detail},
    )  # fmt: skip
    return slot


@transaction.atomic
def start_defence(slot: DefenceSlot, *, by: Actor) -> DefenceSlot:
    """The team goes in. One room holds one team at a time."""
    slot = _locked(slot, by)
    if slot.started_at is not None:
        return slot
    inside = slot.panel.slots.filter(started_at__isnull=False, finished_at__isnull=True).select_related("entry").first()
    if inside is not None:
        raise Refused(
            _("%(room)s 里 %(alias)s 还没有结束，请先登记它结束。")
            % {"room": slot.panel.room, "alias": inside.entry.alias}
        )
    slot.started_at = clock.now()
    return _saved(slot, "start_defence", by)


@transaction.atomic
def finish_defence(slot: DefenceSlot, *, by: Actor) -> DefenceSlot:
    slot = _locked(slot, by)
    if slot.started_at is None:
        raise Refused(_("%(alias)s 还没有登记进场。") % {"alias": slot.entry.alias})
    if slot.finished_at is None:
        slot.finished_at = clock.now()
        _saved(slot, "finish_defence", by)
    return slot


@transaction.atomic
def delay_defence(slot: DefenceSlot, minutes: int, *, by: Actor) -> DefenceSlot:
    """Everybody after this one in the room moves with it."""
    slot = _locked(slot, by)
    if slot.started_at is not None:
        raise Refused(_("%(alias)s 已经进场，不能再推迟。") % {"alias": slot.entry.alias})
    if not 0 <= minutes <= LONGEST_DELAY:
        raise Refused(_("推迟的分钟数应在 0 到 %(most)s 之间。") % {"most": LONGEST_DELAY})
    slot.delay_minutes = minutes
    return _saved(slot, "delay_defence", by, minutes=minutes)


@transaction.atomic
def unmark_defence(slot: DefenceSlot, *, by: Actor) -> DefenceSlot:
    """The way back from a wrong tap: the last mark goes."""
    slot = _locked(slot, by)
    if slot.finished_at is not None:
        slot.finished_at = None
    else:
        slot.started_at = None
    return _saved(slot, "unmark_defence", by)


@transaction.atomic
def set_chair(round: ReviewRound, reviewer: int | None, *, by: Actor) -> None:
    """Who chairs the jury of the round (one of its experts), or nobody."""
    require(by, "round.manage", round.call)
    rows = RoundReviewer.objects.select_for_update(of=("self",)).filter(round=round)
    rows.update(is_chair=False)
    if reviewer is not None and not rows.filter(reviewer=reviewer).update(is_chair=True):
        raise Refused(_("评委会主任应是本轮已邀请的专家。"))
    audit.record("set_chair", by=by, on=round, scope_path=round.scope_path, detail={"reviewer": reviewer})
