"""A visit from the invitation to what both sides say of it. The state is written here only, under the lock of the visit."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.engine.enums import VisitState
from kechuang.engine.visits import messages, rules
from kechuang.engine.visits.models import GuestVisit, PoolMember
from kechuang.engine.visits.queries import (
    SCHOOL,
    VISITOR,
    hosting_orgs,
    is_staff_of,
    is_stopped,
    pool_of,
    side_of,
    staff_of,
    stands_vetted,
)
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org, Person


@dataclass(frozen=True)
class Invitation:
    """What a school asks for. `teacher` is the member of its staff who is present from the first minute to the last."""

    kind: str
    topic: str
    audience: str
    place: str
    starts_at: datetime
    teacher: Person
    minutes: int = 40
    people: int = 0
    message: str = ""


@transaction.atomic
def invite(member: PoolMember, org: Org, wanted: Invitation, *, by: Actor) -> GuestVisit:
    """Ask a member of the pool to come to the school. Without a named member of staff, or a vetting that stands on that day,
    there is no visit."""
    if not any(one.pk == org.pk for one in hosting_orgs(by)):
        raise PermissionDenied(_("您不能以这所学校的名义邀请。"))
    member = PoolMember.objects.select_for_update(of=("self",)).select_related("person__user", "org").get(pk=member.pk)
    _check(member, org, wanted)
    visit = GuestVisit.objects.create(
        programme_code=member.programme_code, member=member, org=org, kind=wanted.kind, topic=wanted.topic.strip()[:120],
        audience=wanted.audience.strip()[:120], people=wanted.people, place=wanted.place.strip()[:120], starts_at=wanted.starts_at,
        minutes=wanted.minutes, message=wanted.message.strip()[:2000], teacher=wanted.teacher, created_at=clock.now(), created_by=by.user,
    )  # fmt: skip
    audit.record("invite", by=by, on=visit, scope_path=org.path,
                 detail={"member": member.pk, "at": wanted.starts_at, "teacher": wanted.teacher.public_id})  # fmt: skip
    messages.tell(messages.visitor_side(visit), "invited", messages.INVITED, visit, by)
    return visit


def _check(member: PoolMember, org: Org, wanted: Invitation) -> None:
    pool = pool_of(member.programme_code)
    if pool is None or pool.kind(wanted.kind) is None:
        raise Refused(_("请选择邀请事项。"))
    if not all(text.strip() for text in (wanted.topic, wanted.audience, wanted.place)):
        raise Refused(_("请写明主题、班级或对象、地点。"))
    if sentence := rules.why_not_at(clock.local(wanted.starts_at), wanted.minutes, clock.now(), pool.days_ahead):
        raise Refused(sentence)
    if not staff_of(org).filter(pk=wanted.teacher.pk).exists():
        raise Refused(_("请指定一位本校教职工全程陪同：不能让来访者单独面对学生。"))
    if wanted.teacher.pk == member.person_id:
        raise Refused(_("陪同的教职工不能是来访者本人。"))
    if not PoolMember.objects.filter(pk=member.pk).findable(pool.vetting_months, clock.today()).exists():
        raise Refused(_("这位工程师现在不能邀请，请另选一位。"))
    _require_vetted(member, wanted.starts_at)
    _require_free(member, wanted.starts_at, wanted.minutes)


def _require_vetted(member: PoolMember, starts_at: datetime) -> None:
    pool = pool_of(member.programme_code)
    assert pool is not None
    if is_stopped(member.person) or not stands_vetted(member.person, pool.vetting_months, _day(starts_at)):
        raise Refused(_("到校那天没有有效的准入查询，不能约定。请选更早的日期，或等市级重新查询。"))


def _day(at: datetime) -> date:
    return clock.local(at).date()


def _require_free(member: PoolMember, starts_at: datetime, minutes: int, but: int = 0) -> None:
    """Nobody is at two schools at once."""
    same_day = member.visits.filter(state=VisitState.ACCEPTED, starts_at__date=_day(starts_at)).exclude(pk=but)
    for other in same_day:
        if starts_at < other.ends_at and (starts_at - other.starts_at).total_seconds() > -60 * minutes:
            raise Refused(_("这个时间已经有约，请换一个时间。"))


# --- the visitor's answer ----------------------------------------------------------------------------------------


@transaction.atomic
def accept_invitation(visit: GuestVisit, *, by: Actor, words: str = "") -> GuestVisit:
    """The visitor agrees; the vetting must stand on the day of the visit."""
    visit = _locked(visit, "accept", by, VISITOR)
    if visit.starts_at <= clock.now():
        raise Refused(_("邀请的时间已经过去。"))
    PoolMember.objects.select_for_update().get(pk=visit.member_id)  # two schools are answered one after the other
    _require_vetted(visit.member, visit.starts_at)
    _require_free(visit.member, visit.starts_at, visit.minutes, visit.pk)
    visit.state, visit.answer, visit.answered_at = VisitState.ACCEPTED, words.strip()[:2000], clock.now()
    return _moved("accept_invitation", visit, by, "accepted", messages.ACCEPTED)


@transaction.atomic
def decline_invitation(visit: GuestVisit, *, by: Actor, words: str) -> GuestVisit:
    visit = _locked(visit, "decline", by, VISITOR)
    if not words.strip():
        raise Refused(_("请写一句原因，方便学校另作安排。"))
    visit.state, visit.answer, visit.answered_at = VisitState.DECLINED, words.strip()[:2000], clock.now()
    return _moved("decline_invitation", visit, by, "declined", messages.DECLINED)


# --- what became of it -------------------------------------------------------------------------------------------


@transaction.atomic
def cancel_visit(visit: GuestVisit, *, by: Actor, reason: str) -> GuestVisit:
    """Either side calls it off, with the reason; after the hour it began only a no-show can be recorded."""
    visit = _locked(visit, "cancel", by, SCHOOL, VISITOR)
    if visit.state == VisitState.ACCEPTED and visit.starts_at <= clock.now():
        raise Refused(_("活动时间已过，不能再取消；没有到校的请记为未到校。"))
    _end(visit, by, VisitState.CANCELLED, reason)
    return _moved("cancel_visit", visit, by, "cancelled", messages.CANCELLED)


@transaction.atomic
def record_no_show(visit: GuestVisit, *, by: Actor, reason: str) -> GuestVisit:
    visit = _locked(visit, "no_show", by, SCHOOL)
    if visit.starts_at > clock.now():
        raise Refused(_("活动还没有开始。"))
    _end(visit, by, VisitState.NO_SHOW, reason)
    return _moved("record_no_show", visit, by, "no_show", messages.NO_SHOW)


def _end(visit: GuestVisit, by: Actor, state: VisitState, reason: str) -> None:
    if not reason.strip():
        raise Refused(_("请写明原因，对方会看到。"))
    visit.state, visit.ended_because = state, reason.strip()[:2000]
    visit.ended_at, visit.ended_by = clock.now(), by.user


@transaction.atomic
def confirm_visit(visit: GuestVisit, *, by: Actor, came: int = 0) -> GuestVisit:
    """A second adult of the school confirms that the visitor came and that the named teacher was there all the time."""
    visit = _locked(visit, "confirm", by, SCHOOL)
    is_teacher = by.person is not None and by.person.pk == visit.teacher_id
    if sentence := rules.why_not_confirmed(
        visit.starts_at, clock.now(), is_teacher=is_teacher, is_staff=is_staff_of(by, visit.org)
    ):
        raise Refused(sentence)
    visit.state, visit.second, visit.confirmed_at, visit.came = VisitState.DONE, by.person, clock.now(), max(0, came)
    PoolMember.objects.filter(pk=visit.member_id).update(visits_done=F("visits_done") + 1)
    return _moved("confirm_visit", visit, by, "done", messages.DONE)


@transaction.atomic
def rate_visit(visit: GuestVisit, rating: int, words: str, *, by: Actor) -> GuestVisit:
    """The school says how it was, once; the visitor reads it, and the mean stands on the card from three ratings on."""
    visit = _locked(visit, "rate", by, SCHOOL)
    if rating not in rules.RATINGS:
        raise Refused(_("请选 1 到 5 分。"))
    if visit.rated_at:
        raise Refused(_("本校已经评价过这次活动。"))
    visit.rating, visit.rating_words, visit.rated_at = rating, words.strip()[:2000], clock.now()
    PoolMember.objects.filter(pk=visit.member_id).update(ratings=F("ratings") + 1, rating_sum=F("rating_sum") + rating)
    return _moved("rate_visit", visit, by, "rated", messages.RATED)


@transaction.atomic
def report_visit(visit: GuestVisit, words: str, *, by: Actor) -> GuestVisit:
    visit = _locked(visit, "report", by, VISITOR)
    if not words.strip():
        raise Refused(_("请写几句反馈。"))
    visit.report, visit.reported_at = words.strip()[:2000], clock.now()
    return _moved("report_visit", visit, by, "", None)


def _locked(visit: GuestVisit, act: str, by: Actor, *sides: str) -> GuestVisit:
    rows = GuestVisit.objects.select_related(
        "org", "teacher__user", "created_by", "member__person__user", "member__org"
    )
    locked = rows.select_for_update(of=("self",)).get(pk=visit.pk)
    side = side_of(locked, by)
    if side not in sides or (side == VISITOR and not by.has_own("visit.answer")):
        raise PermissionDenied(_("只有这次活动的双方可以办理。"))
    if sentence := rules.why_not(act, locked.state):
        raise Refused(sentence)
    return locked


def _moved(action: str, visit: GuestVisit, by: Actor, kind: str, sentences: tuple[str, str] | None) -> GuestVisit:
    visit.save()
    audit.record(
        action, by=by, on=visit, scope_path=visit.scope_path, reason=visit.ended_because, detail={"state": visit.state}
    )
    if sentences:
        other = messages.school_side(visit) if side_of(visit, by) == VISITOR else messages.visitor_side(visit)
        messages.tell(other, kind, sentences, visit, by)
    return visit
