"""The board of a round: how far it is, who is behind, what to do next; and the acts that start from it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.jobs import enqueue
from kechuang.base.models import Job
from kechuang.engine.applications.rules import division_name
from kechuang.engine.calls.rules import step_times
from kechuang.engine.models import Call, ReviewRound, RoundEntry
from kechuang.engine.programme.declaration import RoundPlan
from kechuang.engine.reviews import actions, queries, rules
from kechuang.engine.reviews.actions.rounds import STEP_OF_KIND
from kechuang.web.rounds.forms import OpenForm, TimesForm
from kechuang.web.rounds.pages import RoundPage, crumbs, plan_of, tabs

INLINE = 150_000
"""Pairs of expert and entry up to which finding conflicts and assigning stay under two seconds; more goes to a job."""
SHOWN = 12
ENOUGH = 0.8
"""Share of the reviews that must be in before the board speaks of borders: earlier the order still moves too much."""


class Board(RoundPage):
    template = "rounds/board.html"

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        call = self.call_at(slug)
        plan = plan_of(call, code)
        round = ReviewRound.objects.filter(call=call, code=code).first()
        if round is None or round.state == "planned":
            return self.planned(call, plan)
        if plan.kind == "test":
            return redirect("round_marks", slug, code)
        round.call = call
        return self.page(round, "round", **facts_of(round), job=live_job(round))

    def planned(self, call: Call, plan: RoundPlan) -> HttpResponse:
        starts, ends = step_times(call, STEP_OF_KIND[plan.kind])
        waiting = call.applications.filter(state="screened").count() if plan == call.plan.rounds[0] else None
        return self.render(
            "rounds/planned.html", call=call, plan=plan, starts=starts, ends=ends, waiting=waiting, form=OpenForm(),
            tabs=tabs(call, plan, "round")[:1], breadcrumbs=crumbs(call, plan, "round"),
        )  # fmt: skip


def facts_of(round: ReviewRound) -> dict[str, Any]:
    """All that the board shows, by a fixed number of queries."""
    progress, experts = queries.round_progress(round), queries.reviewer_progress(round)
    missing, alarms = queries.missing_reviews(round), queries.spread_alarms(round)
    short = queries.missing_experts(round)
    steps = next_steps(round, progress, experts, short, sum(not alarm.asked for alarm in alarms))
    return {
        "progress": progress,
        "experts": experts,
        "divisions": [
            (division_name(round.call.plan, line.division), line) for line in queries.division_progress(round)
        ],
        "missing": list(missing.items())[:SHOWN],
        "missing_more": max(0, len(missing) - SHOWN),
        "missing_count": len(missing),
        "alarms": alarms,
        "alarms_unasked": sum(not alarm.asked for alarm in alarms),
        "short": rules.name_some(short) if short else "",
        "record": assignment_words(round),
        "step": next((step for step in steps if step), None),
        "times_form": TimesForm(),
        "pending": sum(line.pending for line in experts),
        "is_late": bool(round.closes_at and round.closes_at <= clock.now()),
        "conflict_count": queries.conflicts(round).count(),
        "border": border_of(round, progress),
    }


def border_of(round: ReviewRound, progress: queries.RoundProgress) -> queries.BorderAdvice | None:
    """What further reviews would settle, once most scores of a written round are in."""
    if round.state != "open" or round.plan.kind != "scoring" or progress.share < ENOUGH:
        return None
    return queries.next_reviews(round)


@dataclass(frozen=True)
class NextStep:
    """The one thing to do now: what, why, and the page or the act that does it."""

    act: str
    label: str
    why: str
    posts: bool = False


def next_steps(
    round: ReviewRound, progress: Any, experts: list[Any], short: dict[str, int], alarms: int
) -> list[NextStep | None]:
    """In the order they come up; the first that applies is the page's one primary button."""
    if round.state == "closed":
        return [NextStep("ranking", _("去排名"), _("评审已经结束，可以计算排名、拟定名单。"))]
    scoring, started = round.plan.kind == "scoring", progress.assigned > 0
    return [
        NextStep("round_invite", _("邀请专家"), _("还没有专家。先按学科从专家库邀请。"))
        if scoring and not experts
        else None,
        NextStep("panels", _("设置专家组"), _("先设专家组、地点和专家，再排问辩时间。"))
        if not scoring and not experts
        else None,
        NextStep("timetable", _("排问辩时间"), _("专家组已有，作品还没有时间。"))
        if not scoring and not started
        else None,
        NextStep("round_assign", _("分配作品"), _("系统先查回避，再按专业和工作量分配。"), True)
        if scoring and not started
        else None,
        NextStep("round_assign", _("补充分配"), _("有作品的专家人数不够，邀请专家后再补充分配。"), True)
        if scoring and short
        else None,
        NextStep("round_remind", _("催办"), _("提醒还没评完的专家；12 小时内不重复提醒。"), True)
        if progress.submitted < progress.assigned
        else None,
        NextStep("round_extra", _("增派专家"), _("有作品的专家分差过大，先增派一位专家再结束。"), True)
        if alarms
        else None,
        NextStep("round_close", _("结束评审"), _("全部评完，可以结束本轮。"), True),
    ]


def assignment_words(round: ReviewRound) -> dict[str, Any] | None:
    """The last assignment in words: how good it is against the proved bound, and what is short."""
    record = round.assignment_record
    if not record:
        return None
    reached = 100 * record["total"] / record["bound"] if record["bound"] else 100.0
    short = rules.shortfall_sentence(record["shortfall"], len(record["inputs"]["reviewers"]))
    return record | {"reached": f"{min(reached, 100):.1f}", "sentence": short}


