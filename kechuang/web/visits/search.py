"""A school looks for somebody to invite: by field, district, language, time and name; then the card with the invitation."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.engine.enums import TagKind
from kechuang.engine.programme.declaration import Programme
from kechuang.engine.visits.actions import invite
from kechuang.engine.visits.models import PoolMember
from kechuang.engine.visits.queries import (
    Wanted,
    choices_of,
    find_members,
    hosting_orgs,
    member_at,
    pools,
    schools_words,
)
from kechuang.web.rounds.pages import query_without
from kechuang.web.views import Page
from kechuang.web.visits.forms import InviteForm

PER_PAGE = 20


class PoolPage(Page):
    abstract = True
    permission = "pool.search"

    def plan_at(self, code: str) -> Programme:
        plan = pools().get(code)
        if plan is None:
            raise Http404
        return plan


class Pool(PoolPage):
    template = "visits/pool.html"

    def get(self, request: HttpRequest, programme: str) -> HttpResponse:
        plan = self.plan_at(programme)
        wanted = Wanted(request.GET.get("q", "")[:60].strip(), {k: request.GET.get(k, "") for k in TagKind.values})
        rows = find_members(programme, wanted, clock.today())
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        return self.render(
            plan=plan, code=programme, page=page, wanted=wanted, chips=chips_of(request, wanted), may_invite=bool(hosting_orgs(self.actor)),
            facets=[
                {"kind": kind, "label": TagKind(kind).label, "chosen": wanted.tags[kind], "choices": choices}
                for kind, choices in choices_of(plan).items()
            ],
        )  # fmt: skip


def chips_of(request: HttpRequest, wanted: Wanted) -> list[dict[str, str]]:
    asked = [("q", wanted.name), *((kind, _(text) if text else "") for kind, text in wanted.tags.items())]
    return [{"label": label, "url": query_without(request, name)} for name, label in asked if label]


class Member(PoolPage):
    """The card, and for schools the invitation."""

    template = "visits/member.html"

    def get(self, request: HttpRequest, programme: str, number: str) -> HttpResponse:
        plan = self.plan_at(programme)
        return self.shown(plan, self.member(programme, number))

    def member(self, programme: str, number: str) -> PoolMember:
        found = member_at(programme, number, clock.today())
        if found is None:
            raise Http404
        return found

    def shown(self, plan: Programme, member: PoolMember, form: InviteForm | None = None) -> HttpResponse:
        orgs = hosting_orgs(self.actor)
        if form is None and orgs:
            form = self.form(plan, orgs)
        facts = [(TagKind(kind).label, [_(text) for text in member.words(kind)]) for kind in TagKind.values]
        return self.render(
            plan=plan, code=plan.code, member=member, facts=facts, words=schools_words(member), form=form,
            status=422 if form is not None and form.errors else 200,
        )  # fmt: skip

    def form(self, plan: Programme, orgs: Any, data: Any = None) -> InviteForm:
        return InviteForm(data, plan=plan, orgs=orgs, me=self.actor.person)

    def post(self, request: HttpRequest, programme: str, number: str) -> HttpResponse:
        plan, member = self.plan_at(programme), self.member(programme, number)
        self.demand("visit.invite", None)
        form = self.form(plan, hosting_orgs(self.actor), request.POST)
        if not form.is_valid():
            return self.shown(plan, member, form)
        try:
            visit = invite(member, form.school, form.invitation(), by=self.actor)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            return self.shown(plan, member, form)
        return self.done(_("邀请已发出，对方答复后会通知您。"), "guest_visit", visit.public_id)
