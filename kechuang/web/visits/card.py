"""The own card in a pool: what schools find its owner by."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.engine.visits.actions import update_card
from kechuang.engine.visits.models import PoolMember
from kechuang.engine.visits.queries import pools, vetted
from kechuang.web.views import Page
from kechuang.web.visits.forms import CardForm


class Card(Page):
    permission = "visit.answer"
    template = "visits/card.html"

    def member(self, programme: str) -> PoolMember:
        if programme not in pools():
            raise Http404
        rows = PoolMember.objects.filter(PoolMember.objects.all().own_rows(self.actor))
        found: PoolMember = self.find(
            rows.select_related("person", "org", "honour").prefetch_related("tags"), programme_code=programme
        )
        return found

    def get(self, request: HttpRequest, programme: str) -> HttpResponse:
        member = self.member(programme)
        return self.shown(member, CardForm(plan=pools()[programme], member=member))

    def shown(self, member: PoolMember, form: CardForm) -> HttpResponse:
        plan = pools()[member.programme_code]
        assert plan.pool is not None
        where = vetted([member.person], plan.pool.vetting_months, clock.today())[member.person_id]
        return self.render(member=member, plan=plan, form=form, where=where, status=422 if form.errors else 200)

    def post(self, request: HttpRequest, programme: str) -> HttpResponse:
        member = self.member(programme)
        form = CardForm(request.POST, plan=pools()[programme], member=member)
        if not form.is_valid():
            return self.shown(member, form)
        try:
            update_card(member, by=self.actor, **form.facts())
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            return self.shown(member, form)
        return self.done(_("名片已更新。"), "pool_card", programme)
