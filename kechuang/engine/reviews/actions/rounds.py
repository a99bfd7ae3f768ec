"""Opening, staffing, watching and closing a round."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.messages import notify
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.perform import perform_many
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.rules import step_times
from kechuang.engine.enums import CallState, RoundState
from kechuang.engine.programme.declaration import RoundPlan
from kechuang.engine.reviews import rules
from kechuang.engine.reviews.actions.visits import unsigned_visits
from kechuang.engine.reviews.models import Reviewer, ReviewRound, RoundEntry, RoundReviewer
from kechuang.engine.reviews.queries.progress import missing_reviews, pending_by_reviewer
from kechuang.orgs.actor import Actor, require

BATCH = 500
STEP_OF_KIND = {"scoring": "review", "panel": "defence", "test": "test"}
"""The dated step of the call that a round of this kind belongs to."""


def locked(round: ReviewRound) -> ReviewRound:
    """The round as it is now, locked until the transaction ends."""
    return ReviewRound.objects.select_related("call__org").select_for_update(of=("self",)).get(pk=round.pk)


def require_open(round: ReviewRound) -> None:
    if round.state != RoundState.OPEN:
        raise Refused(_("“%(round)s”不在评审中，不能这样操作。") % {"round": _(round.plan.name)})


@transaction.atomic
def open_round(
    call: Call,
    code: str,
    *,
    by: Actor,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    seed: int | None = None,
    now: datetime | None = None,
) -> ReviewRound:
    """Open round `code` of the call's plan over the applications that are due: screened ones for the first round,
    shortlisted ones for a later one. Called again on an open round, it takes in those screened since."""
    require(by, "round.manage", call)
    call = Call.objects.select_related("org").select_for_update(of=("self",)).get(pk=call.pk)
    now = now or clock.now()
    place, plan = _plan(call, code)
    round = _round(call, place, plan, opens_at, closes_at, seed, now)
    applications = _due(call, place)
    if not applications and not round.entries.exists():
        raise Refused(_why_nothing_is_due(place, plan))
    _begin(applications, place, by, now)
    _enter(round, applications)
    audit.record(
        "open_round", by=by, on=round, detail={"code": code, "entries": len(applications)}, scope_path=call.scope_path
    )
    return round


def _plan(call: Call, code: str) -> tuple[int, RoundPlan]:
    if call.state not in (CallState.PUBLISHED, CallState.CLOSED):
        raise Refused(_("“%(call)s”还没有发布或已取消，不能开始评审。") % {"call": call})
    for place, plan in enumerate(call.plan.rounds):
        if plan.code == code:
            return place, plan
    raise Refused(_("“%(call)s”没有设置这一轮评审。") % {"call": call})


def _round(
    call: Call,
    place: int,
    plan: RoundPlan,
    opens_at: datetime | None,
    closes_at: datetime | None,
    seed: int | None,
    now: datetime,
) -> ReviewRound:
    starts, ends = step_times(call, STEP_OF_KIND[plan.kind])
    round, _new = ReviewRound.objects.get_or_create(
        call=call,
        code=plan.code,
        defaults={"number": place + 1, "seed": secrets.randbits(31) if seed is None else seed},
    )
    if round.state == RoundState.CLOSED:
        raise Refused(_("“%(round)s”已经结束；确需补评请先重新开启。") % {"round": _(plan.name)})
    round.opens_at = opens_at or round.opens_at or starts
    round.closes_at = closes_at or round.closes_at or ends
    if round.closes_at and round.closes_at <= now:
        raise Refused(_("“%(round)s”的截止时间已过，请先设置新的截止时间。") % {"round": _(plan.name)})
    round.state, round.opened_at = RoundState.OPEN, round.opened_at or now
    round.save()
    round.call = call
    return round


def _due(call: Call, place: int) -> list[Application]:
    """First round: what passed screening. Later ones: what the round before shortlisted (by its standing decision)."""
    if place == 0:
        return list(call.applications.filter(state="screened").order_by("pk"))
    before = call.plan.rounds[place - 1].code
    chosen = Q(
        decision_lines__is_chosen=True,
        decision_lines__decision__state="final",
        decision_lines__decision__kind="shortlist",
    )
    due = call.applications.filter(chosen, decision_lines__decision__round__code=before, state="in_defence")
    code = call.plan.rounds[place].code
    return list(due.exclude(round_entries__round__code=code).distinct().order_by("pk"))


def _why_nothing_is_due(place: int, plan: RoundPlan) -> str:
    if place == 0:
        return _("没有资格审查通过的作品，不能开始“%(round)s”。请先完成资格审查。") % {"round": _(plan.name)}
    return _("没有入围的作品，不能开始“%(round)s”。请先确定上一轮的入围名单。") % {"round": _(plan.name)}


def _begin(applications: list[Application], place: int, by: Actor, now: datetime) -> None:
    if place == 0 and applications:
        refused = perform_many(applications, "begin_review", by=by, now=now).refused
        if refused:
            raise Refused(refused[0][1])


def _enter(round: ReviewRound, applications: list[Application]) -> None:
    taken = set(round.entries.values_list("alias", flat=True))
    numbers = rules.aliases(len(applications), seed=f"{round.code}:{round.seed}", taken=taken)
    entries = [
        RoundEntry(round=round, application=app, alias=alias) for app, alias in zip(applications, numbers, strict=True)
    ]
    RoundEntry.objects.bulk_create(entries, BATCH)


@transaction.atomic
def set_round_times(
    round: ReviewRound, *, closes_at: datetime, by: Actor, opens_at: datetime | None = None
) -> ReviewRound:
    """Move the dates of a round; those who still have entries to judge are told of the new end."""
    require(by, "round.manage", round.call)
    round = locked(round)
    before = round.closes_at
    if closes_at <= max(clock.now(), opens_at or clock.now()):
        raise Refused(_("新的截止时间应晚于现在和开始时间。"))
    round.opens_at, round.closes_at = opens_at or round.opens_at, closes_at
    round.save(update_fields=["opens_at", "closes_at"])
    detail = {"from": before, "to": closes_at}
    audit.record("set_round_times", by=by, on=round, detail=detail, scope_path=round.scope_path)
    return round


@transaction.atomic
def invite_reviewers(
    round: ReviewRound, reviewers: Iterable[Reviewer], *, by: Actor, load_max: int | None = None
) -> list[RoundReviewer]:
    """Put experts on the round and tell them; those already on it stay as they are."""
    require(by, "round.manage", round.call)
    round = locked(round)
    wanted = [reviewer for reviewer in reviewers if reviewer.is_active]
    there = set(round.round_reviewers.values_list("reviewer_id", flat=True))
    new = [reviewer for reviewer in wanted if reviewer.pk not in there]
    rows = RoundReviewer.objects.bulk_create(
        [RoundReviewer(round=round, reviewer=r, load_max=load_max) for r in new], BATCH
    )
    audit.record(
        "invite_reviewers", by=by, on=round, detail={"reviewers": [r.pk for r in new]}, scope_path=round.scope_path
    )
    name, call = round.plan.name, str(round.call)
    notify(
        users_of([reviewer.pk for reviewer in new]).values(),
        "review.invited",
        must_read=True,
        title=lambda: _("邀请您评审：%(round)s") % {"round": _(name)},
        body=lambda: (
            _("“%(call)s”邀请您担任“%(round)s”的评审专家。请先申报需要回避的单位和人员。")
            % {"call": call, "round": _(name)}
        ),
        url="/reviews/",
        about=round,
        by=by,
    )
    return rows


def users_of(reviewers: Iterable[int]) -> dict[int, object]:
    """Reviewer → account, for those who have one."""
    found = Reviewer.objects.filter(pk__in=list(reviewers), person__user__isnull=False).select_related("person__user")
    return {reviewer.pk: reviewer.person.user for reviewer in found}


@transaction.atomic
def uninvite_reviewer(round: ReviewRound, reviewer: Reviewer, *, by: Actor) -> None:
    """Take an expert off the round again, as long as nothing was assigned."""
    require(by, "round.manage", round.call)
    if round.assignments.standing().filter(reviewer=reviewer).exists():
        raise Refused(_("%(name)s已分配作品，请先为其办理回避。") % {"name": reviewer.person})
    round.round_reviewers.filter(reviewer=reviewer).delete()
    audit.record("uninvite_reviewer", by=by, on=round, detail={"reviewer": reviewer.pk}, scope_path=round.scope_path)


@transaction.atomic
def remind_reviewers(
    round: ReviewRound, *, by: Actor, reviewers: Iterable[int] | None = None, now: datetime | None = None
) -> int:
    """Tell experts who still owe scores how many; nobody twice within twelve hours. Returns how many were told."""
    require(by, "round.manage", round.call)
    round, now = locked(round), now or clock.now()
    require_open(round)
    pending = pending_by_reviewer(round, reviewers)
    due = round.round_reviewers.filter(reviewer__in=pending).exclude(reminded_at__gt=now - rules.REMIND_EVERY)
    ids = list(due.values_list("reviewer_id", flat=True))
    due.update(reminded_at=now)
    for reviewer, user in users_of(ids).items():
        _remind(round, user, pending[reviewer], by)
    audit.record("remind_reviewers", by=by, on=round, detail={"reviewers": ids}, scope_path=round.scope_path)
    return len(ids)


def _remind(round: ReviewRound, user: object, count: int, by: Actor) -> None:
    name, until = round.plan.name, f"{round.closes_at:%Y-%m-%d %H:%M}" if round.closes_at else ""
    notify(
        user,
        "review.reminder",
        title=gettext_lazy("请尽快完成评审"),
        body=lambda: _reminder(name, count, until),
        url="/reviews/",
        about=round,
        by=by,
    )


def _reminder(name: str, count: int, until: str) -> str:
    words = {"round": _(name), "n": count, "until": until}
    if until:
        return (
            ngettext(
                "“%(round)s”还有 %(n)s 件作品等待您评分，截止时间 %(until)s。",
                "“%(round)s”还有 %(n)s 件作品等待您评分，截止时间 %(until)s。",
                count,
            )
            % words
        )
    return (
        ngettext("“%(round)s”还有 %(n)s 件作品等待您评分。", "“%(round)s”还有 %(n)s 件作品等待您评分。", count) % words
    )


@transaction.atomic
def close_round(
    round: ReviewRound, *, by: Actor, force: bool = False, reason: str = "", now: datetime | None = None
) -> ReviewRound:
    """End the scoring. While entries lack reviews it is refused by name, unless forced with a reason that is kept."""
    require(by, "round.manage", round.call)
    round = locked(round)
    require_open(round)
    short = missing_reviews(round)
    if short and not (force and reason.strip()):
        raise Refused(rules.why_not_closed(short))
    if unsigned := unsigned_visits(round):
        names = "、".join(unsigned[:5])
        raise Refused(_("还有 %(n)s 家的实地考察没有双方签字：%(names)s。") % {"n": len(unsigned), "names": names})
    round.state, round.closed_at = RoundState.CLOSED, now or clock.now()
    round.closing_note = reason.strip() if short else ""
    round.save(update_fields=["state", "closed_at", "closing_note"])
    audit.record("close_round", by=by, on=round, detail={"short": short}, scope_path=round.scope_path, reason=reason)
    return round


@transaction.atomic
def reopen_round(round: ReviewRound, *, reason: str, by: Actor, closes_at: datetime | None = None) -> ReviewRound:
    """Lawful way back from closing, as long as nothing was decided on the round."""
    require(by, "round.manage", round.call)
    round = locked(round)
    if round.state != RoundState.CLOSED:
        raise Refused(_("“%(round)s”没有结束，不需要重新开启。") % {"round": _(round.plan.name)})
    if not reason.strip():
        raise Refused(_("请写明重新开启评审的理由。"))
    if round.decisions.exclude(state="proposal").exists():
        raise Refused(
            _("“%(round)s”已经作出决定，不能重新开启；需要更正请走复核程序。") % {"round": _(round.plan.name)}
        )
    round.state, round.closed_at, round.closing_note = RoundState.OPEN, None, ""
    round.closes_at = closes_at or (None if round.closes_at and round.closes_at <= clock.now() else round.closes_at)
    round.save(update_fields=["state", "closed_at", "closing_note", "closes_at"])
    audit.record("reopen_round", by=by, on=round, scope_path=round.scope_path, reason=reason)
    return round