def live_job(round: ReviewRound) -> Job | None:
    """The job of this round that runs, or the last one if it failed."""
    rows = Job.objects.filter(key__in=[f"reviews.find_conflicts:{round.pk}", f"reviews.assign:{round.pk}"])
    last = rows.order_by("-pk").first()
    return last if last and last.state in {"queued", "running", "failed"} else None


class RoundAct(RoundPage):
    """One act on a round; afterwards one stands on its board again with the result in words."""

    abstract = True

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.round_at(slug, code)
        return self.done(self.act(round), *self.board(round))

    def act(self, round: ReviewRound) -> str:
        raise NotImplementedError

    @property
    def reason(self) -> str:
        return self.request.POST.get("reason", "")

    def is_large(self, round: ReviewRound) -> bool:
        return round.entries.count() * round.round_reviewers.count() > INLINE

    def hand_over(self, round: ReviewRound, job: str) -> str:
        args = {"round": round.pk, "by": self.actor.user.pk if self.actor.user else 0}
        enqueue(job, args=args, by=self.actor, scope_path=round.scope_path, key=f"{job}:{round.pk}")
        return _("作品和专家较多，已交后台办理，完成后本页会显示结果。")


class RoundOpen(RoundPage):
    """Open a planned round, or take in what was screened since."""

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        call = self.call_at(slug)
        plan = plan_of(call, code)
        form = OpenForm(request.POST)
        if not form.is_valid():
            return self.render(
                "rounds/planned.html", status=422, call=call, plan=plan, form=form, tabs=tabs(call, plan, "round")[:1],
                breadcrumbs=crumbs(call, plan, "round"),
            )  # fmt: skip
        before = RoundEntry.objects.filter(round__call=call, round__code=code).count()
        round = actions.open_round(call, code, by=self.actor, **form.cleaned_data)
        count = round.entries.count() - before
        words = {"n": count, "round": _(plan.name)}
        return self.done(
            ngettext("“%(round)s”进入评审：新收 %(n)s 件作品。", "“%(round)s”进入评审：新收 %(n)s 件作品。", count)
            % words,
            "round",
            slug,
            code,
        )


class RoundTimes(RoundAct):
    def act(self, round: ReviewRound) -> str:
        form = TimesForm(self.request.POST)
        if not form.is_valid():
            raise Refused(_("请填写新的截止时间，例如 2026-12-01 18:00。"))
        actions.set_round_times(round, by=self.actor, **form.cleaned_data)
        return _("截止时间已调整。")


class RoundFind(RoundAct):
    def act(self, round: ReviewRound) -> str:
        if self.is_large(round):
            return self.hand_over(round, "reviews.find_conflicts")
        count = actions.find_conflicts(round, by=self.actor)
        return ngettext(
            "查到 %(n)s 条回避关系，涉及的评审已撤销。", "查到 %(n)s 条回避关系，涉及的评审已撤销。", count
        ) % {"n": count}


class RoundAssign(RoundAct):
    def act(self, round: ReviewRound) -> str:
        if self.is_large(round):
            return self.hand_over(round, "reviews.assign")
        actions.find_conflicts(round, by=self.actor)
        done = actions.assign_reviewers(round, by=self.actor)
        words = {"new": done.new, "pairs": done.pairs}
        if done.sentence:
            return _("新分配 %(new)s 份，共 %(pairs)s 份。%(short)s") % {**words, "short": done.sentence}
        return _("新分配 %(new)s 份，共 %(pairs)s 份，每件作品的专家都已到位。") % words


class RoundRemind(RoundAct):
    def act(self, round: ReviewRound) -> str:
        chosen = [int(pk) for pk in self.request.POST.getlist("reviewer") if pk.isdecimal()]
        told = actions.remind_reviewers(round, by=self.actor, reviewers=chosen or None)
        if not told:
            return _("没有需要提醒的专家：都已评完，或 12 小时内刚提醒过。")
        return ngettext("已提醒 %(n)s 位专家。", "已提醒 %(n)s 位专家。", told) % {"n": told}


class RoundExtra(RoundAct):
    """One more expert for one entry, or for every entry whose scores lie too far apart."""

    def act(self, round: ReviewRound) -> str:
        chosen = self.request.POST.getlist("entry")
        ids = [int(pk) for pk in chosen if pk.isdecimal()] or [
            a.entry_id for a in queries.spread_alarms(round) if not a.asked
        ]
        entries = list(round.entries.filter(pk__in=ids).select_related("round__call__org", "application"))
        if len(entries) == 1:
            row = actions.add_extra_reviewer(entries[0], by=self.actor)
            return _("已为 %(alias)s 增派专家%(name)s。") % {
                "alias": entries[0].alias,
                "name": row.reviewer.person.name,
            }
        added = actions.add_extra_reviewers(round, entries, by=self.actor)
        words = {"n": len(added), "wanted": len(entries)}
        return _("%(wanted)s 件作品需要增派，已派出 %(n)s 位专家。") % words


class RoundSpend(RoundAct):
    """The further reviews that settle most entries on a prize border, given at one click."""

    def act(self, round: ReviewRound) -> str:
        given = actions.give_next_reviews(round, by=self.actor)
        words = {"n": len(given), "entries": len({entry for _reviewer, entry in given})}
        return _("已为 %(entries)s 件边界作品增加 %(n)s 份评审，并通知了专家。") % words


class RoundClose(RoundAct):
    def act(self, round: ReviewRound) -> str:
        actions.close_round(round, by=self.actor, force="force" in self.request.POST, reason=self.reason)
        return _("“%(round)s”已结束，可以排名了。") % {"round": _(round.plan.name)}


class RoundReopen(RoundAct):
    def act(self, round: ReviewRound) -> str:
        actions.reopen_round(round, by=self.actor, reason=self.reason)
        return _("“%(round)s”已重新开启。请检查截止时间。") % {"round": _(round.plan.name)}
