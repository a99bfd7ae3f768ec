"""Visits: the list of whoever takes part, one visit with what may be done now, and its entry for a calendar."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.engine.enums import VisitState
from kechuang.engine.visits import actions
from kechuang.engine.visits.models import GuestVisit, PoolMember
from kechuang.engine.visits.queries import SCHOOL, VISITOR, hosting_orgs, pool_of, pools, side_of, visits_seen
from kechuang.web.desk.deadlines import deadline_of_visit, feed
from kechuang.web.rounds.printing import calendar
from kechuang.web.views import Page
from kechuang.web.visits.forms import RatingForm

PER_PAGE = 30
TONES = {
    "invited": "warning", "accepted": "primary", "declined": "muted", "lapsed": "muted", "cancelled": "muted", "done": "success",
    "no_show": "danger",
}  # fmt: skip
DONE_WORDS = {
    "accept": _n("已接受邀请，学校会收到通知。"), "decline": _n("已婉拒，学校会收到您的话。"), "cancel": _n("已取消，对方会收到通知。"),
    "no_show": _n("已记为未到校。"), "confirm": _n("已确认到校。"), "rate": _n("谢谢，评价已记下。"), "report": _n("谢谢，反馈已记下。"),
}  # fmt: skip
"""What may be done to a visit, and what is said afterwards."""


class GuestVisits(Page):
    permission = "visit.view"
    template = "visits/visits.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows, asked = visits_seen(self.actor), request.GET.get("state", "")
        if asked in VisitState.values:
            rows = rows.filter(state=asked)
        page = Paginator(rows.order_by("-starts_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
        person = self.actor.person
        cards = PoolMember.objects.filter(person=person).values_list("programme_code", flat=True) if person else []
        return self.render(
            page=page, rows=[(row, TONES[row.state]) for row in page], states=VisitState.choices, asked=asked, pools=pools(),
            may_invite=bool(hosting_orgs(self.actor)), cards=[code for code in cards if code in pools()],
        )  # fmt: skip


class VisitBase(Page):
    abstract = True
    permission = "visit.view"

    def visit_at(self, public_id: str) -> GuestVisit:
        found: GuestVisit = self.find(visits_seen(self.actor), public_id=public_id)
        return found


class GuestVisitPage(VisitBase):
    template = "visits/visit.html"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.shown(self.visit_at(public_id))

    def shown(self, visit: GuestVisit, refusal: str = "", **given: forms.Form) -> HttpResponse:
        side, has_begun = side_of(visit, self.actor), visit.starts_at <= clock.now()
        person, state = self.actor.person, visit.state
        is_school, is_visitor = side == SCHOOL, side == VISITOR
        pool = pool_of(visit.programme_code)
        is_bad = bool(refusal) or any(form.errors for form in given.values())
        return self.render(
            visit=visit, tone=TONES[state], side=side, refusal=refusal, typed=self.request.POST, spine=spine(visit), kind=pool.kind(visit.kind) if pool else None,
            may_answer=is_visitor and state == "invited" and not has_begun, may_cancel=(is_school and state == "invited") or (bool(side) and state == "accepted" and not has_begun),
            may_confirm=is_school and state == "accepted" and has_begun, is_teacher=person is not None and person.pk == visit.teacher_id,
            may_rate=is_school and state == "done" and visit.rated_at is None, may_report=is_visitor and state == "done",
            rating=given.get("rating") or RatingForm(), sees_address=state in {"accepted", "done"}, status=422 if is_bad else 200,
        )  # fmt: skip

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        visit = self.visit_at(public_id)
        act = request.POST.get("do", "")
        if act == "rate":
            form = RatingForm(request.POST)
            if not form.is_valid():
                return self.shown(visit, rating=form)
        try:
            sentence = self._act(visit, act)
        except Refused as refusal:
            return self.shown(visit, refusal.sentence)
        return self.done(sentence, "guest_visit", visit.public_id)

    def _act(self, visit: GuestVisit, act: str) -> str:
        words, came, by = self.request.POST.get("words", "")[:2000], self.request.POST.get("came", ""), self.actor
        if act not in DONE_WORDS:
            raise Refused(_("没有这一项。"))
        if act == "confirm":
            actions.confirm_visit(visit, by=by, came=min(int(came), 5000) if came.isdecimal() else 0)
        elif act == "rate":
            actions.rate_visit(visit, int(self.request.POST.get("rating", "0")), words, by=by)
        elif act == "report":
            actions.report_visit(visit, words, by=by)
        elif act in {"cancel", "no_show"}:
            (actions.cancel_visit if act == "cancel" else actions.record_no_show)(visit, by=by, reason=words)
        else:
            (actions.accept_invitation if act == "accept" else actions.decline_invitation)(visit, by=by, words=words)
        return _(DONE_WORDS[act])


def spine(visit: GuestVisit) -> list[dict[str, Any]]:
    """What has happened, in order."""
    by_state = {
        "declined": (_("已婉拒"), visit.answered_at, visit.answer), "cancelled": (_("已取消"), visit.ended_at, visit.ended_because),
        "no_show": (_("记为未到校"), visit.ended_at, visit.ended_because), "lapsed": (_("到期没有答复"), visit.starts_at, ""),
    }  # fmt: skip
    found = [(_("学校发出邀请"), visit.created_at, visit.message)]
    if visit.answered_at and visit.state != "declined":
        found.append((_("接受邀请"), visit.answered_at, visit.answer))
    if visit.state in by_state:
        found.append(by_state[visit.state])  # type: ignore[arg-type]
    if visit.confirmed_at and visit.second:
        found.append((_("%(name)s 确认到校") % {"name": visit.second.name}, visit.confirmed_at, ""))
    return [{"title": title, "at": at, "note": note, "state": "done"} for title, at, note in found]


class GuestVisitCalendar(VisitBase):
    """One visit for a calendar: the topic, the school and the time; nobody's name."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        visit = self.visit_at(public_id)
        return calendar(feed([deadline_of_visit(visit)], visit.topic), f"{clock.local(visit.starts_at):%Y-%m-%d}")
