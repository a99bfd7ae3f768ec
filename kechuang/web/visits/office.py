"""The office of a pool: whom to vet, who is in, and the stop-list, whose reasons the city alone reads."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.engine.programme.declaration import Programme
from kechuang.engine.visits.actions import lift_stop, record_vetting, stop_person
from kechuang.engine.visits.models import GuestVisit, PoolMember
from kechuang.engine.visits.queries import applicants_waiting, known_to_office, members_in_office, pools, vetted
from kechuang.orgs.models import Person
from kechuang.web.officer.pages import OfficePage
from kechuang.web.visits.forms import ReasonForm, VettingForm
from kechuang.web.visits.visits import TONES

PER_PAGE = 50


class PoolOffice(OfficePage):
    abstract = True
    permission = "vetting.record"

    def plan_at(self, code: str) -> Programme:
        plan = pools().get(code)
        if plan is None:
            raise Http404
        return plan


class Pools(PoolOffice):
    """Straight to the only pool there is, or to the first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        codes = list(pools())
        if not codes:
            raise Http404
        return redirect("office_pool", codes[0])


class OfficePool(PoolOffice):
    template = "visits/office.html"

    def get(self, request: HttpRequest, programme: str) -> HttpResponse:
        plan = self.plan_at(programme)
        assert plan.pool is not None
        waiting = list(applicants_waiting(programme, self.actor)[:PER_PAGE])
        text = request.GET.get("q", "")[:60].strip()
        members = members_in_office(programme, self.actor)
        if text:
            members = members.filter(person__name__icontains=text) | members.filter(org__name__icontains=text)
        page = Paginator(members, PER_PAGE).get_page(request.GET.get("page"))
        people = [one.person for one in (*waiting, *page) if one.person is not None]
        where = vetted(people, plan.pool.vetting_months, clock.today())
        return self.render(
            plan=plan, code=programme, codes=pools(), page=page, text=text,
            waiting=[(one, where[one.person_id]) for one in waiting if one.person_id],
            members=[(one, where[one.person_id]) for one in page],
        )  # fmt: skip


class PoolPerson(PoolOffice):
    """One applicant or member: vettings, card, visits; and what the office may write."""

    template = "visits/office_person.html"

    def person(self, public_id: str) -> Person:
        found: Person = self.find(known_to_office(self.actor).select_related("user"), public_id=public_id)
        return found

    def get(self, request: HttpRequest, programme: str, public_id: str) -> HttpResponse:
        return self.shown(self.plan_at(programme), self.person(public_id))

    def shown(
        self, plan: Programme, person: Person, vetting: VettingForm | None = None, reason: ReasonForm | None = None
    ) -> HttpResponse:
        assert plan.pool is not None
        member = PoolMember.objects.filter(person=person, programme_code=plan.code).select_related("org", "honour")
        visits = GuestVisit.objects.filter(member__person=person, programme_code=plan.code).select_related("org")
        may_stop = bool(self.actor.paths("pool.stop"))
        is_bad = any(form is not None and form.errors for form in (vetting, reason))
        return self.render(
            "visits/office_person.html", plan=plan, code=plan.code, person=person, member=member.prefetch_related("tags").first(),
            where=vetted([person], plan.pool.vetting_months, clock.today())[person.pk],
            vettings=person.vettings.select_related("checker__person").order_by("-checked_on", "-pk"),
            stops=person.stops.select_related("stopped_by__person", "lifted_by__person").order_by("-pk") if may_stop else [],
            may_stop=may_stop, visits=[(visit, TONES[visit.state]) for visit in visits.order_by("-starts_at")[:20]],
            vetting=vetting or VettingForm(initial={"checked_on": clock.today()}), reason=reason or ReasonForm(prefix="stop"), status=422 if is_bad else 200,
        )  # fmt: skip

    def post(self, request: HttpRequest, programme: str, public_id: str) -> HttpResponse:
        plan, person = self.plan_at(programme), self.person(public_id)
        form = VettingForm(request.POST)
        if not form.is_valid():
            return self.shown(plan, person, vetting=form)
        try:
            record_vetting(person, form.cleaned_data["result"], form.cleaned_data["checked_on"], by=self.actor)
        except Refused as refusal:
            form.add_error("checked_on", refusal.sentence)
            return self.shown(plan, person, vetting=form)
        return self.done(_("查询结果已登记。"), "office_pool_person", programme, public_id)


class PoolStop(PoolPerson):
    """Onto the stop-list, and off it again: the city alone."""

    permission = "pool.stop"

    def get(self, request: HttpRequest, programme: str, public_id: str) -> HttpResponse:
        return redirect("office_pool_person", programme, public_id)

    def post(self, request: HttpRequest, programme: str, public_id: str) -> HttpResponse:
        plan, person = self.plan_at(programme), self.person(public_id)
        form = ReasonForm(request.POST, prefix="stop")
        if not form.is_valid():
            return self.shown(plan, person, reason=form)
        act, done = (
            (lift_stop, _("已解除停止。"))
            if request.POST.get("do") == "lift"
            else (stop_person, _("已停止，已约定的活动一并取消。"))
        )
        try:
            act(person, reason=form.cleaned_data["reason"], by=self.actor)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            return self.shown(plan, person, reason=form)
        return self.done(done, "office_pool_person", programme, public_id)
